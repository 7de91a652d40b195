/**
 * Upkeep of the queue: makes due jobs ready, takes jobs back from dead workers, deletes old rows. Every process does it every
 * few seconds, in small steps; two at once do no harm.
 */
import { z } from "zod";
import type { Queries } from "../store/index.ts";
import { NOT_FORCED } from "./claim.ts";
import { LANES } from "./job.ts";
import type { Lane } from "./job.ts";
import { releaseKeys } from "./settle.ts";

/** Rows that one statement changes at most. */
export const MAX_STEP = 5000;
/** If the process ended this often in the middle of one job, the job is taken to be the cause. */
const MAX_CRASHES = 10;
/** GitHub can redeliver a webhook for three days: https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks */
const KEEP_DONE = "4 days";
const KEEP_FAILED = "30 days";

const CRASHED = `The process ended ${MAX_CRASHES} times while it ran this job.`;

const laneSchema = z.object({ lane: z.enum(LANES) });
const keySchema = z.object({ exclusive_key: z.string().nullable() });

/** @returns lanes with jobs that are due now */
export async function wakeDue(queries: Queries): Promise<readonly Lane[]> {
  const rows = await queries.rows(
    laneSchema,
    `WITH due AS (
       SELECT id FROM jobs WHERE state = 'delayed' AND run_after <= now() ORDER BY run_after
       LIMIT ${MAX_STEP} FOR UPDATE SKIP LOCKED
     ),
     ready AS (UPDATE jobs SET state = 'ready', run_after = NULL FROM due WHERE jobs.id = due.id RETURNING jobs.lane)
     SELECT DISTINCT lane FROM ready`,
  );
  return rows.map(({ lane }) => lane);
}

/**
 * Makes delayed jobs ready that were planned while a clock was ahead: what is in the future cannot have been stored, or have
 * failed, and no pause is longer than a day. They would wait until the clock is there again.
 *
 * @returns their lanes
 */
export async function wakeMisplanned(queries: Queries): Promise<readonly Lane[]> {
  const rows = await queries.rows(
    laneSchema,
    `WITH misplanned AS (
       SELECT id FROM jobs WHERE state = 'delayed'
         AND (enqueued_at > now() + interval '1 minute' OR failing_since > now() + interval '1 minute'
           OR (failures > 0 AND run_after > now() + interval '25 hours'))
       LIMIT ${MAX_STEP} FOR UPDATE SKIP LOCKED
     ),
     ready AS (
       UPDATE jobs SET state = 'ready', run_after = NULL, enqueued_at = least(enqueued_at, now()),
         failing_since = least(failing_since, now())
       FROM misplanned WHERE jobs.id = misplanned.id RETURNING jobs.lane
     )
     SELECT DISTINCT lane FROM ready`,
  );
  return rows.map(({ lane }) => lane);
}

/** Milliseconds until the next delayed job is due; null where none is delayed. */
export async function nextDueMs(queries: Queries): Promise<number | null> {
  const [row] = await queries.rows(
    z.object({ ms: z.number().nullable() }),
    `SELECT (extract(epoch FROM min(run_after) - now()) * 1000)::float8 AS ms FROM jobs WHERE state = 'delayed'`,
  );
  return row?.ms ?? null;
}

/**
 * Gives back jobs whose worker died: after the lease, or at once if `all` says that no worker can be alive. A job during
 * which several processes died waits longer each time, and is given up in the end.
 *
 * @returns lanes that may have a job to claim
 */
export async function releaseDead(queries: Queries, all: boolean): Promise<readonly Lane[]> {
  const dead = await queries.rows(
    keySchema,
    `WITH dead AS (
       SELECT id FROM jobs WHERE state = 'active' AND ($1 OR lease_until < now()) LIMIT ${MAX_STEP} FOR UPDATE SKIP LOCKED
     )
     UPDATE jobs SET worker = NULL, lease_until = NULL, crashes = crashes + 1, state = 'delayed',
       run_after = CASE WHEN crashes = 0 THEN now()
                        ELSE now() + least(2 ^ crashes, 60) * interval '1 second' END,
       problem = CASE WHEN crashes + 1 >= ${MAX_CRASHES} THEN coalesce(problem, $2) ELSE problem END
     FROM dead WHERE jobs.id = dead.id RETURNING exclusive_key`,
    [all, CRASHED],
  );
  const keys = dead.flatMap((row) => row.exclusive_key ?? []);
  // First the job that was given back, or a later one with its key would take its turn.
  return [...(await wakeDue(queries)), ...(await releaseKeys(queries, keys))];
}

