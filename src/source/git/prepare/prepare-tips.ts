import { gapOf } from "../../../domain/index.ts";
import type { Gap } from "../../../domain/index.ts";
import type { CommitNode } from "../objects/commit-walk.ts";
import { parseCommit } from "../../../objects/index.ts";
import type { Preparation } from "./commit-range.ts";
import { fetchTips } from "./fetch-tips.ts";
import { prepareBlobs } from "./prepare-blobs.ts";
import { withReader } from "./prepare-context.ts";
import type { PrepareContext } from "./prepare-context.ts";

/** A commit object beyond this size is not read. */
const MAX_COMMIT_BYTES = 64 * 1024 ** 2;

/**
 * Fetches what reading single commits needs: each with its parents, trees and blobs, and nothing of the history that
 * leads to them. Call with the lock of the mirror held.
 *
 * @param refs refs to ask for where the remote refuses a commit by its id
 * @throws GitError
 */
export async function prepareTips(
  commits: readonly string[],
  refs: readonly string[],
  context: PrepareContext,
): Promise<Preparation> {
  let found = await findCommits(commits, context);
  const gaps: Gap[] = [];
  if (found.length < commits.length) {
    const present = new Set(found.map(({ sha }) => sha));
    const tips = commits.filter((sha) => !present.has(sha));
    // A ref that leads to a chain of the commits must reach the parent of the last.
    const depth = commits.length + 1;
    if (!(await fetchTips({ tips, refs, depth }, new Set(), context))) {
      const detail = `commits and trees are over ${context.limits.fetchBytes} bytes`;
      gaps.push(gapOf({ reason: "too_many_bytes", detail }));
    }
    found = await findCommits(commits, context);
  }
  for (const commit of commits) {
    if (found.some(({ sha }) => sha === commit)) continue;
    gaps.push(gapOf({ reason: "unavailable", commit, detail: "the remote does not give this object" }));
  }
  const blobs = await prepareBlobs(found, context);
  return { commits: found.slice(0, blobs.readable), gaps: [...gaps, ...blobs.gaps] };
}

/** Those of the commits that are here with their parents. */
async function findCommits(commits: readonly string[], context: PrepareContext): Promise<CommitNode[]> {
  return await withReader(context, async (reader) => {
    const found: CommitNode[] = [];
    for (const sha of commits) {
      const read = await reader.read(sha, MAX_COMMIT_BYTES);
      if (read.kind !== "object" || read.type !== "commit") continue;
      const { parents } = parseCommit(read.bytes);
      const infos = await Promise.all(parents.map(async (parent) => await reader.info(parent)));
      if (!infos.includes(null)) found.push({ sha, parents });
    }
    return found;
  });
}
