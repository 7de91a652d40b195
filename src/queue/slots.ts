/**
 * Which lane a free worker may take from. Workers are in pools, so a slow lane cannot hold up another: `hold`, `report` and
 * `sweep` have their own. The scans share one, with two rules for its last free workers:
 *
 * - strangers and backlog never take the last free one, so a push always finds one that no stranger holds
 * - an installation that has work in the pool never takes the last free one that its lane may have, so the flood of one
 *   installation leaves a worker to the others
 */
import type { Lane } from "./job.ts";

export interface PoolRule {
  /** In the order in which they are asked. */
  readonly lanes: readonly Lane[];
  /** Jobs at once in one process. */
  readonly workers: number;
}

export type PoolName = "hold" | "scans" | "reports" | "sweep";

/** Workers wait for GitHub more than they compute. */
export const DEFAULT_POOLS: Readonly<Record<PoolName, PoolRule>> = {
  hold: { lanes: ["hold"], workers: 2 },
  scans: { lanes: ["trusted", "stranger", "backlog"], workers: 4 },
  reports: { lanes: ["report"], workers: 3 },
  sweep: { lanes: ["sweep"], workers: 1 },
};

/** What a free worker may take: anything, only jobs of installations with nothing running in the pool, or nothing. */
export type Allowance = "anyone" | "newcomers" | "none";

/** @param free workers of the pool without a job */
export function allowanceOf(pool: PoolRule, lane: Lane, free: number): Allowance {
  const reserved = lane === "stranger" || lane === "backlog" ? 1 : 0;
  const left = free - Math.min(reserved, pool.workers - 1);
  if (left <= 0) return "none";
  return left === 1 && pool.workers > 1 ? "newcomers" : "anyone";
}
