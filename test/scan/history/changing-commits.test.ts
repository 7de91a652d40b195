import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { keyOf } from "../../../fixtures/keys.ts";
import { detect, toFinding } from "../../../src/detect/index.ts";
import type { ObjectType } from "../../../src/objects/index.ts";
import { chainOrder, CommitGraph, ObjectTable, TreeTraces } from "../../../src/objects/index.ts";
import { listChangingCommits, readAllCommits } from "../../../src/scan/history/changing-commits.ts";
import type { LinkedCommit } from "../../../src/scan/history/changing-commits.ts";
import { FoundObjects } from "../../../src/scan/history/found.ts";
import type { Hit } from "../../../src/scan/history/message.ts";
import { Introductions } from "../../../src/scan/history/introductions.ts";
import type { ObjectSourceRequest } from "../../../src/scan/history/object-bytes.ts";
import { listObjects, listPacked, openHistory, readChanges } from "../../../src/source/index.ts";
import type { FileChange } from "../../../src/source/index.ts";
import { git, gitText, HISTORY, temporaryDirectory, writeHistory } from "../../support/git-history.ts";
import type { HistoryCommit } from "../../support/git-history.ts";

const NOW = new Date("2026-11-22T00:00:00Z");
const signal = new AbortController().signal;

let directory: ReturnType<typeof temporaryDirectory>;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(() => directory.remove());

/** What placing begins with. */
async function opened(path: string): Promise<ObjectSourceRequest> {
  const repository = openHistory(path, { PATH: process.env["PATH"] });
  const { table, places } =
    (await listPacked(repository, signal)) ?? (await listObjects(repository, null, signal));
  return { repository, table, order: chainOrder(table), places, signal };
}

function idsOf({ table }: ObjectSourceRequest, type: ObjectType): readonly string[] {
  return Array.from({ length: table.count }, (_, number) => number)
    .filter((number) => table.typeOf(number) === type)
    .map((number) => table.idOf(number));
}

/** As if these files held keys, each one of three. */
function foundIn(blobs: readonly string[]): FoundObjects {
  const found = new FoundObjects();
  for (const [index, id] of blobs.entries()) {
    const [detection] = detect(Buffer.from(keyOf("sk_live_", `${index % 3}`)), "a.env", NOW).detections;
    if (detection === undefined) throw new Error("no key");
    const finding = toFinding(detection, { place: "content", commit: null, path: null });
    const hit: Hit = { finding, inside: "", confidenceElsewhere: finding.confidence };
    found.take({ kind: "found", id, type: "blob", hits: [hit] });
  }
  return found;
}

/** All changes of some commits, as git shows them. */
async function changesOf(
  { repository }: ObjectSourceRequest,
  commits: readonly string[],
): Promise<ReadonlyMap<string, readonly FileChange[]>> {
  const all = new Map<string, readonly FileChange[]>();
  const take = (commit: string, changes: readonly FileChange[]): unknown => all.set(commit, changes);
  const budget = { changes: Infinity, until: Infinity };
  const unread = await readChanges({ repository, commits, wants: () => true, take, budget, signal });
  expect(unread).toEqual({ failed: [], tooLarge: [], givenUp: [] });
  return all;
}

/** Where keys and files came in, as seen in the changes of some commits. */
function placesOf(
  found: FoundObjects,
  commits: readonly LinkedCommit[],
  changes: ReadonlyMap<string, readonly FileChange[]>,
): unknown {
  const graph = new CommitGraph(commits);
  const introductions = new Introductions(found, NOW, { isEarlier: () => false, hasNames: false });
  for (const [commit, list] of changes) {
    const wanted = list.filter((change) => introductions.wants(change));
    if (wanted.length > 0) introductions.add(graph.rankOf(commit), commit, wanted);
  }
  const places = [...found.blobs()].map((blob) => [blob, introductions.placeOf(blob)]);
  return { places, list: introductions.list() };
}

/** The commit and path at which `git log` first shows a file, in each way in which a file comes in. */
function addedBy(
  changes: ReadonlyMap<string, readonly FileChange[]>,
  blobs: ReadonlySet<string>,
): readonly string[] {
  return [...changes].filter(([, list]) => list.some(({ after }) => blobs.has(after))).map(([id]) => id);
}

const WITH_WANTED = fc.record({
  commits: HISTORY,
  every: fc.integer({ min: 1, max: 4 }),
  isPacked: fc.boolean(),
});

