/**
 * Which commits are reachable from some tips and not from others, by the parents that commit objects name.
 *
 * Membership follows the graph alone. A commit is left out only after a path from an excluded tip has reached it, so
 * a wrong clock never leaves one out; dates pick the order in which the two sides are explored, which take turns, so
 * a wrong date cannot send the walk down one side only. A missing object is missing, never the beginning of history.
 *
 * Nothing but the whole history of the excluded tips proves that they exclude nothing more. The walk reads on for a
 * bounded number of commits; beyond `WALK_LIMITS` it may list a commit too many, and never one too few.
 */
import { parseCommit } from "../../../objects/index.ts";
import { CommitQueue } from "./commit-queue.ts";
import type { ObjectLookup } from "./object-reader.ts";
import { peelTag } from "./peel-tag.ts";

export interface CommitNode {
  readonly sha: string;
  readonly parents: readonly string[];
}

export interface Walk {
  /** Commits reachable from `include` and not from `exclude`, newest first, whose parents are all here. */
  readonly commits: readonly CommitNode[];
  /** Objects that are needed and not here: tips, or parents at the edge of a shallow history. */
  readonly missing: readonly string[];
  /** The history of `exclude` is cut off: with more of it here, more might be excluded. */
  readonly excludedIsCut: boolean;
  /** A listed commit has no parents: the walk came to the beginning of history. */
  readonly reachedRoot: boolean;
  /** There are more commits than the limit; the rest is not listed. */
  readonly tooMany: boolean;
  /** Tips that are neither a commit nor a tag of one. */
  readonly notCommits: readonly string[];
}

export interface WalkBounds {
  /** Commits that are listed at most. */
  readonly maxCommits: number;
  /** How many commits the range has by GitHub's word; null where unknown. */
  readonly commitCount: number | null;
}

const WALK_LIMITS = {
  /** Excluded commits that are read in all. */
  excluded: 20_000,
  /** Excluded commits that are read after the last commit of the range was found. */
  afterRange: 5_000,
  /** The same where the range is no larger than GitHub says. */
  afterConfirmedRange: 256,
  /** Excluded commits that are read at once, when no other work is left. */
  atOnce: 64,
  /** A commit object beyond this size is not read. */
  commitBytes: 64 * 1024 ** 2,
};

/** Every so many turns the side whose next commit is older gets one: its date may be wrong. */
const OTHER_SIDE_EVERY = 4;

export async function walkCommits(
  reader: ObjectLookup,
  range: { readonly include: readonly string[]; readonly exclude: readonly string[] },
  bounds: WalkBounds,
): Promise<Walk> {
  const walk = new CommitWalk(reader, bounds);
  for (const tip of range.exclude) await walk.addTip(tip, true);
  for (const tip of range.include) await walk.addTip(tip, false);
  await walk.run();
  return walk.result();
}

interface Seen {
  readonly parents: readonly string[];
  readonly time: number;
  excluded: boolean;
  /** Whether its parents were reached from it. */
  expanded: boolean;
}

class CommitWalk {
  readonly #reader: ObjectLookup;
  readonly #bounds: WalkBounds;
  /** Commit objects that were looked up; null if they are missing. */
  readonly #loaded = new Map<string, { readonly parents: readonly string[]; readonly time: number } | null>();
  readonly #seen = new Map<string, Seen>();
  /** Commits to expand on the side of the range. Holds some that were excluded meanwhile. */
  readonly #open = new CommitQueue();
  readonly #excluded = new CommitQueue();
  /** Commits in the order in which they were found to be in the range; some were excluded later. */
  readonly #order: string[] = [];
  readonly #missingTips: string[] = [];
  readonly #notCommits: string[] = [];
  #openCount = 0;
  #listedCount = 0;
  #excludedTipMissing = false;

  constructor(reader: ObjectLookup, bounds: WalkBounds) {
    this.#reader = reader;
    this.#bounds = bounds;
  }

