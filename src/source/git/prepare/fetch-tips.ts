import { GitError } from "../process/git-error.ts";
import type { PrepareContext } from "./prepare-context.ts";

export interface TipsRequest {
  /** Commits or annotated tags, by object id. */
  readonly tips: readonly string[];
  /** Refs that are asked for in place of tips that the remote refuses. */
  readonly refs: readonly string[];
  readonly depth: number;
}

/**
 * Fetches the tips; then those that the remote does not refuse, with the refs in place of the others.
 *
 * @param refused gets the tips that the remote refused
 * @returns false where the fetch would bring more bytes than the limit
 * @throws GitError
 */
export async function fetchTips(
  { tips, refs, depth }: TipsRequest,
  refused: Set<string>,
  { fetcher, signal }: PrepareContext,
): Promise<boolean> {
  let wanted = tips;
  let wantedRefs: readonly string[] = [];
  while (wanted.length > 0 || wantedRefs.length > 0) {
    try {
      await fetcher.commits({ tips: wanted, refs: wantedRefs }, depth, signal);
      return true;
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      if (error.code === "too_many_bytes") return false;
      if (error.code !== "not_found") throw error;
      const left = wanted.filter((tip) => !error.objects.includes(tip));
      for (const tip of wanted) if (error.objects.includes(tip)) refused.add(tip);
      if (left.length < wanted.length) wantedRefs = refs;
      // No tip was refused: a ref is gone.
      else if (wantedRefs.length > 0) wantedRefs = [];
      else throw error;
      wanted = left;
    }
  }
  return true;
}
