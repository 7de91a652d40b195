/**
 * How fast a whole history is scanned, beside one `git cat-file --batch-all-objects` that only unpacks it: wall time and
 * processor time of all processes, medians of runs that take turns, and the memory of Rollcall's own processes. Linux only.
 *
 *     node bench/history.ts [REPOSITORY] [--runs N] [--kingfisher PROGRAM] [--gitleaks PROGRAM]
 *
 * Without a repository it generates two: source text, and minified text with base64 and binaries. With one, a second
 * history over the same objects has 1,000 keys more, which are placed, and 100 commits to read alone.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createRandom, keyOf } from "../fixtures/keys.ts";
import type { Random } from "../fixtures/keys.ts";

const CLI = fileURLToPath(new URL("../src/cli.ts", import.meta.url));
/** As `npm run scan` has them. */
const NODE_OPTIONS = ["--max-semi-space-size=4"];
const COMMITS = 100;
const KEYS_PER_COMMIT = 10;
const SAMPLE_MS = 100;

interface Measured {
  readonly wall: number;
  readonly cpu: number;
}

interface Row {
  readonly name: string;
  readonly run: () => Measured | Promise<Measured>;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: "string" }, kingfisher: { type: "string" }, gitleaks: { type: "string" } },
});
const runs = Number(values.runs ?? 3);
const folder = mkdtempSync(join(tmpdir(), "rollcall-bench-"));
let largestPss = 0;

try {
  const [given] = positionals;
  console.log(
    `${cpus()[0]?.model ?? "?"}, ${availableParallelism()} processors, load ${loadavg()[0]?.toFixed(1) ?? "?"}, ${execFileSync("git", ["--version"], { encoding: "utf8" }).trim()}, Node ${process.version}`,
  );
  if (given !== undefined) {
    await compare(given, resolve(given));
  } else {
    await compare("generated source text", generate("source", sourceText));
    await compare("generated minified text, base64 and binaries", generate("other", otherContent));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function compare(name: string, repository: string): Promise<void> {
  const planted = withKeys(repository);
  const rows: Row[] = [
    { name: "git cat-file, unpacks only", run: () => timed("git", unpackArgs(repository)) },
    { name: "Rollcall", run: () => rollcall(["--git", repository]) },
    { name: "Rollcall, 1,000 keys placed", run: () => rollcall(["--git", planted]) },
    {
      name: "Rollcall, 100 new commits",
      run: () => rollcall(["--git", planted, "--branch", "main", "--since", "base"]),
    },
  ];
  if (values.kingfisher !== undefined) {
    const args = ["scan", repository, "--no-validate", "--rule", "kingfisher.stripe", "--format", "json"];
    const program = values.kingfisher;
    rows.push({ name: "Kingfisher, Stripe's rules", run: () => timed(program, args) });
  }
  if (values.gitleaks !== undefined) {
    const program = values.gitleaks;
    const args = ["git", repository, "--no-banner", "--enable-rule", "stripe-access-token"];
    rows.push({ name: "gitleaks, Stripe's rule", run: () => timed(program, args) });
  }
  const measured = new Map<string, Measured[]>(rows.map((row) => [row.name, []]));
  for (let run = 0; run < runs; run++) for (const row of rows) measured.get(row.name)?.push(await row.run());

  const [yardstick] = rows;
  const base = medians(measured.get(yardstick?.name ?? "") ?? []);
  console.log(`\n${name}, ${runs} runs\n${"".padEnd(32)}    wall s    CPU s   wall ×    CPU ×`);
  for (const row of rows) {
    const { wall, cpu } = medians(measured.get(row.name) ?? []);
    const figures = [wall, cpu, wall / base.wall, cpu / base.cpu].map((figure) =>
      figure.toFixed(2).padStart(9),
    );
    console.log(`${row.name.padEnd(32)}${figures.join("")}`);
  }
  console.log(`Rollcall's processes: at most ${(largestPss / 1024).toFixed(0)} MB (PSS)`);
}

function unpackArgs(repository: string): string[] {
  return ["-C", repository, "cat-file", "--batch-all-objects", "--batch", "--buffer", "--unordered"];
}

function medians(list: readonly Measured[]): Measured {
  const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[numbers.length >> 1] ?? 0;
  return { wall: median(list.map(({ wall }) => wall)), cpu: median(list.map(({ cpu }) => cpu)) };
}

/** Times a program and all that it starts, with GNU time. */
function timed(program: string, args: readonly string[]): Measured {
  const file = join(folder, "time");
  spawnSync("/usr/bin/time", ["-o", file, "-f", "%e %U %S", program, ...args], { stdio: "ignore" });
  return readTime(file);
}

async function rollcall(args: readonly string[]): Promise<Measured> {
  const file = join(folder, "time");
  const child = spawn(
    "/usr/bin/time",
    ["-o", file, "-f", "%e %U %S", process.execPath, ...NODE_OPTIONS, CLI, ...args, "--format", "json"],
    {
      stdio: "ignore",
    },
  );
  const sampler = setInterval(() => {
    largestPss = Math.max(largestPss, pssBelow(child.pid ?? 0));
  }, SAMPLE_MS);
  await new Promise((done) => child.once("close", done));
  clearInterval(sampler);
  return readTime(file);
}

function readTime(file: string): Measured {
  const [wall = 0, user = 0, system = 0] = (readFileSync(file, "utf8").trim().split("\n").at(-1) ?? "")
    .split(" ")
    .map(Number);
  return { wall, cpu: user + system };
}

/** Kilobytes of the Node processes below a process, shared pages divided among those that share them. */
function pssBelow(pid: number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      .trim()
      .split(" ")
      .filter(Boolean);
    const below = children.reduce((sum, child) => sum + pssBelow(Number(child)), 0);
    if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("node\0")) return below;
    const pss = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
    return below + Number(pss ?? 0);
  } catch {
    // The process has ended.
    return 0;
  }
}

