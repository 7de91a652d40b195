import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Mirror } from "../../../../src/source/git/mirror/mirror.ts";
import { walkCommits } from "../../../../src/source/git/objects/commit-walk.ts";
import { ObjectReader } from "../../../../src/source/git/objects/object-reader.ts";
import type { ObjectLookup } from "../../../../src/source/git/objects/object-reader.ts";
import { gitText, temporaryDirectory, writeHistory } from "../../../support/git-history.ts";
import { NEVER } from "../../../support/remote-repository.ts";

/** A commit by the places of its parents, and the date it claims. */
interface Plan {
  readonly parents: readonly number[];
  readonly time: number;
}

const id = (index: number): string => index.toString(16).padStart(40, "0");
const indexOf = (sha: string): number => Number.parseInt(sha, 16);
const UNBOUNDED = { maxCommits: 10_000, commitCount: null };

/** Dates that follow the order of history, or lie: equal, long past, far ahead. */
const TIME = fc.oneof(
  fc.constant("right" as const),
  fc.constantFrom(0, 86_400, 1_700_000_000, 4_000_000_000),
  fc.integer({ min: 1_600_000_000, max: 1_800_000_000 }),
);

function plans(maxLength: number): fc.Arbitrary<Plan[]> {
  return fc
    .array(fc.record({ back: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }), time: TIME }), {
      minLength: 1,
      maxLength,
    })
    .map((drafts) =>
      drafts.map(({ back, time }, index) => ({
        parents: [...new Set(back.map((steps) => index - steps).filter((parent) => parent >= 0))],
        time: time === "right" ? 1_700_000_000 + index : time,
      })),
    );
}

/** Commits in memory. `absent` are those that the mirror lacks. */
function readerOf(history: readonly Plan[], absent: ReadonlySet<number> = new Set()) {
  const reads = { count: 0 };
  const reader: ObjectLookup = {
    async info(sha) {
      const index = indexOf(sha);
      return history[index] === undefined || absent.has(index) ? null : { type: "commit", size: 1 };
    },
    async read(sha) {
      reads.count += 1;
      const plan = absent.has(indexOf(sha)) ? undefined : history[indexOf(sha)];
      if (plan === undefined) return { kind: "missing" };
      const parents = plan.parents.map((parent) => `parent ${id(parent)}\n`).join("");
      const person = `A <a@example.com> ${plan.time} +0000`;
      const text = `tree ${id(0)}\n${parents}author ${person}\ncommitter ${person}\n\nwords\n`;
      return { kind: "object", type: "commit", bytes: Buffer.from(text) };
    },
  };
  return { reader, reads };
}

/** Everything that leads to the tips, by way of commits that are there. */
function reach(history: readonly Plan[], tips: readonly number[], absent: ReadonlySet<number>): Set<number> {
  const reached = new Set<number>();
  const left = [...tips];
  for (let index = left.pop(); index !== undefined; index = left.pop()) {
    if (reached.has(index) || absent.has(index)) continue;
    reached.add(index);
    left.push(...(history[index]?.parents ?? []));
  }
  return reached;
}

const TIPS = fc.array(fc.nat(59), { minLength: 1, maxLength: 3 });
const within = (history: readonly Plan[], tips: readonly number[]): number[] =>
  tips.map((tip) => tip % history.length);