describe("commits that may change a file of interest", () => {
  test("are all that git shows to add one, and placing by them alone is the same as by all", async () => {
    let run = 0;
    const holds = async (commits: readonly HistoryCommit[], every: number, isPacked: boolean) => {
      const path = `${directory.path}/${run++}`;
      const ids = writeHistory(path, commits);
      if (isPacked) git(path, ["repack", "-q", "-a", "-d", "-f"]);
      const request = await opened(path);
      const blobs = idsOf(request, "blob").filter((_, index) => index % every === 0);
      const found = foundIn(blobs);
      const links = await readAllCommits(request);
      expect(new Set(links.map(({ id }) => id))).toEqual(new Set(ids));
      const changing = await listChangingCommits(request, links, found);
      const all = await changesOf(request, [...new Set(ids)]);
      expect(addedBy(all, new Set(blobs)).filter((id) => !changing.has(id))).toEqual([]);
      const some = new Map([...all].filter(([id]) => changing.has(id)));
      expect(placesOf(found, links, some)).toEqual(placesOf(found, links, all));
      // No more than need be: what has one parent changes a file of interest.
      for (const { id, parents } of links) {
        if (!changing.has(id) || parents.length !== 1) continue;
        const ofInterest = (all.get(id) ?? []).filter(
          ({ before, after }) => blobs.includes(after) || before.some((blob) => blobs.includes(blob)),
        );
        expect(ofInterest).not.toEqual([]);
      }
    };
    const property = fc.asyncProperty(WITH_WANTED, async ({ commits, every, isPacked }) => {
      await holds(commits, every, isPacked);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test("any change in a folder with a name of interest counts", async () => {
    const file = { mode: "100644", bytes: Buffer.from("x") } as const;
    const other = { mode: "100644", bytes: Buffer.from("y") } as const;
    const ids = writeHistory(directory.path, [
      { parents: [], tree: new Map([["a", file]]) },
      {
        parents: [0],
        tree: new Map([
          ["a", file],
          ["dir/named/b", file],
        ]),
      },
      {
        parents: [1],
        tree: new Map([
          ["a", other],
          ["dir/named/b", file],
        ]),
      },
      {
        parents: [2],
        tree: new Map([
          ["a", other],
          ["dir/named/b", other],
        ]),
      },
    ]);
    const request = await opened(directory.path);
    const found = new FoundObjects();
    for (const commit of [ids[1] ?? "", ids[3] ?? ""]) {
      const id = gitText(directory.path, ["rev-parse", `${commit}:dir`]).trim();
      found.take({ kind: "found", id, type: "tree", hits: [] });
    }
    const changing = await listChangingCommits(request, await readAllCommits(request), found);
    expect([...changing].sort()).toEqual([ids[1] ?? "", ids[3] ?? ""].sort());
  });
});

describe("traces of trees", () => {
  const idOf = (text: string): Buffer => Buffer.from(text.padEnd(40, "0"), "hex");
  const entry = (mode: string, name: string, id: Buffer): Buffer =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), id]);

  test.each([
    ["a mode that git does not write", [entry("99", "a", idOf("b0b0"))]],
    ["an entry that is cut", [entry("100644", "a", idOf("b0b0")).subarray(0, 20)]],
  ])("%s: the tree counts as one that is not there", (_, entries) => {
    const table = new ObjectTable(20, 4);
    table.add(idOf("b0b0"), "blob", 1);
    const tree = table.add(idOf("7ee7"), "tree", 1);
    const traces = new TreeTraces(table, [idOf("b0b0").toString("hex")], [], 1);
    traces.add(tree, Buffer.concat(entries));
    expect(traces.has(idOf("7ee7").toString("hex"))).toBe(false);
    expect(traces.mayHold(idOf("7ee7").toString("hex"))).toBe(true);
  });

  test("two files whose ids begin alike are told apart under every seed", () => {
    const table = new ObjectTable(20, 4);
    const files = ["b0b0b0b0b0b0b0b01", "b0b0b0b0b0b0b0b02"].map(idOf);
    const trees = ["7ee71", "7ee72"].map(idOf);
    for (const id of files) table.add(id, "blob", 1);
    for (const id of trees) table.add(id, "tree", 1);
    const hex = (id: Buffer | undefined): string => id?.toString("hex") ?? "";
    for (const seed of [0, 1, 7, 12_345]) {
      const traces = new TreeTraces(table, files.map(hex), [], seed);
      for (const [index, id] of trees.entries())
        traces.add(table.find(id), entry("100644", "f", files[index] ?? idOf("0")));
      expect(traces.differ(hex(trees[0]), hex(trees[1]))).toBe(true);
    }
  });

  test("trees beyond the bound count as not there", () => {
    const table = new ObjectTable(20, 4);
    const trees = ["7ee71", "7ee72"].map(idOf);
    for (const id of trees) table.add(id, "tree", 1);
    const traces = new TreeTraces(table, [], [], 1, 2);
    for (const id of trees) traces.add(table.find(id), entry("40000", "d", idOf("7ee71")));
    expect(trees.map((id) => traces.has(id.toString("hex")))).toEqual([true, false]);
  });

  test("a tree within itself ends, and so do folders nested deeper than calls", () => {
    const table = new ObjectTable(20, 4);
    const file = table.add(idOf("b0b0"), "blob", 1);
    const depth = 50_000;
    // Like real ids: tables of objects count on it.
    const numbered = (number: number): Buffer => createHash("sha1").update(`${number}`).digest();
    for (let number = 0; number < depth; number++) table.add(numbered(number), "tree", 1);
    const self = table.add(idOf("5e1f"), "tree", 1);
    const traces = new TreeTraces(table, [table.idOf(file)], [], 7);
    for (let number = 0; number < depth; number++) {
      const inner =
        number + 1 < depth ? entry("40000", "d", numbered(number + 1)) : entry("100644", "f", idOf("b0b0"));
      traces.add(table.find(numbered(number)), inner);
    }
    traces.add(self, entry("40000", "me", idOf("5e1f")));
    expect(traces.mayHold(numbered(0).toString("hex"))).toBe(true);
    expect(traces.mayHold(idOf("5e1f").toString("hex"))).toBe(true);
    expect(traces.differ(numbered(0).toString("hex"), numbered(1).toString("hex"))).toBe(true);
  });
});
