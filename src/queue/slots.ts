/**
 * Which lanes a free worker may take from. Workers are in pools, so a slow lane cannot delay another: `hold`, `report`,
 * `history` and `sweep` have their own. The scans share one pool, with two rules for its last free workers:
 *
 * - `stranger` and `backlog` never take the last free one, so strangers cannot occupy them all
 * - an installation with work in the pool never takes the last free one that its lane may have, so a flood from one
 *   installation leaves a worker for the others
 */
import type { Lane } from "./job.ts";

export interface PoolRule {
  /** In the order in which they are asked. */
  readonly lanes: readonly Lane[];
  /** Jobs at once in one process. */
  readonly workers: number;
}

export type PoolName = "hold" | "scans" | "reports" | "history" | "sweep";

/** Workers wait for GitHub more than they compute. */
export const DEFAULT_POOLS: Readonly<Record<PoolName, PoolRule>> = {
  hold: { lanes: ["hold"], workers: 2 },
  scans: { lanes: ["trusted", "stranger", "backlog"], workers: 4 },
  reports: { lanes: ["report"], workers: 3 },
  // One at a time: it takes disk, and most of a processor.
  history: { lanes: ["history"], workers: 1 },
  sweep: { lanes: ["sweep"], workers: 1 },
};

/** What a free worker may take: any job, only jobs of installations with nothing running in the pool, or none. */
export type Allowance = "anyone" | "newcomers" | "none";

/** @param free workers of the pool without a job */
export function allowanceOf(pool: PoolRule, lane: Lane, free: number): Allowance {
  const reserved = lane === "stranger" || lane === "backlog" ? 1 : 0;
  const left = free - Math.min(reserved, pool.workers - 1);
  if (left <= 0) return "none";
  return left === 1 && pool.workers > 1 ? "newcomers" : "anyone";
}
