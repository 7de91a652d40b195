/** The check run that counts on a commit, as far as the app knows it. */
export interface RunRecord {
  readonly externalId: string;
  /** Null: requested, but GitHub's answer is not on record. */
  readonly runId: number | null;
  /** As last written; null: in progress. */
  readonly conclusion: "success" | "neutral" | "failure" | null;
  /** A request was made whose answer is not on record: the state of the run is unknown. */
  readonly pending: boolean;
  /** Digests of the annotations that the run shows, in their order. */
  readonly annotations: readonly string[];
  /** Digest of the report that the run shows; null while it is written, or in progress. */
  readonly digest: string | null;
}

/** A commit's check: its run, and whether the run shows what the record says. */
export interface CheckRecord {
  /** Counts the changes of the record that affect this head. */
  readonly wanted: number;
  /** The count that the run shows. */
  readonly shown: number;
  /** A person asked for a new run. */
  readonly rerun: boolean;
  readonly run: RunRecord | null;
}
