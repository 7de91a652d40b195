import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keyOf } from "../../../fixtures/keys.ts";
import { FORMS } from "../../../src/detect/forms/index.ts";
import type { HistoryScan } from "../../../src/scan/index.ts";
import { zip } from "../../../fixtures/archives.ts";
import { git } from "../../support/git-history.ts";
import { about, createWork, fingerprintOf, scanned } from "../../support/scanned-history.ts";
import type { Work } from "../../support/scanned-history.ts";

/** Every key that the repository holds, by where it is. */
const planted = new Map<string, string>();
let work: Work;
let scan: HistoryScan;

function plant(where: string): string {
  const key = keyOf("sk_live_", where);
  planted.set(where, key);
  return key;
}

function keyAt(where: string): string {
  return planted.get(where) ?? "";
}

beforeAll(async () => {
  work = createWork();
  work.write("edited.env", `KEY=${plant("edited")}\n`);
  work.commit("adds");
  work.write("edited.env", `# more\nKEY=${keyAt("edited")}\n`);
  work.commit("edits around it");
  work.git("mv", "edited.env", "renamed.env");
  work.commit("renames");
  work.write("renamed.env", "clean\n");
  work.write("tip.env", `KEY=${plant("tip")}\n`);
  work.commit("removes");
  work.write("renamed.env", `# more\nKEY=${keyAt("edited")}\n`);
  work.commit("reverts the removal");
  work.write("renamed.env", "clean\n");
  work.commit(`removes again\n\n${plant("message")}\n`);

  for (const form of FORMS) {
    for (const [index, example] of form.examples.entries()) {
      const text = example.write(plant(`${form.name} ${index}`));
      work.write(`forms/${form.name}-${index}.txt`, Buffer.from(text, "latin1"));
    }
  }
  work.commit("in every form");
  work.write("packed.zip", zip([{ name: "inner/a.env", bytes: Buffer.from(plant("zip")) }]));
  work.write("packed.txt.gz", gzipSync(plant("gzip")));
  work.write("packed.txt.br", brotliCompressSync(plant("brotli")));
  work.commit("archives");
  work.git("repack", "-q", "-d");

  work.git("checkout", "-q", "-b", "side");
  work.write("side.env", plant("side"));
  work.commit("side");
  work.git("checkout", "-q", "main");
  work.write("main.txt", "main");
  work.commit("main");
  work.git("merge", "-q", "--no-ff", "--no-commit", "side");
  work.write("merge.env", plant("only in the merge"));
  work.commit("merge");
  work.git("notes", "add", "-m", plant("note"));
  work.git("tag", "-a", "v1", "-m", plant("tag"));
  work.git("tag", "file", work.git("rev-parse", "main:tip.env"));
  work.git("branch", `with-${plant("branch name")}`);
  work.git("checkout", "-q", "-b", "pull");
  work.write("pull.env", plant("pull request"));
  work.git("update-ref", "refs/pull/7/head", work.commit("pull request"));
  work.git("checkout", "-q", "main");
  work.git("branch", "-q", "-D", "pull");
  work.git("checkout", "-q", "-b", "dropped");
  work.write("dropped.env", plant("dropped"));
  work.commit("dropped");
  work.git("checkout", "-q", "main");
  work.git("branch", "-q", "-D", "dropped");
  work.write("stashed.env", plant("stash"));
  work.git("add", "--all");
  work.git("stash", "-q");
  work.write("loose.env", plant("loose"));
  work.git("add", "--all");
  work.git("rm", "-q", "-f", "loose.env");
  work.write(`folder-${plant("folder name")}/file`, "x");
  work.git("-c", "user.name=unused", "add", "--all");
  work.git("commit", "-q", "-m", "by a key", `--author=${plant("author")} <a@example.com>`);
  scan = await scanned(work.path);
});

afterAll(() => work.remove());

