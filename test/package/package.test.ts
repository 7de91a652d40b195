/**
 * The package of the command line does what the sources do, on every version of Node that is here. It is built, packed and
 * installed once.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { writeCorpus } from "../../bench/compare/corpus.ts";
import { keyOf } from "../../fixtures/keys.ts";
import { FORMATS } from "../../src/report/index.ts";
import { ARCHIVES, COMPRESSIONS } from "../../fixtures/archives.ts";
import { temporaryDirectory } from "../support/git-history.ts";
import { installedNodes, packCli } from "../support/packed-cli.ts";
import type { PackedCli } from "../support/packed-cli.ts";
import { createWork } from "../support/scanned-history.ts";
import type { Work } from "../support/scanned-history.ts";

const ROOT = join(import.meta.dirname, "../..");
const SOURCE = join(ROOT, "src/cli.ts");
const OLDEST = 20;
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const live = keyOf("sk_live_", "package");
const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  engines: z.object({ node: z.string() }),
  dependencies: z.never().optional(),
});

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, args: readonly string[], cwd: string, input = ""): Run {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    input,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  // How long it took is all that differs.
  return { status, stdout: stdout.replace(/in \d+\.\d s\.$/m, "in 0.0 s."), stderr };
}

const directory = temporaryDirectory();
const corpus = temporaryDirectory();
let packed: PackedCli;
let work: Work;

beforeAll(async () => {
  packed = packCli(directory.path);
  writeCorpus(corpus.path, 8);
  const file = { name: "inner/pay.env", bytes: Buffer.from(`KEY=${live}\n`) };
  for (const [end, compress] of COMPRESSIONS)
    if (end !== ".zst") writeFileSync(join(corpus.path, `pay.env${end}`), compress(file.bytes));
  for (const [end, pack] of ARCHIVES) writeFileSync(join(corpus.path, `all${end}`), await pack([file]));
  work = createWork();
  work.write("src/pay.env", `# key\nKEY=${live}\n`);
  work.write("big.txt", "clean text\n".repeat(500_000));
  work.commit("adds");
  work.write("src/pay.env", "clean\n");
  work.commit(`removes ${keyOf("sk_live_", "message")}`);
  work.git("tag", "-a", "-m", keyOf("rk_live_", "tag"), "v1");
});
afterAll(() => {
  work.remove();
  corpus.remove();
  directory.remove();
});

test("it has a name in a scope, the project's version, and no dependencies", () => {
  const manifest = manifestSchema.parse(JSON.parse(read("packages/cli/package.json")));
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(read("package.json")));
  expect(manifest.name).toMatch(/^@[a-z-]+\/[a-z-]+$/);
  expect(manifest.version).toBe(version);
  expect(manifest.engines.node).toMatch(new RegExp(`^>=${OLDEST}\\.`));
});

test("it holds compiled code, licences and its README, and nothing of the app's packages", () => {
  expect(packed.files.filter((path) => !path.startsWith("dist/"))).toEqual([
    "LICENSE",
    "README.md",
    "THIRD-PARTY-LICENSES.txt",
    "package.json",
  ]);
  expect(packed.files.filter((path) => path.startsWith("dist/") && !path.endsWith(".js"))).toEqual([]);
  const folder = join(packed.folder, "node_modules/@rollcall/cli");
  const names = [
    ...readFileSync(join(folder, "THIRD-PARTY-LICENSES.txt"), "utf8").matchAll(
      /^(\S+) [\d.]+, licence \S+$/gm,
    ),
  ];
  expect(names.map(([, name]) => name)).toEqual(
    expect.arrayContaining(["core-js", "modern-tar", "picomatch", "xz-decompress", "yauzl", "zod"]),
  );
  for (const [, name] of names)
    expect(name).not.toMatch(/probot|octokit|^pg$|postgres|bottleneck|piscina|pino/);
});

test("npx runs it straight from the tarball", () => {
  const { status, stdout } = run(
    "npx",
    ["--yes", "--offline", `./${basename(packed.tarball)}`, "--stdin"],
    directory.path,
    `KEY=${live}\n`,
  );
  expect(status).toBe(1);
  expect(stdout).toContain("sk_live_");
  expect(stdout).not.toContain(live);
});

/** What the sources do with a command line, asked once for all versions of Node. */
const fromSources = new Map<string, Run>();
function runSources(args: readonly string[], cwd: string, input?: string): Run {
  const key = JSON.stringify([args, cwd, input]);
  const known = fromSources.get(key) ?? run(process.execPath, [SOURCE, ...args], cwd, input);
  fromSources.set(key, known);
  return known;
}

describe.each(installedNodes(OLDEST))("on Node $version", ({ program }) => {
  const both = (args: readonly string[], cwd: string, input?: string): Run => {
    const expected = runSources(args, cwd, input);
    expect(run(program, [packed.program, ...args], cwd, input)).toEqual(expected);
    return expected;
  };

  test.each(FORMATS.map(({ name }) => name))("reports a folder as the sources do: %s", (format) => {
    const { status, stderr } = both(["--format", format], corpus.path);
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
  });

  test("says what looked like a key, what it looks for, and its version", () => {
    both(["--explain", "--exclude", "r00*"], corpus.path);
    both(["--rules"], corpus.path);
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(read("package.json")));
    expect(run(program, [packed.program, "--version"], corpus.path).stdout).toBe(`${version}\n`);
    expect(run(program, [packed.program, "--help"], corpus.path).stdout).toContain(
      "  rollcall [PATH…] [options]\n",
    );
  });

  test.each(["text", "json"])("reports a history as the sources do: %s", (format) => {
    const { status, stdout } = both(["--git", "--format", format], work.path);
    expect(status).toBe(1);
    expect(stdout).toContain("sk_live_");
  });

  test("reads a patch, and ends with the same codes", () => {
    const patch = work.git("log", "-p", "--reverse", "-1", "HEAD^");
    expect(both(["--stdin"], work.path, patch).status).toBe(1);
    expect(both(["no/such/file"], work.path).status).toBe(2);
    expect(both(["--git", "--since", "no-such"], work.path).status).toBe(2);
  });

  test("reads zstd, or says that this version of Node cannot", () => {
    const path = join(corpus.path, "../pay.env.zst");
    writeFileSync(path, zstdCompressSync(`${Buffer.from(live.repeat(40)).toString("hex")}\nKEY=${live}\n`));
    const { status, stdout } = run(program, [packed.program, path], corpus.path);
    rmSync(path);
    const hasZstd =
      spawnSync(program, ["-p", "'createZstdDecompress' in zlib"], { encoding: "utf8" }).stdout === "true\n";
    expect(status).toBe(hasZstd ? 1 : 0);
    expect(stdout.includes("searched without being unpacked: packed by a method")).toBe(!hasZstd);
  });
});
