import type { Gap } from "../../../domain/index.ts";
import { walkCommits } from "../objects/commit-walk.ts";
import type { CommitNode, Walk } from "../objects/commit-walk.ts";
import type { Fetcher } from "./fetcher.ts";
import { blobsOf, planCommit } from "../content/file-plan.ts";
import { GitError } from "../process/git-error.ts";
import type { GitLimits } from "../process/limits.ts";
import type { Mirror } from "./mirror.ts";
import { ObjectReader } from "../objects/object-reader.ts";
import { TreeDiffer } from "../content/tree-diff.ts";

export interface PrepareRequest {
  /** Tips by object id: commits or annotated tags. */
  readonly include: readonly string[];
  /** Refs under which the tips may be had where the remote does not give them by id, such as `refs/pull/12/head`. */
  readonly refs?: readonly string[];
  /**
   * What is reachable from these is not in the range: `before` of a push, the merge base of a pull request (its
   * base works too and may cost more fetches). Zeros and ids that no longer exist are passed over.
   */
  readonly exclude: readonly string[];
  /** How many commits the range has, where GitHub said so: then one fetch is deep enough. */
  readonly expectedCommits: number | null;
  /** Which commits of the range will be read; the content of the others is not fetched. Without it all are. */
  readonly needed?: (commits: readonly string[]) => Promise<readonly string[]>;
}

export interface Preparation {
  /** Commits of the range, newest first. Each is here with its parents, trees and, if not in `gaps`, blobs. */
  readonly commits: readonly CommitNode[];
  /** What of the range will not be read. */
  readonly gaps: readonly Gap[];
}

interface Work {
  readonly mirror: Mirror;
  readonly fetcher: Fetcher;
  readonly limits: GitLimits;
  readonly signal: AbortSignal;
}

/** Depth of the first fetch where nothing is known of the range. */
const FIRST_DEPTH = 50;
/** A remote names one refused blob at a time. */
const BLOB_ATTEMPTS = 5;
/** Each further fetch is so many times as deep. */
const DEEPER = 8;
/** Commits whose trees are compared at once. */
const COMPARED_AT_ONCE = 8;
/** Requests to `git cat-file` that are under way at once. */
const AT_ONCE = 2_000;

/**
 * Brings what a range of commits needs: one fetch for commits and trees if `expectedCommits` is right, and one
 * for all blobs. Call with the lock of the mirror held.
 */
export async function prepareRange(request: PrepareRequest, work: Work): Promise<Preparation> {
  const { commits, gaps } = await prepareCommits(request, work);
  const needed = new Set(await request.needed?.(commits.map(({ sha }) => sha)));
  const unread = request.needed === undefined ? commits : commits.filter(({ sha }) => needed.has(sha));
  const prepared = await prepareBlobs(unread, gaps, work);
  const left = new Set(unread.slice(prepared.commits.length).map(({ sha }) => sha));
  return { commits: commits.filter(({ sha }) => !left.has(sha)), gaps: prepared.gaps };
}

async function prepareCommits(
  request: PrepareRequest,
  work: Work,
): Promise<{ commits: readonly CommitNode[]; gaps: Gap[] }> {
  const { limits, mirror, signal } = work;
  const include = [...new Set(request.include)].filter((id) => !isZero(id));
  const range = { include, exclude: [...new Set(request.exclude)].filter((id) => !isZero(id)) };
  const deepest = limits.commits + 1;
  let depth = Math.min((request.expectedCommits ?? FIRST_DEPTH) + 1, deepest);
  const refused = new Set<string>();
  const look = async (): Promise<Walk> => {
    const exclude = range.exclude.filter((tip) => !refused.has(tip));
    return await walkOnce(mirror, { include, exclude }, limits, signal);
  };
  let walk = await look();
  const gaps: Gap[] = [];
  for (let round = 1; !isDone(walk, refused); round++) {
    // The edge of a history that is as deep as expected holds what is excluded: no need to name it.
    const isExpected = round === 1 && request.expectedCommits !== null;
    const tips = [...include, ...(isExpected ? [] : range.exclude)].filter((tip) => !refused.has(tip));
    let fits = true;
    for (const part of await byPresence(tips, work)) {
      fits = await fetchTips(part, request.refs ?? [], depth, refused, work);
      walk = await look();
      if (!fits || isDone(walk, refused)) break;
    }
    if (!fits) {
      const detail = `commits and trees are over ${limits.fetchBytes} bytes`;
      gaps.push({ reason: "too_many_bytes", commit: null, path: null, detail });
      break;
    }
    if (depth >= deepest && round > 1) break;
    depth = Math.min(depth * DEEPER, deepest);
  }

  const missingTips = include.filter((tip) => walk.missing.includes(tip));
  for (const tip of missingTips) {
    gaps.push({
      reason: "unavailable",
      commit: tip,
      path: null,
      detail: "the remote does not give this object",
    });
  }
  for (const tip of walk.strange) {
    gaps.push({ reason: "unreadable", commit: tip, path: null, detail: "the tag marks no commit" });
  }
  if (walk.tooMany || walk.missing.length > missingTips.length) {
    const detail = `${walk.commits.length} commits were read, and there are more; the limit is ${limits.commits}`;
    gaps.push({ reason: "too_many_commits", commit: null, path: null, detail });
  }
  return { commits: walk.commits, gaps };
}

