import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bodyOf, keyOf } from "../../../fixtures/keys.ts";
import { zip } from "../../../fixtures/archives.ts";
import { git, gitText, temporaryDirectory } from "../../support/git-history.ts";
import { about, createWork, scanned } from "../../support/scanned-history.ts";
import type { Work } from "../../support/scanned-history.ts";

const MEBIBYTE = 1 << 20;
const live = keyOf("sk_live_", "live");

let work: Work;

beforeEach(() => {
  work = createWork();
});
afterEach(() => work.remove());

function loosePath(id: string): string {
  return join(work.path, ".git/objects", id.slice(0, 2), id.slice(2));
}

/** A clone over git's own protocol, which may leave objects out. */
function cloneOf(path: string, ...options: string[]): { readonly path: string; remove(): void } {
  const directory = temporaryDirectory();
  gitText(directory.path, [
    "-c",
    "uploadpack.allowFilter=true",
    "clone",
    "-q",
    ...options,
    `file://${path}`,
    "clone",
  ]);
  return { path: join(directory.path, "clone"), remove: () => directory.remove() };
}

describe("what is not there is said", () => {
  test("a damaged object costs itself, and no other", async () => {
    for (let file = 0; file < 50; file++) work.write(`${file}.txt`, `${file} ${bodyOf(40, file)}\n`);
    work.write("a.env", live);
    work.commit("adds");
    const damaged = ["7.txt", "31.txt"].map((name) => work.git("rev-parse", `HEAD:${name}`));
    for (const id of damaged) {
      chmodSync(loosePath(id), 0o600);
      const bytes = readFileSync(loosePath(id));
      bytes.fill(0xff, bytes.length - 12);
      writeFileSync(loosePath(id), bytes);
    }
    const scan = await scanned(work.path);
    expect(new Set(scan.gaps.map(({ blob }) => blob))).toEqual(new Set(damaged));
    expect(scan.gaps).toHaveLength(damaged.length);
    expect(scan.objects).toBe(51 + 2 - damaged.length);
    expect(about(scan, live)).toHaveLength(1);
  });

  test("a missing object is counted, and the rest is placed", async () => {
    work.write("a.txt", "gone");
    work.write("a.env", live);
    work.commit("adds");
    rmSync(loosePath(work.git("rev-parse", "HEAD:a.txt")));
    const scan = await scanned(work.path);
    expect(scan.gaps).toMatchObject([{ reason: "unavailable", detail: "1 object is not here" }]);
    expect(about(scan, live).map(({ finding }) => finding.path)).toEqual(["a.env"]);
  });

  test("a missing folder takes the place of what came in with it, not the finding", async () => {
    work.write("dir/a.env", live);
    work.commit("adds");
    work.write("b.env", keyOf("sk_live_", "later"));
    work.commit("more");
    rmSync(loosePath(work.git("rev-parse", "HEAD~1^{tree}")));
    const scan = await scanned(work.path);
    expect(scan.gaps).not.toEqual([]);
    expect(about(scan, live)).toHaveLength(1);
    expect(about(scan, keyOf("sk_live_", "later"))).toHaveLength(1);
  });

  test("what a dropped commit lacks is no gap", async () => {
    work.write("a.txt", "kept");
    work.commit("kept");
    work.write("b.txt", "dropped");
    const dropped = work.commit("dropped");
    work.git("reset", "-q", "--hard", "HEAD~1");
    rmSync(loosePath(work.git("rev-parse", `${dropped}:b.txt`)));
    expect((await scanned(work.path)).gaps).toEqual([]);
  });

  test("a shallow clone", async () => {
    work.write("a.env", live);
    work.commit("adds");
    work.git("rm", "-q", "a.env");
    work.commit("removes");
    const clone = cloneOf(work.path, "--depth=1");
    const scan = await scanned(clone.path);
    expect(scan.gaps).toMatchObject([{ reason: "unavailable" }]);
    expect(scan.gaps[0]?.detail).toMatch(/^a shallow clone/);
    clone.remove();
  });

  test("a partial clone, without fetching the rest", async () => {
    work.write("a.env", live);
    work.commit("adds");
    work.git("rm", "-q", "a.env");
    work.commit("removes");
    work.git("config", "uploadpack.allowFilter", "true");
    const clone = cloneOf(work.path, "--filter=blob:none", "--bare");
    const scan = await scanned(clone.path);
    expect(scan.gaps).toMatchObject([{ reason: "unavailable" }]);
    expect(scan.gaps[0]?.detail).toMatch(/^a partial clone: 1 /);
    expect(scan.findings).toEqual([]);
    const borrower = createWork();
    writeFileSync(join(borrower.path, ".git/objects/info/alternates"), `${join(clone.path, "objects")}\n`);
    borrower.git("update-ref", "refs/heads/borrowed", work.git("rev-parse", "HEAD"));
    expect((await scanned(borrower.path)).gaps[0]?.detail).toMatch(/^a partial clone: 1 /);
    borrower.remove();
    clone.remove();
  });
});