  async addTip(tip: string, excluded: boolean): Promise<void> {
    const peeled = await peelTag(this.#reader, tip);
    if (peeled === null) {
      if (excluded) this.#excludedTipMissing = true;
      else this.#missingTips.push(tip);
    } else if (peeled.type !== "commit") {
      if (!excluded) this.#notCommits.push(tip);
    } else {
      await this.#load([peeled.sha]);
      this.#reach(peeled.sha, excluded);
    }
  }

  async run(): Promise<void> {
    let excludedLeft = WALK_LIMITS.excluded;
    let afterRange: number | null = null;
    for (let turn = 0; ; turn++) {
      const mayList = this.#openCount > 0 && this.#listedCount < this.#bounds.maxCommits;
      if (this.#openCount === 0) afterRange ??= this.#readAfterRange();
      const readable = Math.min(excludedLeft, afterRange ?? excludedLeft, this.#excluded.size);
      if (!mayList && readable <= 0) return;
      const isNewer = this.#open.newest > this.#excluded.newest;
      if (mayList && (readable <= 0 || isNewer === (turn % OTHER_SIDE_EVERY !== 0))) {
        await this.#expandOpen();
        continue;
      }
      const read = await this.#expandExcluded(mayList ? 1 : Math.min(readable, WALK_LIMITS.atOnce));
      excludedLeft -= read;
      if (afterRange !== null) afterRange -= read;
    }
  }

  result(): Walk {
    const commits: CommitNode[] = [];
    const missing = new Set(this.#missingTips);
    let reachedRoot = false;
    for (const sha of this.#order) {
      const seen = this.#seen.get(sha);
      if (seen === undefined || seen.excluded) continue;
      const absent = seen.parents.filter((parent) => this.#isMissing(parent));
      if (absent.length === 0) commits.push({ sha, parents: seen.parents });
      if (seen.parents.length === 0) reachedRoot = true;
      for (const parent of absent) missing.add(parent);
    }
    const excludedIsCut =
      this.#excludedTipMissing ||
      this.#seen
        .values()
        .some((seen) => seen.excluded && seen.parents.some((parent) => this.#isMissing(parent)));
    return {
      commits,
      missing: [...missing],
      excludedIsCut,
      reachedRoot,
      tooMany: this.#openCount > 0,
      notCommits: this.#notCommits,
    };
  }

  #readAfterRange(): number {
    if (this.#listedCount === 0) return 0;
    const { commitCount } = this.#bounds;
    const confirmed = commitCount !== null && this.#listedCount <= commitCount;
    return confirmed ? WALK_LIMITS.afterConfirmedRange : WALK_LIMITS.afterRange;
  }

  async #expandOpen(): Promise<void> {
    const sha = this.#open.pop();
    const seen = sha === undefined ? undefined : this.#seen.get(sha);
    if (sha === undefined || seen === undefined || seen.excluded) return;
    await this.#load(seen.parents);
    seen.expanded = true;
    this.#openCount--;
    this.#listedCount++;
    this.#order.push(sha);
    for (const parent of seen.parents) this.#reach(parent, false);
  }

  /** @returns how many commits were expanded */
  async #expandExcluded(count: number): Promise<number> {
    const taken: Seen[] = [];
    while (taken.length < count) {
      const sha = this.#excluded.pop();
      if (sha === undefined) break;
      const seen = this.#seen.get(sha);
      if (seen !== undefined) taken.push(seen);
    }
    await this.#load(taken.flatMap((seen) => seen.parents));
    for (const seen of taken) {
      seen.expanded = true;
      for (const parent of seen.parents) this.#reach(parent, true);
    }
    return taken.length;
  }

  async #load(shas: readonly string[]): Promise<void> {
    await Promise.all(
      shas
        .filter((sha) => !this.#loaded.has(sha))
        .map(async (sha) => {
          const read = await this.#reader.read(sha, WALK_LIMITS.commitBytes);
          const isCommit = read.kind === "object" && read.type === "commit";
          const commit = isCommit ? parseCommit(read.bytes) : null;
          this.#loaded.set(sha, commit === null ? null : { parents: commit.parents, time: commit.time });
        }),
    );
  }

  #isMissing(sha: string): boolean {
    return this.#loaded.get(sha) === null;
  }

  /** Comes to a commit that was loaded, from its child or as a tip. */
  #reach(sha: string, excluded: boolean): void {
    if (this.#seen.has(sha)) {
      if (excluded) this.#exclude(sha);
      return;
    }
    const commit = this.#loaded.get(sha);
    if (commit === undefined || commit === null) return;
    this.#seen.set(sha, { ...commit, excluded, expanded: false });
    (excluded ? this.#excluded : this.#open).push(sha, commit.time);
    if (!excluded) this.#openCount++;
  }

  /** Removes a commit, and everything reached from it, from the range. */
  #exclude(start: string): void {
    const left = [start];
    for (let sha = left.pop(); sha !== undefined; sha = left.pop()) {
      const seen = this.#seen.get(sha);
      if (seen === undefined || seen.excluded) continue;
      seen.excluded = true;
      if (seen.expanded) {
        this.#listedCount--;
        left.push(...seen.parents);
      } else {
        this.#openCount--;
        this.#excluded.push(sha, seen.time);
      }
    }
  }
}
