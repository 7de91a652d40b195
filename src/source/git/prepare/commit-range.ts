import type { Gap } from "../../../domain/index.ts";
import type { CommitNode } from "../objects/commit-walk.ts";

/** The commits reachable from some tips and not from others, and what is known of them before they are fetched. */
export interface CommitRange {
  /** Tips by object id: commits or annotated tags. Zeros are passed over. */
  readonly include: readonly string[];
  /** Refs that serve the tips where the remote does not give them by id, such as `refs/pull/12/head`. */
  readonly refs?: readonly string[];
  /**
   * Tips whose history is not in the range: `before` of a push, the merge base of a pull request (its
   * base works too and may cost more fetches). Zeros and ids that no longer exist are passed over.
   */
  readonly exclude: readonly string[];
  /** How many commits the range has by GitHub's word, which makes one fetch deep enough; null where unknown. */
  readonly commitCount: number | null;
  /** Picks the commits that will be read; the content of the others is not fetched. Without it all are read. */
  readonly needed?: (commits: readonly string[]) => Promise<readonly string[]>;
}

export interface Preparation {
  /** Commits of the range, newest first. Each is here with its parents, trees and, if not in `gaps`, blobs. */
  readonly commits: readonly CommitNode[];
  /** Parts of the range that will not be read. */
  readonly gaps: readonly Gap[];
}
