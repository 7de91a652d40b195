/** What the next commit would add: the index, not the working tree. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { brotliCompressSync } from "node:zlib";
import { keyOf } from "../../fixtures/keys.ts";
import { zip } from "../../fixtures/archives.ts";
import { GIT_TEST_ENV } from "../support/git-history.ts";
import { runCommand, runJson } from "../support/run-command.ts";
import { createWork } from "../support/scanned-history.ts";
import type { Work } from "../support/scanned-history.ts";

const CLI = join(import.meta.dirname, "../../src/cli.ts");
const old = keyOf("sk_live_", "old");
const fresh = keyOf("sk_live_", "fresh");
let work: Work;

beforeEach(() => {
  work = createWork();
});
afterEach(() => work.remove());

/** Paths and lines of what is found, with the exit code. */
async function staged(): Promise<readonly (string | number)[]> {
  const { code, report } = await runJson(["--staged", work.path]);
  return [
    code,
    ...report.findings.map(({ path, line, redacted }) => `${path}:${line} ${redacted.slice(-4)}`),
  ];
}

const at = (place: string, key: string): string => `${place} ${key.slice(-4)}`;

test("before the first commit, all that is staged is new", async () => {
  work.write("a.env", `# key\nKEY=${fresh}\n`);
  expect(await staged()).toEqual([0]);
  work.git("add", "--all");
  expect(await staged()).toEqual([1, at("a.env:2", fresh)]);
});

describe("after a commit with a key", () => {
  beforeEach(() => {
    work.write("old.env", `KEY=${old}\n`);
    work.write(`${old}/a.txt`, "a\n");
    work.commit("first");
  });

  test("the index is read, not the working tree", async () => {
    work.write("a.env", `KEY=${fresh}\n`);
    work.git("add", "a.env");
    work.write("a.env", "clean\n");
    work.write("b.env", `KEY=${keyOf("sk_live_", "not staged")}\n`);
    expect(await staged()).toEqual([1, at("a.env:1", fresh)]);
    work.git("add", "a.env");
    expect(await staged()).toEqual([0]);
  });

  test("a key that was there before is not new, in an edit, a move, or the name of a folder", async () => {
    work.write("old.env", `# more\nKEY=${old}\n`);
    work.write(`${old}/b.txt`, "b\n");
    work.git("add", "--all");
    expect(await staged()).toEqual([0]);
    work.git("mv", "old.env", "moved.env");
    expect(await staged()).toEqual([0]);
    work.write("moved.env", `KEY=${old}\nKEY=${fresh}\n`);
    work.git("add", "--all");
    expect(await staged()).toEqual([1, at("moved.env:2", fresh)]);
  });

  test("a copy, a key in a name, in an archive and in a file compressed with brotli are new", async () => {
    const bytes = Buffer.from(`KEY=${fresh}\n`);
    work.write("copy.env", `KEY=${old}\n`);
    work.write(`${fresh}.txt`, "clean\n");
    work.write("packed.zip", zip([{ name: "inner.env", bytes }]));
    work.write("packed.env.br", brotliCompressSync(Buffer.concat([bytes, Buffer.from("ab".repeat(900))])));
    work.git("add", "--all");
    const [code, ...places] = await staged();
    expect(code).toBe(1);
    expect(places).toEqual(
      expect.arrayContaining([
        at("copy.env:1", old),
        at("packed.env.br!packed.env:1", fresh),
        at("packed.zip!inner.env:1", fresh),
        expect.stringMatching(/^sk_live_….{4}\.txt:1 /),
      ]),
    );
    expect(places).toHaveLength(4);
  });

  test("a merge that is being committed has what is in neither side", async () => {
    work.git("checkout", "-q", "-b", "side");
    work.write("side.env", `KEY=${keyOf("sk_live_", "side")}\n`);
    work.write("old.env", "side\n");
    work.commit("side");
    work.git("checkout", "-q", "main");
    work.write("old.env", "main\n");
    work.commit("main");
    spawnSync("git", ["merge", "-q", "side"], { cwd: work.path, env: GIT_TEST_ENV });
    work.write("old.env", `KEY=${fresh}\n`);
    work.git("add", "--all");
    expect(await staged()).toEqual([1, at("old.env:1", fresh)]);
  });

  test("odd names are names", async () => {
    const names = ["-rf.env", "two words.env", "new\nline.env", "ünï.env", "--staged", ":(glob)*.env"];
    for (const name of names) work.write(name, `KEY=${fresh}\n`);
    work.git("add", "--all");
    const { report } = await runJson(["--staged", work.path]);
    expect(new Set(report.findings.map(({ path }) => path))).toEqual(new Set(names));
  });

  test("content that git does not have is a gap", async () => {
    work.write("a.env", `KEY=${fresh}\n`);
    work.git("add", "--all");
    const id = work.git("rev-parse", ":a.env");
    const object = join(work.path, ".git/objects", id.slice(0, 2), id.slice(2));
    chmodSync(object, 0o644);
    writeFileSync(object, "damaged");
    const { code, report } = await runJson(["--staged", work.path]);
    expect({ code, complete: report.complete }).toEqual({ code: 2, complete: false });
  });
});

test.each([
  ["a commit of what is staged", ["commit", "-q", "-m", "x"]],
  ["a commit of all files", ["commit", "-q", "-a", "-m", "x"]],
  ["a commit of one file", ["commit", "-q", "-m", "x", "--", "a.env"]],
])("as a hook it stops %s", (_, args) => {
  work.write("a.env", "clean\n");
  work.commit("first");
  const hook = join(work.path, ".git/hooks/pre-commit");
  writeFileSync(hook, `#!/bin/sh\nexec '${process.execPath}' '${CLI}' --staged\n`, { mode: 0o755 });
  work.write("a.env", `KEY=${fresh}\n`);
  if (args.length === 4) work.git("add", "--all");
  const commit = (): number | null =>
    spawnSync("git", args, { cwd: work.path, env: GIT_TEST_ENV, encoding: "utf8" }).status;
  expect(commit()).toBe(1);
  work.write("a.env", "clean again\n");
  if (args.length === 4) work.git("add", "--all");
  expect(commit()).toBe(0);
});

test("a repository's configuration runs nothing", async () => {
  work.write("a.env", `KEY=${fresh}\n`);
  work.write(".gitattributes", "* filter=evil diff=evil\n");
  work.git("add", "--all");
  const ran = join(work.path, ".git/ran");
  const evil = join(work.path, ".git/evil.sh");
  writeFileSync(evil, `#!/bin/sh\ntouch '${ran}'\n`, { mode: 0o755 });
  for (const name of [
    "core.fsmonitor",
    "diff.external",
    "diff.evil.textconv",
    "filter.evil.smudge",
    "filter.evil.clean",
  ])
    work.git("config", name, evil);
  work.git("config", "alias.diff-index", `!${evil}`);
  writeFileSync(join(work.path, ".git/hooks/post-index-change"), `#!/bin/sh\ntouch '${ran}'\n`, {
    mode: 0o755,
  });
  expect(await staged()).toEqual([1, at("a.env:1", fresh)]);
  expect(existsSync(ran)).toBe(false);
});

test.each([
  [["--staged", "a", "b"], "one repository"],
  [["--staged", "--git"], "with --format only"],
  [["--staged", "--exclude", "x"], "with --format only"],
  [["--staged", "/"], "no git repository"],
])("%j is refused", async (args, words) => {
  const { code, err } = await runCommand(args);
  expect(code).toBe(2);
  expect(err).toContain(words);
});
