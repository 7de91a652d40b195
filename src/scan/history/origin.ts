import type { Finding } from "../../domain/index.ts";

/** Where a finding of a history came in, and what became of it. Safe to show: names are redacted. */
export interface Origin {
  /** Of the commit that introduced it: name and address; null where no commit did. */
  readonly author: string | null;
  /** When that commit was authored, in ISO 8601 with the author's offset. */
  readonly date: string | null;
  /** Whether a file at the tip of the default branch still holds it; null where it is in no file. */
  readonly isAtTip: boolean | null;
  /** Branches with the commit in their history, the default branch first. */
  readonly branches: readonly string[];
  /** There are more branches than are named. */
  readonly hasMoreBranches: boolean;
  /** The ref that leads to it, if no branch does; null if none leads to it. */
  readonly ref: string | null;
  readonly source: OriginSource;
}

export type OriginSource =
  /** A file of a commit, or its name. */
  | "file"
  /** A commit's message or people. */
  | "commit"
  | "tag"
  | "note"
  | "ref"
  /** A file that belongs to no commit. */
  | "loose";

export interface HistoryFinding {
  readonly finding: Finding;
  readonly origin: Origin;
}