/**
 * Parks ready jobs behind an active one with the same key, so claims need not step over them.
 *
 * @returns how many; if `MAX_STEP`, there may be more
 */
export async function parkBlocked(queries: Queries): Promise<number> {
  // The lock on the active row delays its end, which releases parked jobs, until after this statement.
  const [row] = await queries.rows(
    z.object({ count: z.int() }),
    `WITH ${NOT_FORCED},
     running AS MATERIALIZED (
       SELECT j.exclusive_key FROM jobs AS j, not_forced WHERE j.state = 'active' AND j.exclusive_key IS NOT NULL
       FOR SHARE OF j SKIP LOCKED
     ),
     blocked AS (
       SELECT j.id FROM jobs AS j, running
       WHERE j.exclusive_key = running.exclusive_key AND j.state = 'ready' LIMIT ${MAX_STEP} FOR UPDATE OF j SKIP LOCKED
     ),
     parked AS (UPDATE jobs SET state = 'parked' FROM blocked WHERE jobs.id = blocked.id RETURNING 1)
     SELECT count(*) AS count FROM parked`,
  );
  return row?.count ?? 0;
}

/** Releases jobs that are parked behind nothing, because their process died before it could release them. */
export async function releaseParked(queries: Queries): Promise<readonly Lane[]> {
  const rows = await queries.rows(
    z.object({ exclusive_key: z.string() }),
    `WITH RECURSIVE keys AS (
       (SELECT exclusive_key FROM jobs WHERE state = 'parked' ORDER BY exclusive_key LIMIT 1)
       UNION ALL
       SELECT (SELECT j.exclusive_key FROM jobs AS j WHERE j.state = 'parked' AND j.exclusive_key > keys.exclusive_key
               ORDER BY j.exclusive_key LIMIT 1)
       FROM keys WHERE keys.exclusive_key IS NOT NULL
     )
     SELECT exclusive_key FROM keys
     WHERE exclusive_key IS NOT NULL
       AND NOT EXISTS (SELECT FROM jobs AS j WHERE j.exclusive_key = keys.exclusive_key AND j.state = 'active')
       AND NOT EXISTS (SELECT FROM jobs AS j WHERE j.exclusive_key = keys.exclusive_key AND j.state = 'ready')
     LIMIT ${MAX_STEP}`,
  );
  return releaseKeys(
    queries,
    rows.map((row) => row.exclusive_key),
  );
}

/** Makes jobs of unknown versions ready again: a version that knows them may have started. */
export async function retryUnknown(queries: Queries): Promise<readonly Lane[]> {
  const rows = await queries.rows(
    laneSchema,
    `WITH kept AS (UPDATE jobs SET state = 'ready' WHERE state = 'unknown' RETURNING lane) SELECT DISTINCT lane FROM kept`,
  );
  return rows.map(({ lane }) => lane);
}

/** Deletes rows of jobs that ended long ago. */
export async function purge(queries: Queries): Promise<void> {
  await queries.run(
    `DELETE FROM jobs WHERE id IN (
       SELECT id FROM jobs
       WHERE (state = 'done' AND finished_at < now() - interval '${KEEP_DONE}')
          OR (state = 'failed' AND finished_at < now() - interval '${KEEP_FAILED}')
       ORDER BY finished_at LIMIT ${MAX_STEP} FOR UPDATE SKIP LOCKED
     )`,
  );
}

/**
 * Extends the leases of the jobs that this process runs.
 *
 * @returns the jobs whose lease it still held
 */
export async function extendLeases(
  queries: Queries,
  worker: string,
  ids: readonly string[],
  leaseMs: number,
): Promise<ReadonlySet<string>> {
  const rows = await queries.rows(
    z.object({ id: z.string() }),
    `WITH ${NOT_FORCED}
     UPDATE jobs SET lease_until = now() + $3 * interval '1 ms' FROM not_forced
     WHERE id = ANY ($1::text[]) AND worker = $2 AND state = 'active' RETURNING id`,
    [[...ids], worker, leaseMs],
  );
  return new Set(rows.map(({ id }) => id));
}