describe("repositories of every make", () => {
  test("an empty one", async () => {
    expect(await scanned(work.path)).toMatchObject({ findings: [], gaps: [], objects: 0 });
  });

  test("with SHA-256", async () => {
    const other = createWork("--object-format=sha256");
    other.write(`folder-${keyOf("sk_live_", "name")}/a.env`, live);
    const commit = other.commit("adds");
    const scan = await scanned(other.path);
    expect(commit).toHaveLength(64);
    expect(about(scan, live).map(({ finding }) => finding.commit)).toEqual([commit]);
    expect(about(scan, keyOf("sk_live_", "name"))).toHaveLength(1);
    expect(scan.gaps).toEqual([]);
    other.remove();
  });

  test("one that borrows its objects, from a folder in it and from a linked working tree", async () => {
    work.write("sub/a.env", live);
    work.commit("adds");
    const clone = cloneOf(work.path, "--shared");
    git(clone.path, ["worktree", "add", "-q", "../linked"]);
    for (const path of [clone.path, join(clone.path, "sub"), join(clone.path, "../linked")]) {
      const scan = await scanned(path);
      expect(about(scan, live)).toHaveLength(1);
      expect(scan.gaps).toEqual([]);
    }
    clone.remove();
  });

  test("replaced objects: both are read, and the history is the true one", async () => {
    work.write("a.env", live);
    const first = work.commit("adds");
    work.write("a.env", keyOf("sk_live_", "replacement"));
    const second = work.commit("changes");
    work.git("replace", first, second);
    const scan = await scanned(work.path);
    expect(about(scan, live).map(({ finding }) => finding.commit)).toEqual([first]);
    expect(about(scan, keyOf("sk_live_", "replacement")).map(({ finding }) => finding.commit)).toEqual([
      second,
    ]);
  });

  test("pointers of Git LFS and submodules are named", async () => {
    const oid = "a".repeat(64);
    work.write("large.bin", `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 12345\n`);
    work.commit("pointer");
    work.git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},vendor-library`);
    work.git("commit", "-q", "-m", "submodule");
    const scan = await scanned(work.path);
    expect(scan.pointers).toEqual([work.git("rev-parse", "HEAD:large.bin")]);
    expect(scan.submodules).toEqual(["vendor-library"]);
    expect(scan.gaps).toEqual([]);
  });

  test("its configuration runs nothing", async () => {
    const trap = join(work.path, "trap");
    for (const name of ["gpg.program", "diff.external", "core.fsmonitor", "core.pager", "core.sshCommand"])
      work.git("config", name, `touch ${trap}; true`);
    work.git("config", "log.showSignature", "true");
    work.git("config", "diff.x.textconv", `touch ${trap}; cat`);
    work.write(".gitattributes", "* diff=x\n");
    work.write("a.env", live);
    work.commit("adds");
    rmSync(trap, { force: true });
    expect(about(await scanned(work.path), live)).toHaveLength(1);
    expect(readdirSync(work.path)).not.toContain("trap");
  });
});

describe("large objects", () => {
  test.each([
    ["across a batch", MEBIBYTE - 60],
    ["in a blob of more than a batch", 2 * MEBIBYTE + 5],
    ["in a blob that is read in pieces", 5 * MEBIBYTE - 50],
  ])("a key %s", async (_, offset) => {
    work.write(
      "large.txt",
      `${"word ".repeat(Math.ceil(offset / 5)).slice(0, offset)}\n${live}\n${"x ".repeat(400_000)}`,
    );
    work.write("small.txt", keyOf("sk_live_", "small"));
    work.commit("adds");
    const scan = await scanned(work.path);
    expect(about(scan, live).map(({ finding }) => [finding.path, finding.line])).toEqual([["large.txt", 2]]);
    expect(about(scan, keyOf("sk_live_", "small"))).toHaveLength(1);
  });

  test("a key in an archive that is not held in memory", async () => {
    const filler = Buffer.from(bodyOf(6 * MEBIBYTE, 3));
    const inner = { name: "a.env", bytes: Buffer.from(live) };
    work.write("large.zip", zip([{ name: "filler", bytes: filler }, inner], { method: 0 }));
    work.commit("adds");
    const scan = await scanned(work.path);
    expect(about(scan, live).map(({ finding }) => finding.path)).toEqual(["large.zip!a.env"]);
  });

  test("a commit message that is read in pieces", async () => {
    const path = join(work.path, "message");
    writeFileSync(path, `${"word ".repeat(MEBIBYTE)}\n${live}\n`);
    work.git("commit", "-q", "--allow-empty", "-F", path);
    rmSync(path);
    const scan = await scanned(work.path);
    expect(about(scan, live).map(({ finding }) => finding.place)).toEqual(["commit_message"]);
  });
});

test("stopped early, it says so and reports what it has", async () => {
  work.write("a.env", live);
  work.commit("adds");
  const scan = await scanned(work.path, undefined, AbortSignal.abort());
  expect(scan.gaps).toMatchObject([{ reason: "timeout" }]);
});
