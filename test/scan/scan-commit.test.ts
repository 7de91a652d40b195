import { describe, expect, test } from "vitest";
import { scanCommit } from "../../src/scan/index.ts";
import type { ReadWhole } from "../../src/scan/scan-commit.ts";
import type { ChangedFile } from "../../src/source/index.ts";
import { NOW } from "../support/job-context.ts";
import { commitOf, fileOf, gap, sha } from "../support/sources.ts";
import { keyOf } from "../../fixtures/keys.ts";

const KEY = keyOf("sk_live_", "commit");
const OTHER = keyOf("sk_live_", "other");

const never: ReadWhole = async () => {
  throw new Error("No whole file is needed.");
};
const whole =
  (text: string): ReadWhole =>
  async () => ({ kind: "bytes", bytes: Buffer.from(text) });

/** Lines `first` to `last` of a file, all of them added. */
function hunkOf(first: number, text: string, blob: string | null = sha("blob")): ChangedFile {
  const last = first + text.split("\n").length - 2;
  const hunk = { newStart: first, text: Buffer.from(text), added: [{ first, last }] };
  return { path: "src/pay.ts", blob, content: { kind: "hunks", hunks: [hunk] } };
}

function scan(file: ChangedFile, readWhole: ReadWhole) {
  return scanCommit(commitOf("c", ["b"], { files: [file] }), readWhole, NOW);
}

describe("a hunk", () => {
  test("without a hit is done: the file is not read", async () => {
    expect(await scan(hunkOf(10, "nothing\n"), never)).toMatchObject({ findings: [], gaps: [], files: 1 });
  });

  test("with a hit has its file read, and the finding gets its line there", async () => {
    const text = `${"\n".repeat(9)}stripe("${KEY}")\n`;
    const { findings } = await scan(hunkOf(10, `stripe("${KEY}")\n`), whole(text));
    expect(findings).toMatchObject([
      { line: 10, column: 9, path: "src/pay.ts", place: "content", commit: sha("c") },
    ]);
  });

  test("with a hit on a line that was there before brings no finding", async () => {
    const text = `a = "${KEY}"\nb\n`;
    const added = [{ first: 2, last: 2 }];
    const hunk = { newStart: 1, text: Buffer.from(text), added };
    const file: ChangedFile = { path: "a.ts", blob: null, content: { kind: "hunks", hunks: [hunk] } };
    expect((await scan(file, never)).findings).toEqual([]);
  });

  test("with a hit brings no other key of the file, which an earlier commit brought", async () => {
    const text = `a = "${OTHER}"\nb = "${KEY}"\n`;
    const { findings } = await scan(hunkOf(2, `b = "${KEY}"\n`), whole(text));
    expect(findings.map((finding) => finding.line)).toEqual([2]);
  });

  test("whose file cannot be read keeps what the hunk shows, and is a gap", async () => {
    const { findings, gaps } = await scan(hunkOf(10, `a = "${KEY}"\n`), async (_blob, at) => ({
      kind: "gap",
      gap: { ...gap(at.commit, "too_large"), path: at.path },
    }));
    expect(findings).toMatchObject([{ line: 10 }]);
    expect(gaps).toMatchObject([{ reason: "too_large", path: "src/pay.ts" }]);
  });
});

test("a whole file without its changes is searched from top to bottom", async () => {
  const bytes = Buffer.from(`a = "${KEY}"\n\nb = "${OTHER}"\n`);
  const file: ChangedFile = { path: "a.ts", blob: sha("x"), content: { kind: "whole", bytes, hunks: null } };
  expect((await scan(file, never)).findings.map((finding) => finding.line)).toEqual([1, 3]);
});

test("a file that was not read is a gap", async () => {
  const file: ChangedFile = { path: "a.ts", blob: sha("x"), content: { kind: "gap", gap: gap(sha("c")) } };
  expect((await scan(file, never)).gaps).toHaveLength(1);
});

test("the gaps of the commit itself are kept", async () => {
  const commit = commitOf("c", ["b"], { gaps: [gap(sha("c"), "too_many_files")] });
  expect((await scanCommit(commit, never, NOW)).gaps).toMatchObject([{ reason: "too_many_files" }]);
});

test.each([
  ["commit_message", { message: `Use ${KEY}` }, null],
  ["author", { people: `${KEY} <ann@example.org>` }, null],
  ["path", { files: [fileOf("nothing\n", `keys/${KEY}.txt`)] }, `keys/sk_live_`],
])("a key in the %s is found", async (place, fields, path) => {
  const { findings } = await scanCommit(commitOf("c", ["b"], fields), never, NOW);
  expect(findings).toMatchObject([{ place, kind: "secret_key", mode: "live" }]);
  expect(findings[0]?.path?.startsWith(path ?? "") ?? path === null).toBe(true);
});

test("a path that holds a key is kept redacted, in findings and gaps", async () => {
  const path = `keys/${KEY}.txt`;
  const files: ChangedFile[] = [
    fileOf(`a = "${OTHER}"\n`, path),
    { path, blob: sha("x"), content: { kind: "gap", gap: { ...gap(sha("c")), path } } },
  ];
  const scanned = await scanCommit(commitOf("c", ["b"], { files }), never, NOW);
  expect(scanned.findings.length).toBeGreaterThanOrEqual(2);
  expect(scanned.gaps).toHaveLength(1);
  expect(JSON.stringify(scanned)).not.toContain(KEY.slice(12, 60));
});

test("a key in the name of a removed file is not a finding of this commit", async () => {
  const file: ChangedFile = { path: `keys/${KEY}.txt`, blob: null, content: { kind: "none" } };
  expect((await scan(file, never)).findings).toEqual([]);
});

test("a commit full of keys ends in a gap, and not in all of them", async () => {
  const line = Array.from({ length: 40 }, (_, index) => `"${keyOf("sk_live_", `many/${index}`)}"`).join(",");
  const files = Array.from({ length: 200 }, (_, index) => fileOf(`${line}\n`, `f${index}.ts`));
  const { findings, gaps } = await scanCommit(commitOf("c", ["b"], { files }), never, NOW);
  expect(findings.length).toBeLessThan(200 * 40);
  expect(gaps).toMatchObject([{ reason: "too_many_findings" }]);
});
