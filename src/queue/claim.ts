/**
 * Claims jobs for one process. A claim is a lease. It is not forced to disk: if a crash of the database loses it, the job
 * is waiting again, which is right.
 */
import { z } from "zod";
import type { Queries } from "../store/index.ts";
import { LANES } from "./job.ts";
import type { Lane } from "./job.ts";

export const NOT_FORCED = "not_forced AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))";

/** No job with the same key is running. If two workers ask at once, the unique index over active keys decides. */
const KEY_IS_FREE = `(j.exclusive_key IS NULL OR NOT EXISTS (
      SELECT FROM jobs AS other WHERE other.state = 'active' AND other.exclusive_key = j.exclusive_key))`;

const IN_TURN = `
  SELECT j.id, j.lane, j.turn FROM jobs AS j, not_forced
  WHERE j.lane = $1 AND j.state = 'ready' AND ${KEY_IS_FREE} AND $4::bigint[] IS NULL
  ORDER BY j.turn, j.arrival LIMIT 1 FOR UPDATE OF j SKIP LOCKED`;

/**
 * The same without the installations in $4. It steps from the first free job of one installation to that of the next, so
 * it costs one index probe per waiting installation, however many jobs each has.
 */
const OF_NEWCOMERS = `
  SELECT j.id, j.lane, j.turn FROM jobs AS j, not_forced
  WHERE j.id = (
    WITH RECURSIVE firsts AS (
      (${firstOf("true")})
      UNION ALL
      SELECT next.* FROM firsts, LATERAL (${firstOf("j.installation_id > firsts.installation_id")}) AS next
    )
    SELECT id FROM firsts WHERE installation_id <> ALL ($4::bigint[]) ORDER BY turn, arrival LIMIT 1
  ) AND j.state = 'ready' FOR UPDATE OF j SKIP LOCKED`;

function firstOf(condition: string): string {
  return `SELECT j.installation_id, j.id, j.turn, j.arrival FROM jobs AS j
    WHERE j.lane = $1 AND j.state = 'ready' AND ${condition} AND ${KEY_IS_FREE}
    ORDER BY j.installation_id, j.turn, j.arrival LIMIT 1`;
}

function claimSql(picked: string): string {
  return `
WITH ${NOT_FORCED},
picked AS MATERIALIZED (${picked}),
moved AS (
  UPDATE job_lanes SET turn = picked.turn FROM picked
  WHERE job_lanes.lane = picked.lane AND job_lanes.turn < picked.turn
)
UPDATE jobs SET state = 'active', worker = $2, lease_until = now() + $3 * interval '1 ms', claims = claims + 1
FROM picked WHERE jobs.id = picked.id
RETURNING jobs.id, jobs.lane, installation_id, exclusive_key, payload, claims, failures, problem,
  (extract(epoch FROM now() - coalesce(failing_since, now())) * 1000)::float8 AS failing_for_ms,
  EXISTS (SELECT FROM jobs AS j WHERE j.lane = $1 AND j.state = 'ready' AND j.id <> jobs.id) AS more`;
}

const claimSchema = z.object({
  id: z.string(),
  lane: z.enum(LANES),
  installation_id: z.int(),
  exclusive_key: z.string().nullable(),
  payload: z.unknown(),
  claims: z.int(),
  failures: z.int(),
  problem: z.string().nullable(),
  failing_for_ms: z.number(),
  /** More jobs of the lane were ready, whether or not they can run now. */
  more: z.boolean(),
});
/** A job that this process holds a lease on. */
export type Claim = Readonly<z.infer<typeof claimSchema>>;

export interface ClaimRequest {
  readonly lane: Lane;
  /** Identifies this process. */
  readonly worker: string;
  readonly leaseMs: number;
  /** Installations whose jobs are skipped; null: none. */
  readonly without: readonly number[] | null;
}

/** Claims the next job of a lane; null if none can run now. */
export async function claim(queries: Queries, request: ClaimRequest): Promise<Claim | null> {
  const sql = request.without === null ? CLAIM_IN_TURN : CLAIM_OF_NEWCOMERS;
  const values = [request.lane, request.worker, request.leaseMs, request.without];
  // If two workers claim jobs with one key at once, one fails at the unique index and looks again.
  for (;;) {
    try {
      const [row] = await queries.rows(claimSchema, sql, values);
      return row ?? null;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === UNIQUE_VIOLATION)) throw error;
    }
  }
}

const UNIQUE_VIOLATION = "23505";
const CLAIM_IN_TURN = claimSql(IN_TURN);
const CLAIM_OF_NEWCOMERS = claimSql(OF_NEWCOMERS);
