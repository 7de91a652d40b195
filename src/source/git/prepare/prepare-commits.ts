/**
 * Finds which commits a range has, and fetches commits and trees until their parents are here too. Each round fetches
 * deeper, up to the limit on commits. It knows nothing of content, which `prepare-blobs.ts` fetches.
 */
import { gapOf } from "../../../domain/index.ts";
import type { Gap } from "../../../domain/index.ts";
import { walkCommits } from "../objects/commit-walk.ts";
import type { CommitNode, Walk } from "../objects/commit-walk.ts";
import type { CommitRange } from "./commit-range.ts";
import { fetchTips } from "./fetch-tips.ts";
import { findMissing, withReader } from "./prepare-context.ts";
import type { PrepareContext } from "./prepare-context.ts";

/** Depth of the first fetch where nothing is known of the range. */
const FIRST_DEPTH = 50;
/** Each further fetch is so many times as deep. */
const DEEPER = 8;
/** The last round in which a range larger than GitHub says is a reason to fetch more of what it excludes. */
const MAX_DOUBTING_ROUND = 3;

export async function prepareCommits(
  range: CommitRange,
  context: PrepareContext,
): Promise<{ readonly commits: readonly CommitNode[]; readonly gaps: readonly Gap[] }> {
  const { limits } = context;
  const { commitCount } = range;
  const include = withoutZeros(range.include);
  const exclude = withoutZeros(range.exclude);
  const deepest = limits.commits + 1;
  let depth = Math.min((commitCount ?? FIRST_DEPTH) + 1, deepest);
  const refused = new Set<string>();
  const look = async (): Promise<Walk> => {
    const known = exclude.filter((tip) => !refused.has(tip));
    return await withReader(context, async (reader) => {
      const bounds = { maxCommits: limits.commits, commitCount };
      return await walkCommits(reader, { include, exclude: known }, bounds);
    });
  };
  const isDone = (walk: Walk, round: number): boolean => {
    if (walk.tooMany) return true;
    if (!walk.missing.every((id) => refused.has(id))) return false;
    const isLarger = commitCount !== null && walk.commits.length > commitCount;
    return !walk.excludedIsCut || !(walk.reachedRoot || (isLarger && round <= MAX_DOUBTING_ROUND));
  };
  let walk = await look();
  let fits = true;
  for (let round = 1; fits && !isDone(walk, round); round++) {
    // A history fetched as deep as GitHub says ends at what is excluded: no need to name it.
    const isDeepEnough = round === 1 && commitCount !== null;
    const tips = [...include, ...(isDeepEnough ? [] : exclude)].filter((tip) => !refused.has(tip));
    for (const part of await byPresence(tips, context)) {
      fits = await fetchTips({ tips: part, refs: range.refs ?? [], depth }, refused, context);
      walk = await look();
      if (!fits || isDone(walk, round)) break;
    }
    if (depth >= deepest && round > 1) break;
    depth = Math.min(depth * DEEPER, deepest);
  }
  return { commits: walk.commits, gaps: gapsOf(walk, include, { fits, limits }) };
}

function gapsOf(
  walk: Walk,
  include: readonly string[],
  { fits, limits }: { readonly fits: boolean; readonly limits: PrepareContext["limits"] },
): Gap[] {
  const gaps: Gap[] = [];
  if (!fits) {
    const detail = `commits and trees are over ${limits.fetchBytes} bytes`;
    gaps.push(gapOf({ reason: "too_many_bytes", detail }));
  }
  const missingTips = include.filter((tip) => walk.missing.includes(tip));
  for (const commit of missingTips)
    gaps.push(gapOf({ reason: "unavailable", commit, detail: "the remote does not give this object" }));

  for (const commit of walk.notCommits)
    gaps.push(gapOf({ reason: "unreadable", commit, detail: "the tag marks no commit" }));

  if (walk.tooMany || walk.missing.length > missingTips.length) {
    const detail = `${walk.commits.length} commits were read, and there are more; the limit is ${limits.commits}`;
    gaps.push(gapOf({ reason: "too_many_commits", detail }));
  }
  return gaps;
}

/**
 * The tips that are not here, then those that are. Git leaves out of one request what is here already while something
 * else is not, and then does not deepen it: seen with git 2.39.
 */
async function byPresence(tips: readonly string[], context: PrepareContext): Promise<string[][]> {
  const absent = new Set(await findMissing(tips, context));
  const parts = [[...absent], tips.filter((tip) => !absent.has(tip))].filter((part) => part.length > 0);
  // Where the remote refused every tip, the refs are left to ask for.
  return parts.length > 0 ? parts : [[]];
}

function withoutZeros(ids: readonly string[]): string[] {
  return [...new Set(ids)].filter((id) => !/^0+$/.test(id));
}
