import { expect, test } from "vitest";
import type { CommitScan } from "../../src/domain/index.ts";
import { locateInHead, scanCommit } from "../../src/scan/index.ts";
import { NOW } from "../support/job-context.ts";
import { commitOf, fileOf, sha } from "../support/sources.ts";
import { keyOf } from "../../fixtures/keys.ts";

const KEY = keyOf("sk_live_", "head");

/** A commit that adds the key on line 1 of src/pay.ts. */
function leakIn(name: string): Promise<CommitScan> {
  const commit = commitOf(name, [], { files: [fileOf(`a = "${KEY}"\n`)] });
  return scanCommit(commit, async () => ({ kind: "bytes", bytes: Buffer.from("") }), NOW);
}

const reads = (text: string | null) => async () => (text === null ? null : Buffer.from(text));
const refuses = async (): Promise<never> => {
  throw new Error("The head need not be read.");
};

test("a finding of the head commit is placed where it was found", async () => {
  const commit = await leakIn("c");
  const [found] = await locateInHead(sha("c"), [commit], [], refuses, NOW);
  expect(found).toMatchObject({ head: { path: "src/pay.ts", line: 1 }, dropped: false });
});

test.each([
  ["is still there", `a = "${KEY}"\n`, 1, true],
  ["has moved", `\n\n\nb = "${KEY}"\n`, 4, true],
  ["occurs twice: the nearer place", `\na = "${KEY}"\n${"\n".repeat(9)}b = "${KEY}"\n`, 2, true],
  ["was removed", "a = process.env.KEY\n", null, true],
  ["went with its file, or that could not be read", null, null, false],
])("a key of an earlier commit %s", async (_name, text, line, read) => {
  const [found] = await locateInHead(sha("c"), [await leakIn("b")], [], reads(text), NOW);
  expect(found).toBeDefined();
  expect(found?.head?.line ?? null).toBe(line);
  expect(found?.headRead).toBe(read);
});

test("a file of the head is read once for all that was found in it", async () => {
  let times = 0;
  const read = async (): Promise<Uint8Array> => {
    times += 1;
    return Buffer.from("");
  };
  const commits = [await leakIn("a"), await leakIn("b")];
  expect(await locateInHead(sha("c"), commits, [], read, NOW)).toHaveLength(2);
  expect(times).toBe(1);
});

test("what only a dropped commit holds is marked, what the head holds too is not", async () => {
  const both = await leakIn("b");
  const dropped = await locateInHead(sha("c"), [both], [both, await leakIn("old")], reads(null), NOW);
  expect(dropped.map((found) => [found.finding.commit, found.dropped])).toEqual([
    [sha("b"), false],
    [sha("old"), true],
  ]);
});

test("past 50 files of the head nothing is read, and nothing is claimed", async () => {
  const files = Array.from({ length: 51 }, (_, index) => fileOf(`a = "${KEY}"\n`, `src/${index}.ts`));
  const commit = await scanCommit(
    commitOf("b", [], { files }),
    async () => ({ kind: "bytes", bytes: Buffer.from(`a = "${KEY}"\n`) }),
    NOW,
  );
  const found = await locateInHead(sha("c"), [commit], [], reads(""), NOW);
  expect(found.map(({ headRead }) => headRead)).toEqual([...Array<boolean>(50).fill(true), false]);
});
