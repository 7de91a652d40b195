/**
 * What reading by way of git costs: time, memory over rest (this process, and its git processes), bytes fetched.
 *
 *   node bench/git-source.ts [--commits 2048] [--files-each 10] [--large-mb 1024]
 *
 * Remotes are bare repositories in a temporary folder, served over file:// with filters, as GitHub serves them.
 */
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { createGitMirrors } from "../src/source/git/index.ts";
import type { GitSource, Prepared } from "../src/source/git/index.ts";

const { values } = parseArgs({
  options: {
    commits: { type: "string", default: "2048" },
    "files-each": { type: "string", default: "10" },
    "large-mb": { type: "string", default: "1024" },
  },
});
const COMMITS = Number(values.commits);
const FILES_EACH = Number(values["files-each"]);
const LARGE_MB = Number(values["large-mb"]);
const NEVER = new AbortController().signal;
const MB = 1024 ** 2;
const ENVIRONMENT = {
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
};

type Write = (data: string | Uint8Array) => Promise<void>;

/** Writes a bare repository through git fast-import. */
async function makeRemote(path: string, write: (write: Write) => Promise<void>): Promise<string> {
  mkdirSync(path, { recursive: true });
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: path, env: ENVIRONMENT, encoding: "utf8" });
  git("init", "-q", "--bare", "-b", "main", ".");
  for (const [key, value] of [
    ["uploadpack.allowFilter", "true"],
    ["uploadpack.allowAnySHA1InWant", "true"],
    ["core.compression", "1"],
  ] as const)
    git("config", key, value);

  const fastImport = spawn("git", ["fast-import", "--quiet", "--done"], {
    cwd: path,
    env: ENVIRONMENT,
    stdio: ["pipe", "ignore", "inherit"],
  });
  await write(async (data) => {
    if (!fastImport.stdin.write(data)) await once(fastImport.stdin, "drain");
  });
  fastImport.stdin.end("done\n");
  await once(fastImport, "close");
  return git("rev-parse", "refs/heads/main").trim();
}

function commitHead(index: number): string {
  const who = `Ada Example <ada@example.com> ${1_700_000_000 + index} +0000`;
  return `commit refs/heads/main\nmark :${index + 1}\nauthor ${who}\ncommitter ${who}\ndata 6\ncommit\n${index > 0 ? `from :${index}\n` : ""}`;
}

/** Bytes that compress badly, the same on each run. */
function noise(seed: string, length: number): Buffer {
  const out = Buffer.alloc(length);
  let block = createHash("sha512").update(seed).digest();
  for (let at = 0; at < length; at += block.length) {
    block.copy(out, at);
    block = createHash("sha512").update(block).digest();
  }
  return out;
}

/** The most that this process and its git processes hold, sampled, over what they hold at the start. */
function watchMemory(): () => { readonly own: number; readonly git: number } {
  const rest = process.memoryUsage.rss();
  let own = 0;
  let git = 0;
  const timer = setInterval(() => {
    own = Math.max(own, process.memoryUsage.rss() - rest);
    git = Math.max(git, memoryOfChildren());
  }, 25);
  return () => {
    clearInterval(timer);
    return { own: Math.round(own / MB), git: Math.round(git / MB) };
  };
}

/** Resident bytes of the direct children of this process (Linux). */
function memoryOfChildren(): number {
  let bytes = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "latin1");
      if (new RegExp(`^PPid:\\s+${process.pid}$`, "m").test(status))
        bytes += Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
    } catch {
      // It ended meanwhile.
    }
  }
  return bytes;
}

async function readAll(
  source: GitSource,
  commits: readonly string[],
): Promise<{ files: number; bytes: number; gaps: number }> {
  const total = { files: 0, bytes: 0, gaps: 0 };
  for await (const content of source.read(commits, NEVER)) {
    total.gaps += content.gaps.length;
    for (const file of content.files) {
      total.files++;
      if (file.content.kind === "hunks")
        for (const hunk of file.content.hunks) total.bytes += hunk.text.length;
      if (file.content.kind === "whole") total.bytes += file.content.bytes.length;
      if (file.content.kind === "gap") total.gaps++;
    }
  }
  return total;
}

function describe(prepared: Prepared): string {
  return prepared.fetches
    .map(
      ({ what, wanted, bytes, milliseconds }) =>
        `${what} ${wanted} wanted, ${(bytes / 1024).toFixed(1)} kB, ${milliseconds} ms`,
    )
    .join("; ");
}

