import { z } from "zod";
import { json } from "../store/index.ts";
import type { Queries } from "../store/index.ts";
import type { NewJob } from "./job.ts";

/** The NOTIFY channel. The payload names a lane that has a job to claim. */
export const CHANNEL = "rollcall_jobs";

/**
 * One statement for any number of jobs. Each gets a turn: the round after the lane's current one, or after the last round
 * in which its installation already has a job, so each round serves every waiting installation once. Of jobs with the same
 * key only the first is ready; the others are parked behind it.
 */
const ENQUEUE = `
WITH given AS (
  SELECT DISTINCT ON (id) *
  FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (
    id text, lane text, installation bigint, key text, payload jsonb, run_after timestamptz, priority integer,
    again boolean
  )) WITH ORDINALITY AS job (id, lane, installation, key, payload, run_after, priority, again, place)
  ORDER BY id, place
),
fresh AS (
  SELECT given.*, coalesce(run_after > now(), false) AS later
  FROM given
  WHERE NOT EXISTS (
    SELECT FROM jobs WHERE jobs.id = given.id AND jobs.state <> 'failed' AND jobs.problem IS NULL
      AND NOT (again AND jobs.state = 'done')
  )
),
bases AS (
  SELECT lane, installation, coalesce(job_lanes.turn, 0) AS present,
    (SELECT max(turn) FROM jobs
     WHERE jobs.lane = one.lane AND installation_id = installation AND state = 'ready') AS last
  FROM (SELECT DISTINCT lane, installation FROM fresh) AS one LEFT JOIN job_lanes USING (lane)
),
stored AS (
  INSERT INTO jobs (id, lane, installation_id, exclusive_key, payload, state, turn, run_after)
  SELECT id, lane, installation, key, payload,
    CASE
      WHEN later THEN 'delayed'
      WHEN key IS NOT NULL AND row_number() OVER (PARTITION BY lane, key, later ORDER BY place) > 1 THEN 'parked'
      ELSE 'ready'
    END,
    CASE WHEN priority > 0 THEN present ELSE greatest(present, last) END
      + row_number() OVER (PARTITION BY lane, installation ORDER BY priority DESC, place),
    CASE WHEN later THEN run_after END
  FROM fresh JOIN bases USING (lane, installation)
  ORDER BY place
  ON CONFLICT (id) DO UPDATE
  SET lane = excluded.lane, installation_id = excluded.installation_id, exclusive_key = excluded.exclusive_key,
      payload = excluded.payload, state = excluded.state, turn = excluded.turn, run_after = excluded.run_after,
      failures = 0, failing_since = NULL, crashes = 0, problem = NULL, finished_at = NULL, enqueued_at = now()
  WHERE jobs.state = 'failed' OR (jobs.problem IS NOT NULL AND jobs.state <> 'active')
     OR (jobs.state = 'done' AND jobs.id IN (SELECT id FROM fresh WHERE again))
  RETURNING id, lane, state
),
told AS (
  SELECT pg_notify('${CHANNEL}', lane) FROM (SELECT DISTINCT lane FROM stored WHERE state = 'ready') AS one
)
SELECT id, (SELECT count(*) FROM told) AS told FROM stored`;

const storedSchema = z.object({ id: z.string() });

/**
 * Stores jobs in the caller's transaction; workers are woken when it commits. A job whose id is known is left as it is,
 * unless it failed for good, or was done and is asked for `again`: then it begins again with the new payload.
 *
 * @returns the ids of the jobs that were stored or start again
 * @throws StoreError as `Queries`
 */
export async function enqueue(queries: Queries, jobs: readonly NewJob[]): Promise<readonly string[]> {
  if (jobs.length === 0) return [];
  const rows = jobs.map((job) => ({
    id: job.id,
    lane: job.lane,
    installation: job.installationId ?? 0,
    key: job.exclusiveKey,
    payload: job.payload,
    run_after: job.runAfter ?? null,
    priority: job.priority ?? 0,
    again: job.again ?? false,
  }));
  const stored = await queries.rows(storedSchema, ENQUEUE, [json(rows)]);
  return stored.map(({ id }) => id);
}
