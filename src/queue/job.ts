/** The lanes of the queue. Each job waits in one; which workers take from which lane is in `slots.ts`. */
export const LANES = ["hold", "trusted", "stranger", "report", "backlog", "history", "sweep"] as const;

/**
 * - `hold`: puts a green check in progress before anything is read; has its own workers
 * - `trusted`: pushes and pull requests of people who may write
 * - `stranger`: pull requests of everyone else; never takes the last free worker
 * - `report`: opens and updates issues, at GitHub's pace
 * - `backlog`: new installations and missed pushes, when nothing else waits
 * - `history`: reads whole histories, one at a time
 * - `sweep`: finds whatever was left behind
 */
export type Lane = (typeof LANES)[number];

/** A job to be stored. */
export interface NewJob {
  /** Names what the job is about and the delivery that asked for it. Stored once; see `again`. */
  readonly id: string;
  readonly lane: Lane;
  /** Whose turn it is; null for work of the whole app. */
  readonly installationId: number | null;
  /** Such as `repository:4711`. Jobs with the same key run one at a time and hold no worker while they wait. */
  readonly exclusiveKey: string | null;
  /** What to do: JSON with a version in `v`. */
  readonly payload: unknown;
  /** Not before this time. */
  readonly runAfter?: Date;
  /** Above 0: runs before its installation's other waiting jobs in the lane, the highest first. Default 0. */
  readonly priority?: number;
  /** Begins again even if it was done, because its work was found undone. Default false. */
  readonly again?: boolean;
}

/** A job that a worker claimed. */
export interface ClaimedJob {
  readonly id: string;
  readonly lane: Lane;
  readonly installationId: number | null;
  readonly exclusiveKey: string | null;
  readonly payload: unknown;
  /** Failures so far that could pass. */
  readonly failures: number;
  /** Aborted when another worker took the job over because this process stopped extending its lease. */
  readonly signal: AbortSignal;
}
