import type { CommitRange, Preparation } from "./commit-range.ts";
import type { PrepareContext } from "./prepare-context.ts";
import { prepareBlobs } from "./prepare-blobs.ts";
import { prepareCommits } from "./prepare-commits.ts";

/**
 * Fetches what reading a range of commits needs: one fetch for commits and trees if `commitCount` is right, and one
 * for all blobs. Call with the lock of the mirror held.
 *
 * @throws GitError
 */
export async function prepareRange(range: CommitRange, context: PrepareContext): Promise<Preparation> {
  const { commits, gaps } = await prepareCommits(range, context);
  const needed = new Set(await range.needed?.(commits.map(({ sha }) => sha)));
  const unread = range.needed === undefined ? commits : commits.filter(({ sha }) => needed.has(sha));
  const blobs = await prepareBlobs(unread, context);
  const left = new Set(unread.slice(blobs.readable).map(({ sha }) => sha));
  return { commits: commits.filter(({ sha }) => !left.has(sha)), gaps: [...gaps, ...blobs.gaps] };
}