describe("a history with keys in every form and every place", () => {
  test("each planted key is found, and nothing else", () => {
    const found = new Set(scan.findings.map(({ finding }) => finding.fingerprint));
    const missed = [...planted].filter(([, key]) => !found.has(fingerprintOf(key))).map(([where]) => where);
    expect(missed).toEqual([]);
    expect(found.size).toBe(planted.size);
    expect(scan.gaps).toEqual([]);
  });

  test("whatever a plain search of the raw objects hits is a finding", () => {
    const raw = git(work.path, ["cat-file", "--batch-all-objects", "--batch"]);
    const hits = new Set(
      Buffer.from(raw)
        .toString("latin1")
        .match(/sk_live_[0-9A-Za-z]{99}/g),
    );
    const found = new Set(scan.findings.map(({ finding }) => finding.fingerprint));
    expect(hits.size).toBeGreaterThan(20);
    expect([...hits].filter((key) => !found.has(fingerprintOf(key)))).toEqual([]);
  });

  test("each is placed at the commit that git log --find-object names", () => {
    const inFiles = scan.findings.filter(
      ({ finding, origin }) => origin.source === "file" && finding.place === "content",
    );
    expect(inFiles.length).toBeGreaterThan(planted.size / 2);
    for (const { finding } of inFiles) {
      const outer = (finding.path ?? "").split("!")[0] ?? "";
      const blob = work.git("rev-parse", `${finding.commit ?? ""}:${outer}`);
      const commits = work.git(
        "log",
        "--all",
        "--reflog",
        "-m",
        "--no-patch",
        "--topo-order",
        "--format=%H",
        `--find-object=${blob}`,
      );
      expect([finding.path, finding.commit]).toEqual([finding.path, commits.split("\n").at(-1)]);
    }
  });

  test("a key that is edited around, moved, removed and restored is one finding, at its first commit", () => {
    expect(
      about(scan, keyAt("edited")).map(({ finding, origin }) => [finding.path, finding.line, origin.isAtTip]),
    ).toEqual([["edited.env", 1, false]]);
  });

  test.each([
    ["tip", { source: "file", isAtTip: true, ref: null }],
    ["only in the merge", { source: "file", isAtTip: true, ref: null }],
    ["note", { source: "note", isAtTip: null, ref: "refs/notes/commits", branches: [] }],
    ["tag", { source: "tag", ref: "refs/tags/v1" }],
    ["message", { source: "commit", isAtTip: null }],
    ["author", { source: "commit", isAtTip: null }],
    ["pull request", { source: "file", ref: "refs/pull/7/head", branches: [], isAtTip: false }],
    ["stash", { source: "file", ref: "refs/stash", branches: [] }],
    ["dropped", { source: "file", ref: null, branches: [] }],
    ["loose", { source: "loose", ref: null, author: null, date: null }],
    ["folder name", { source: "file", isAtTip: true }],
  ])("%s: says where it is and what leads to it", (where, origin) => {
    expect(about(scan, keyAt(where)).map((each) => each.origin)).toEqual([expect.objectContaining(origin)]);
  });

  test("names the author, the date in the author's time zone, and the branches, the default one first", () => {
    const [side] = about(scan, keyAt("side"));
    expect(side?.origin).toMatchObject({ author: "Ada Example <ada@example.com>" });
    expect(side?.origin?.date).toMatch(/^2023-11-1\dT\d\d:\d\d:\d\d\+02:00$/);
    expect(side?.origin?.branches.slice(0, 2)).toEqual(["main", "side"]);
    expect(side?.origin?.branches.slice(2).join()).toMatch(/^with-sk_live_…/);
  });

  test("shows the path inside of an archive", () => {
    const paths = ["zip", "gzip", "brotli"].map((where) =>
      about(scan, keyAt(where)).map(({ finding }) => finding.path),
    );
    expect(paths).toEqual([
      ["packed.zip!inner/a.env"],
      ["packed.txt.gz!packed.txt"],
      ["packed.txt.br!packed.txt"],
    ]);
  });

  test("holds no key in anything it returns", () => {
    const all = JSON.stringify(scan);
    expect([...planted.values()].filter((key) => all.includes(key.slice(12, -4)))).toEqual([]);
  });

  test("is the same at every run", async () => {
    expect(JSON.stringify((await scanned(work.path)).findings)).toBe(JSON.stringify(scan.findings));
  });

  test("reads only what is new since a commit", async () => {
    const known = work.git("rev-parse", "main~2");
    const { findings, objects } = await scanned(work.path, { tips: null, known: [known] });
    const found = new Set(findings.map(({ finding }) => finding.fingerprint));
    expect(objects).toBeLessThan(scan.objects);
    expect(found).toContain(fingerprintOf(keyAt("only in the merge")));
    expect(found).not.toContain(fingerprintOf(keyAt("edited")));
  });

  test("reads only one branch", async () => {
    const { findings } = await scanned(work.path, { tips: [work.git("rev-parse", "side")], known: [] });
    const found = new Set(findings.map(({ finding }) => finding.fingerprint));
    expect(found).toContain(fingerprintOf(keyAt("side")));
    expect(found).toContain(fingerprintOf(keyAt("edited")));
    expect(found).not.toContain(fingerprintOf(keyAt("only in the merge")));
  });
});
