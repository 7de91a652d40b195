import { expect, test } from "vitest";
import { readScope, scanCommit } from "../../src/scan/index.ts";
import type { ChangedFile } from "../../src/source/index.ts";
import { NOW } from "../support/job-context.ts";
import { commitOf, depsOf, FakeSource, requestFor, sha } from "../support/sources.ts";
import { keyOf } from "../../fixtures/keys.ts";

const OLD = `old = "${keyOf("sk_live_", "old")}"\n`;
const NEW = `new = "${keyOf("sk_live_", "new")}"\n`;

/** As many keys in one file as are not listed any more, and one line added after them. */
function fileWithMore(): { file: ChangedFile; whole: Buffer } {
  const before = 20_001;
  const whole = Buffer.from(OLD.repeat(before) + NEW);
  const added = [{ first: before + 1, last: before + 1 }];
  const hunks = [{ newStart: before - 2, text: Buffer.from(OLD.repeat(3) + NEW), added }];
  return { file: { path: "keys.env", blob: "d".repeat(40), content: { kind: "hunks", hunks } }, whole };
}

test("a key beyond the findings listed of one file is a gap", async () => {
  const { file, whole } = fileWithMore();
  const read = async () => ({ kind: "bytes" as const, bytes: whole });
  const scan = await scanCommit(commitOf("c", [], { files: [file] }), read, NOW);
  expect(scan.gaps).toMatchObject([{ reason: "too_many_findings", path: "keys.env" }]);
});

test("past its time limit no further file of a commit is searched, which is a gap", async () => {
  const { file } = fileWithMore();
  const commit = commitOf("c", [], { files: [file] });
  const read = async () => {
    throw new Error("No file is read here.");
  };
  const scan = await scanCommit(commit, read, NOW, AbortSignal.abort());
  expect(scan).toMatchObject({ findings: [], gaps: [{ reason: "timeout" }] });
});

test("a history that repeats keys is not read to its end, which is a gap", async () => {
  const names = Array.from({ length: 8 }, (_, index) => `c${index}`);
  const keys = { kind: "whole" as const, bytes: Buffer.from(OLD.repeat(3000)), hunks: null };
  const files = [{ path: "keys.env", blob: null, content: keys }];
  const git = new FakeSource(...names.map((name) => commitOf(name, [], { files })));
  git.listing.commits.push(...names.map(sha));
  const scope = { kind: "push", ref: "refs/heads/main", before: sha("a"), after: sha("c7") } as const;
  const request = requestFor(scope, { commitCount: 8 });
  const { commits } = await readScope(request, depsOf(new FakeSource(), git));
  expect(commits.map((commit) => commit.findings.length)).toEqual([3000, 3000, 3000, 3000, 0, 0, 0, 0]);
  expect(commits.at(-1)?.gaps).toMatchObject([{ reason: "too_many_findings" }]);
});