describe("walking a history", () => {
  it("lists commits reachable from one side and not from the other, whatever their dates", async () => {
    await fc.assert(
      fc.asyncProperty(
        plans(60),
        TIPS,
        fc.array(fc.nat(59), { maxLength: 3 }),
        fc.array(fc.nat(59), { maxLength: 6 }),
        async (history, includeTips, excludeTips, absentOnes) => {
          const [include, exclude] = [within(history, includeTips), within(history, excludeTips)];
          const absent = new Set(within(history, absentOnes));
          const range = { include: include.map(id), exclude: exclude.map(id) };
          const walk = await walkCommits(readerOf(history, absent).reader, range, UNBOUNDED);

          const excluded = reach(history, exclude, absent);
          const inRange = [...reach(history, include, absent)].filter((index) => !excluded.has(index));
          const parentsOf = (index: number) => history[index]?.parents ?? [];
          const readable = inRange.filter((index) => parentsOf(index).every((parent) => !absent.has(parent)));
          const missing = [...include, ...inRange.flatMap(parentsOf)].filter((index) => absent.has(index));
          expect(walk.commits.map(({ sha }) => sha).toSorted()).toEqual(readable.map(id).toSorted());
          expect(new Set(walk.missing.map(indexOf))).toEqual(new Set(missing));
          expect(walk.tooMany).toBe(false);
          const isCut = [...exclude, ...[...excluded].flatMap(parentsOf)].some((index) => absent.has(index));
          // Where nothing is left to exclude, the walk need not look.
          expect(inRange.length === 0 || walk.excludedIsCut === isCut).toBe(true);
          expect(walk.reachedRoot).toBe(inRange.some((index) => parentsOf(index).length === 0));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("lists no more than the limit, all of them in the range, and says exactly when there are more", async () => {
    await fc.assert(
      fc.asyncProperty(
        plans(60),
        TIPS,
        TIPS,
        fc.integer({ min: 1, max: 20 }),
        async (history, a, b, maxCommits) => {
          const [include, exclude] = [within(history, a), within(history, b)];
          const range = { include: include.map(id), exclude: exclude.map(id) };
          const bounds = { maxCommits, commitCount: null };
          const walk = await walkCommits(readerOf(history).reader, range, bounds);
          const excluded = reach(history, exclude, new Set());
          const inRange = new Set(
            [...reach(history, include, new Set())].filter((each) => !excluded.has(each)),
          );
          expect(walk.commits.length).toBe(Math.min(inRange.size, maxCommits));
          expect(walk.commits.every(({ sha }) => inRange.has(indexOf(sha)))).toBe(true);
          expect(walk.tooMany).toBe(inRange.size > maxCommits);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  /** A main line, of which a branch of five commits leaves `behind` commits before the last. */
  function branched(length: number, behind: number, baseTime: number): Plan[] {
    const main = Array.from({ length }, (_, index) => ({
      parents: index === 0 ? [] : [index - 1],
      time: index === length - 1 ? baseTime : 1_700_000_000 + index,
    }));
    const branch = Array.from({ length: 5 }, (_, index) => ({
      parents: [index === 0 ? length - 1 - behind : length + index - 1],
      time: 1_700_500_000 + index,
    }));
    return [...main, ...branch];
  }

  it.each([
    ["a base commit dated 1970", 6_000, 1, 86_400, 5, 800],
    ["a base commit dated 2096", 6_000, 1, 4_000_000_000, 5, 800],
    ["a base commit dated 1970, of which GitHub gives no count", 50_000, 1, 86_400, null, 6_000],
    ["a base that is 3,000 commits ahead", 6_000, 3_000, 86_400, 5, 9_000],
  ])("%s: five commits stay five, at a bounded cost", async (_name, length, behind, time, count, reads) => {
    const history = branched(length, behind, time);
    const { reader, reads: read } = readerOf(history);
    const range = { include: [id(length + 4)], exclude: [id(length - 1)] };
    const walk = await walkCommits(reader, range, { maxCommits: 5_000, commitCount: count });
    expect(walk.commits.map(({ sha }) => indexOf(sha))).toEqual([4, 3, 2, 1, 0].map((at) => length + at));
    expect(walk).toMatchObject({ tooMany: false, missing: [] });
    expect(read.count).toBeLessThan(reads);
  });
});

describe("walking a history of real git", () => {
  it("lists what git lists, with clocks that lie", async () => {
    await fc.assert(
      fc.asyncProperty(
        plans(40),
        fc.array(fc.tuple(fc.nat(39), fc.nat(39)), { minLength: 1, maxLength: 4 }),
        async (history, pairs) => {
          const temporary = temporaryDirectory();
          const directory = join(temporary.path, "7.git");
          const files = new Map([["a", { mode: "100644" as const, bytes: Buffer.from("a\n") }]]);
          const shas = writeHistory(
            directory,
            history.map(({ parents, time }) => ({ parents, time, tree: files })),
          );
          const mirror = new Mirror(directory, process.env);
          await mirror.create();
          const reader = new ObjectReader(mirror, 60_000, NEVER);
          const listOf = (args: readonly string[]): string[] =>
            gitText(directory, ["rev-list", ...args])
              .split("\n")
              .filter((line) => line !== "");
          try {
            for (const [a, b] of pairs) {
              const head = shas[a % shas.length] ?? "";
              const base = shas[b % shas.length] ?? "";
              const walk = await walkCommits(reader, { include: [head], exclude: [base] }, UNBOUNDED);
              const listed = walk.commits.map(({ sha }) => sha);
              // Each list is exact; with lying clocks `git rev-list base..head` may hold a commit too many.
              const excluded = new Set(listOf([base]));
              expect(listed.toSorted()).toEqual(
                listOf([head])
                  .filter((sha) => !excluded.has(sha))
                  .toSorted(),
              );
              const byGit = new Set(listOf([`${base}..${head}`]));
              expect(listed.filter((sha) => !byGit.has(sha))).toEqual([]);
            }
          } finally {
            reader.close();
            temporary.remove();
          }
        },
      ),
      { numRuns: 10 },
    );
  });
});
