/**
 * Stores the outcome of a claimed job. Each statement names the claim, so a worker that lost its lease changes nothing.
 */
import { z } from "zod";
import type { Queries } from "../store/index.ts";
import type { Claim } from "./claim.ts";
import { CHANNEL } from "./enqueue.ts";
import { LANES } from "./job.ts";
import type { Lane } from "./job.ts";
import type { Outcome } from "./outcome.ts";

const CLAIMED = "id = $1 AND worker = $2 AND claims = $3 AND state = 'active'";

const keySchema = z.object({ exclusive_key: z.string().nullable() });
const laneSchema = z.object({ lane: z.enum(LANES) });

/** The outcome of a claimed job. `buried`: given up, and its check says so. */
export type Settlement = { readonly kind: "done" } | { readonly kind: "buried" } | Outcome;

const CHANGES: Readonly<Record<Settlement["kind"], string>> = {
  // The payload is no longer needed; the row only says that the job was done.
  done: "state = 'done', payload = 'null', finished_at = now()",
  buried: "state = 'failed', finished_at = now()",
  retry: `state = 'delayed', run_after = now() + $4 * interval '1 ms', failures = failures + 1,
          failing_since = coalesce(failing_since, now())`,
  // Claimed once more, to say in the check why it was given up.
  given_up: "state = 'ready', problem = $4, failures = 0, failing_since = NULL",
  unknown: "state = 'unknown'",
};

/**
 * Settles a claimed job, and lets the next job with its key start.
 *
 * @returns lanes that have a job to claim now; null if another worker has the claim
 */
export async function settle(
  queries: Queries,
  worker: string,
  { id, claims }: Pick<Claim, "id" | "claims">,
  settlement: Settlement,
): Promise<readonly Lane[] | null> {
  const detail =
    settlement.kind === "retry"
      ? [settlement.afterMs]
      : settlement.kind === "given_up"
        ? [settlement.problem]
        : [];
  const [row] = await queries.rows(
    keySchema,
    `UPDATE jobs SET worker = NULL, lease_until = NULL, ${CHANGES[settlement.kind]} WHERE ${CLAIMED} RETURNING exclusive_key`,
    [id, worker, claims, ...detail],
  );
  if (row === undefined) return null;
  return row.exclusive_key === null ? [] : releaseKeys(queries, [row.exclusive_key]);
}

/** In each lane, the next parked job of a free key becomes ready. Lanes where one was ready already are named too. */
const RELEASE = `
WITH places AS (SELECT key, lane FROM unnest($1::text[]) AS key, unnest($2::text[]) AS lane),
next AS (
  UPDATE jobs SET state = 'ready' FROM places
  WHERE jobs.id = (
    SELECT id FROM jobs AS j
    WHERE j.exclusive_key = places.key AND j.lane = places.lane AND j.state = 'parked'
    ORDER BY j.turn, j.arrival LIMIT 1 FOR UPDATE SKIP LOCKED
  ) RETURNING jobs.lane
),
lanes AS (
  SELECT lane FROM next
  UNION
  SELECT lane FROM places WHERE EXISTS (
    SELECT FROM jobs AS j WHERE j.exclusive_key = places.key AND j.lane = places.lane AND j.state = 'ready')
),
told AS (SELECT pg_notify('${CHANNEL}', lane) FROM lanes)
SELECT lane, (SELECT count(*) FROM told) AS told FROM lanes`;

/** @returns the lanes in which a job with one of the keys may be claimed now */
export async function releaseKeys(queries: Queries, keys: readonly string[]): Promise<readonly Lane[]> {
  if (keys.length === 0) return [];
  const rows = await queries.rows(laneSchema, RELEASE, [[...keys], [...LANES]]);
  return rows.map(({ lane }) => lane);
}