/**
 * The tips that are not here, then those that are. Git leaves out of one request what is here already while something
 * else is not, and then does not deepen it: seen with git 2.39.
 */
async function byPresence(tips: readonly string[], work: Work): Promise<string[][]> {
  const absent = new Set(await findMissing(tips, work.mirror, work.limits, work.signal));
  const parts = [[...absent], tips.filter((tip) => !absent.has(tip))].filter((part) => part.length > 0);
  // With no tip left that is not refused, there still are the refs.
  return parts.length > 0 ? parts : [[]];
}

function isDone(walk: Walk, refused: ReadonlySet<string>): boolean {
  return walk.tooMany || (walk.missing.every((id) => refused.has(id)) && !walk.uncertain);
}

async function walkOnce(
  mirror: Mirror,
  range: { readonly include: readonly string[]; readonly exclude: readonly string[] },
  limits: GitLimits,
  signal: AbortSignal,
): Promise<Walk> {
  const reader = new ObjectReader(mirror, limits.readTime, signal);
  try {
    return await walkCommits(reader, range, limits.commits);
  } finally {
    reader.close();
  }
}

/**
 * Fetches the tips, then without those that the remote refuses, then the refs in their place. False where it
 * would bring too much.
 */
async function fetchTips(
  tips: readonly string[],
  refs: readonly string[],
  depth: number,
  refused: Set<string>,
  work: Work,
): Promise<boolean> {
  let wanted = tips;
  let asked = new Array<string>();
  while (wanted.length > 0 || asked.length > 0) {
    try {
      await work.fetcher.commits({ tips: wanted, refs: asked }, depth, work.signal);
      return true;
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      if (error.code === "too_many_bytes") return false;
      if (error.code !== "not_found") throw error;
      const left = wanted.filter((tip) => !error.objects.includes(tip));
      for (const tip of wanted) if (error.objects.includes(tip)) refused.add(tip);
      if (left.length < wanted.length) asked = [...refs];
      // Nothing that was asked for by id was refused: a ref is gone.
      else if (asked.length > 0) asked = [];
      else throw error;
      wanted = left;
    }
  }
  return true;
}

async function prepareBlobs(commits: readonly CommitNode[], gaps: Gap[], work: Work): Promise<Preparation> {
  const { mirror, limits, signal } = work;
  const { blobs, read } = await planBlobs(commits, work);
  if (read < commits.length) {
    const detail = `${commits.length - read} of ${commits.length} commits were not read: over ${limits.files} changed files`;
    gaps.push({ reason: "too_many_files", commit: null, path: null, detail });
  }
  const missing = await findMissing([...blobs], mirror, limits, signal);
  try {
    await fetchBlobs(missing, work);
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== "too_many_bytes") throw error;
    const detail = `${missing.length} files are over ${limits.fetchBytes} bytes together`;
    gaps.push({ reason: "too_many_bytes", commit: null, path: null, detail });
  }
  return { commits: commits.slice(0, read), gaps };
}

/** A blob that the remote does not give is a gap of its file, once it is read; the others are fetched. */
async function fetchBlobs(blobs: readonly string[], work: Work): Promise<void> {
  let wanted = blobs;
  for (let attempt = 0; attempt < BLOB_ATTEMPTS && wanted.length > 0; attempt++) {
    try {
      await work.fetcher.blobs(wanted, work.signal);
      return;
    } catch (error) {
      if (!(error instanceof GitError) || error.code !== "not_found" || error.objects.length === 0)
        throw error;
      wanted = wanted.filter((blob) => !error.objects.includes(blob));
    }
  }
}

/** The blobs that reading needs, and how many of the commits fit into the limit on files. */
async function planBlobs(
  commits: readonly CommitNode[],
  work: Work,
): Promise<{ readonly blobs: ReadonlySet<string>; readonly read: number }> {
  const { mirror, limits, signal } = work;
  const blobs = new Set<string>();
  const reader = new ObjectReader(mirror, limits.readTime, signal);
  const differ = new TreeDiffer(reader, limits);
  let files = 0;
  try {
    for (let at = 0; at < commits.length; at += COMPARED_AT_ONCE) {
      const part = commits.slice(at, at + COMPARED_AT_ONCE);
      const raws = await Promise.all(part.map(async ({ sha }) => await differ.changes(sha)));
      for (const [index, raw] of raws.entries()) {
        // The gap of such a commit is stated when it is read.
        if (raw.kind !== "changes") continue;
        files += raw.changes.length;
        if (files > limits.files) return { blobs, read: at + index };
        for (const blob of blobsOf(planCommit(raw.changes))) blobs.add(blob);
      }
    }
  } finally {
    reader.close();
  }
  return { blobs, read: commits.length };
}

async function findMissing(
  ids: readonly string[],
  mirror: Mirror,
  limits: GitLimits,
  signal: AbortSignal,
): Promise<string[]> {
  const missing: string[] = [];
  const reader = new ObjectReader(mirror, limits.readTime, signal);
  try {
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const part = ids.slice(at, at + AT_ONCE);
      const infos = await Promise.all(part.map(async (id) => await reader.info(id)));
      missing.push(...part.filter((_, index) => infos[index] === null));
    }
  } finally {
    reader.close();
  }
  return missing;
}

function isZero(id: string): boolean {
  return /^0+$/.test(id);
}