/** A repository over the objects of another, with its refs and a branch on which 100 commits add 1,000 keys. */
function withKeys(repository: string): string {
  const git = (directory: string, args: readonly string[], input = ""): string =>
    execFileSync("git", ["-C", directory, ...args], { encoding: "utf8", input, maxBuffer: 1 << 28 }).trim();
  const planted = join(folder, `planted-${Math.random().toString(36).slice(2)}`);
  mkdirSync(planted);
  git(planted, ["init", "-q", "--bare", "-b", "main"]);
  const common = resolve(repository, git(repository, ["rev-parse", "--git-common-dir"]));
  writeFileSync(join(planted, "objects/info/alternates"), `${join(common, "objects")}\n`);
  if (existsSync(join(common, "packed-refs")))
    copyFileSync(join(common, "packed-refs"), join(planted, "packed-refs"));
  const base = git(repository, ["rev-parse", "HEAD"]);
  git(planted, ["update-ref", "refs/heads/base", base]);
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const commits = Array.from({ length: COMMITS }, (_, commit) => {
    const files = Array.from({ length: KEYS_PER_COMMIT }, (__, file) => {
      const key = keyOf("sk_live_", `${commit} ${file}`);
      return `M 100644 inline bench/${commit}/${file}.env\n${data(`STRIPE_KEY=${key}\n`)}`;
    });
    const from = commit === 0 ? `from ${base}\n` : "";
    return `commit refs/heads/main\ncommitter Ann <ann@example.org> ${2_000_000_000 + commit} +0000\n${data("keys")}${from}${files.join("")}`;
  });
  git(planted, ["fast-import", "--quiet", "--force"], commits.join("\n"));
  return planted;
}

/** A history of 3,000 commits that edit 400 files. */
function generate(name: string, content: (random: Random, version: number) => string): string {
  const path = join(folder, name);
  mkdirSync(path);
  execFileSync("git", ["-C", path, "init", "-q", "--bare", "-b", "main"]);
  const random = createRandom(name);
  const parts: Buffer[] = [];
  for (let commit = 0; commit < 3000; commit++) {
    parts.push(
      Buffer.from(
        `commit refs/heads/main\ncommitter Ann <ann@example.org> ${1_600_000_000 + commit} +0000\ndata 1\nx\n`,
      ),
    );
    for (let file = 0; file < 4; file++) {
      const bytes = Buffer.from(content(random, commit), "latin1");
      parts.push(
        Buffer.from(`M 100644 inline dir/${random.below(400)}\ndata ${bytes.length}\n`),
        bytes,
        Buffer.from("\n"),
      );
    }
  }
  execFileSync("git", ["-C", path, "fast-import", "--quiet", "--force"], {
    input: Buffer.concat(parts),
    maxBuffer: 1 << 30,
  });
  execFileSync("git", ["-C", path, "repack", "-q", "-a", "-d", "-f", "--window=10"]);
  return path;
}

const WORDS =
  "const return function await value render config token stripe test if else import from user account".split(
    " ",
  );

function sourceText(random: Random): string {
  const word = (): string => WORDS[random.below(WORDS.length)] ?? "";
  return Array.from(
    { length: 100 + random.below(300) },
    () => `  ${word()} ${word()}(${word()}_${random.below(100)}, "${random.text(8)}");`,
  ).join("\n");
}

function otherContent(random: Random, version: number): string {
  const unit = random.text(997);
  const length = 20_000 + random.below(60_000);
  if (version % 3 === 0) return unit.repeat(Math.ceil(length / unit.length));
  const assignment = (): string => `${random.text(2)}=function(){return ${random.below(99)}};`;
  if (version % 3 === 1) return Array.from({ length: length / 24 }, assignment).join("");
  return Array.from({ length: length / 16 }, () => random.text(8)).join("\0\u00ff\u0001");
}
