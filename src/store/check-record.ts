/** The check run that counts on a commit, as the app knows it. */
export interface RunRecord {
  readonly externalId: string;
  /** Null: asked for, and GitHub's answer is not on record. */
  readonly runId: number | null;
  /** As last written; null: in progress. */
  readonly conclusion: "success" | "neutral" | "failure" | null;
  /** A request was made whose answer is not on record: what the run shows is unknown. */
  readonly pending: boolean;
  /** Digests of the annotations that the run shows, in their order. */
  readonly annotations: readonly string[];
  /** Digest of what the run shows; null while it is written, or in progress. */
  readonly digest: string | null;
}

/** A commit's check: its run, and whether the run shows what the record says. */
export interface CheckRecord {
  /** Counts the changes of the record that concern this head. */
  readonly wanted: number;
  /** The count that the run was brought to. */
  readonly shown: number;
  /** A person asked for a new run. */
  readonly rerun: boolean;
  readonly run: RunRecord | null;
}
