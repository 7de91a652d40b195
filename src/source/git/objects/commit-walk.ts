import { parseCommit, parseTag } from "./git-object.ts";
import type { CommitObject } from "./git-object.ts";
import type { ObjectReader } from "./object-reader.ts";

export interface CommitNode {
  readonly sha: string;
  readonly parents: readonly string[];
}

export interface Walk {
  /** Commits reachable from `include` and not from `exclude`, newest first, whose parents are all here. */
  readonly commits: readonly CommitNode[];
  /** Objects that are needed and not here: tips, or parents at the edge of a shallow history. */
  readonly missing: readonly string[];
  /** The history of `exclude` is cut off, and the walk came to the beginning of history: more may be excluded. */
  readonly uncertain: boolean;
  /** There are more commits than the limit; only the newest are listed. */
  readonly tooMany: boolean;
  /** Tips that are no commit, nor a tag of one. */
  readonly strange: readonly string[];
}

/** A commit or tag beyond this size is not believed. */
const MAX_BYTES = 64 * 1024 ** 2;

interface Seen {
  readonly commit: CommitObject;
  excluded: boolean;
  listed: boolean;
}

/**
 * Walks the history as the commit objects tell it. What is not here counts as missing, never as the beginning
 * of history. Dates only decide the order: with clocks that are wrong it may list a commit too many, as
 * git rev-list may, and none too few.
 */
export async function walkCommits(
  reader: ObjectReader,
  range: { readonly include: readonly string[]; readonly exclude: readonly string[] },
  limit: number,
): Promise<Walk> {
  const seen = new Map<string, Seen>();
  const queue: { sha: string; time: number }[] = [];
  const missing = new Set<string>();
  const strange: string[] = [];
  /** Commits in the queue that are not excluded. */
  let open = 0;
  /** Listed commits that turned out to be excluded and have yet to tell their parents. */
  const retold = new Set<string>();
  let oldestListed = Number.POSITIVE_INFINITY;
  let listed = 0;
  const order: string[] = [];
  let tooMany = false;
  let excludedIsCut = false;
  let sawRoot = false;

  async function add(sha: string, excluded: boolean): Promise<boolean> {
    const known = seen.get(sha);
    if (known !== undefined) {
      if (!excluded || known.excluded) return true;
      known.excluded = true;
      if (known.listed) listed--;
      else open--;
      if (known.listed) {
        retold.add(sha);
        push(queue, { sha, time: known.commit.time });
      }
      return true;
    }
    const read = await reader.read(sha, MAX_BYTES);
    if (read.kind !== "object" || read.type !== "commit") return false;
    const commit = parseCommit(read.bytes);
    seen.set(sha, { commit, excluded, listed: false });
    if (!excluded) open++;
    push(queue, { sha, time: commit.time });
    return true;
  }

  for (const [tips, excluded] of [
    [range.exclude, true],
    [range.include, false],
  ] as const) {
    for (const tip of tips) {
      const peeled = await peel(reader, tip);
      if (peeled === null) {
        if (excluded) excludedIsCut = true;
        else missing.add(tip);
      } else if (peeled.type !== "commit") {
        if (!excluded) strange.push(tip);
      } else {
        await add(peeled.sha, excluded);
      }
    }
  }

  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    // What is older than all that is listed excludes none of it, if clocks are right.
    if (open === 0 && retold.size === 0 && next.time < oldestListed) break;
    const entry = seen.get(next.sha);
    if (entry === undefined) continue;
    retold.delete(next.sha);
    if (!entry.excluded) {
      if (listed >= limit) {
        tooMany = true;
        break;
      }
      entry.listed = true;
      order.push(next.sha);
      oldestListed = Math.min(oldestListed, entry.commit.time);
      listed++;
      open--;
      if (entry.commit.parents.length === 0) sawRoot = true;
    }
    for (const parent of entry.commit.parents) {
      if (await add(parent, entry.excluded)) continue;
      if (entry.excluded) excludedIsCut = true;
      else missing.add(parent);
    }
  }

  const commits: CommitNode[] = [];
  for (const sha of order) {
    const entry = seen.get(sha);
    if (entry === undefined || entry.excluded) continue;
    if (entry.commit.parents.some((parent) => missing.has(parent))) continue;
    commits.push({ sha, parents: entry.commit.parents });
  }
  return {
    commits,
    missing: stillNeeded(seen, missing),
    uncertain: excludedIsCut && sawRoot,
    tooMany,
    strange,
  };
}

/** A parent that is missing is needed only if a commit names it that turned out to be in the range. */
function stillNeeded(seen: ReadonlyMap<string, Seen>, missing: ReadonlySet<string>): string[] {
  const byExcluded = new Set<string>();
  const byListed = new Set<string>();
  for (const entry of seen.values()) {
    for (const parent of entry.commit.parents) {
      if (missing.has(parent)) (entry.excluded ? byExcluded : byListed).add(parent);
    }
  }
  return [...missing].filter((sha) => byListed.has(sha) || !byExcluded.has(sha));
}

/** Follows annotated tags to what they mark; null where an object is not here. */
async function peel(reader: ObjectReader, tip: string): Promise<{ sha: string; type: string } | null> {
  let sha = tip;
  for (let depth = 0; depth < 16; depth++) {
    const info = await reader.info(sha);
    if (info === null) return null;
    if (info.type !== "tag") return { sha, type: info.type };
    const read = await reader.read(sha, MAX_BYTES);
    if (read.kind !== "object") return { sha, type: "tag" };
    sha = parseTag(read.bytes).object;
  }
  return { sha, type: "tag" };
}

/** Keeps the queue in order of time, the newest last. */
function push(queue: { sha: string; time: number }[], entry: { sha: string; time: number }): void {
  let low = 0;
  let high = queue.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((queue[middle]?.time ?? 0) <= entry.time) low = middle + 1;
    else high = middle;
  }
  queue.splice(low, 0, entry);
}