async function measure(
  name: string,
  source: GitSource,
  request: Parameters<GitSource["prepare"]>[0],
): Promise<void> {
  const memory = watchMemory();
  const started = performance.now();
  const prepared = await source.prepare(request, NEVER);
  const fetched = performance.now();
  const total = await readAll(
    source,
    prepared.commits.map(({ sha }) => sha),
  );
  const ended = performance.now();
  const peak = memory();
  const gaps = total.gaps + prepared.gaps.length;
  console.log(
    `${name}\n  ${prepared.commits.length} commits, ${total.files} files, ${(total.bytes / MB).toFixed(1)} MB of hunks, ${gaps} gaps`,
  );
  console.log(`  fetches: ${describe(prepared)}`);
  console.log(
    `  prepare ${((fetched - started) / 1000).toFixed(2)} s, read ${((ended - fetched) / 1000).toFixed(2)} s, all ${((ended - started) / 1000).toFixed(2)} s`,
  );
  console.log(`  memory over rest: ${peak.own} MB here, ${peak.git} MB in git`);
}

const root = mkdtempSync(join(tmpdir(), "rollcall-bench-"));
try {
  const mirrors = createGitMirrors({
    directory: join(root, "mirrors"),
    environment: process.env,
    protocols: ["file"],
  });
  const open = (id: number, path: string): GitSource =>
    mirrors.open({ id, url: pathToFileURL(path).href, token: async () => null });

  const many = join(root, "many.git");
  const manyTip = await makeRemote(many, async (write) => {
    for (let index = 0; index <= COMMITS; index++) {
      await write(commitHead(index));
      for (let file = 0; file < FILES_EACH; file++) {
        const number = (index * 7 + file * 131) % 5_000;
        const lines = Array.from({ length: 60 }, (_, line) => `const value_${line} = ${number * line};`);
        lines[index % 60] = `changed by ${index} ${noise(`${index} ${file}`, 24).toString("hex")}`;
        const data = Buffer.from(lines.join("\n"));
        await write(`M 100644 inline d${number % 50}/f${number}.ts\ndata ${data.length}\n`);
        await write(data);
        await write("\n");
      }
    }
  });
  const request = { include: [manyTip], exclude: [], commitCount: COMMITS };
  await measure(
    `${COMMITS} commits with ${COMMITS * FILES_EACH} changed files, from an empty mirror`,
    open(1, many),
    {
      ...request,
      exclude: [
        execFileSync("git", ["rev-parse", `${manyTip}~${COMMITS}`], {
          cwd: many,
          env: ENVIRONMENT,
          encoding: "utf8",
        }).trim(),
      ],
    },
  );

  const large = join(root, "large.git");
  const tips: string[] = [];
  const largeTip = await makeRemote(large, async (write) => {
    const megabyte = 4;
    await write(commitHead(0));
    for (let file = 0; file < LARGE_MB / megabyte; file++) {
      const data = noise(`large ${file}`, megabyte * MB);
      await write(`M 100644 inline assets/${file % 16}/${file}.bin\ndata ${data.length}\n`);
      await write(data);
      await write("\n");
    }
    for (let file = 0; file < 20_000; file++) {
      await write(
        `M 100644 inline src/${file % 200}/module-${file}.ts\ndata 12\nexport {${String(file % 1000).padStart(3)}}\n`,
      );
    }
    for (let index = 1; index <= 200; index++) {
      await write(commitHead(index));
      await write(
        `M 100644 inline src/${index % 200}/module-${index}.ts\ndata 13\nchanged ${String(index).padStart(4)}\n\n`,
      );
    }
  });
  for (const back of [1, 2]) {
    tips.push(
      execFileSync("git", ["rev-parse", `${largeTip}~${back}`], {
        cwd: large,
        env: ENVIRONMENT,
        encoding: "utf8",
      }).trim(),
    );
  }
  const [before = "", older = ""] = tips;
  const size = execFileSync("du", ["-sm", large], { encoding: "utf8" }).split("\t")[0];
  const source = open(2, large);
  await measure(`a push of one commit to a repository of ${size} MB, from an empty mirror`, source, {
    include: [before],
    exclude: [older],
    commitCount: 1,
  });
  await measure("the next push of one commit", source, {
    include: [largeTip],
    exclude: [before],
    commitCount: 1,
  });
} finally {
  rmSync(root, { recursive: true, force: true });
}
