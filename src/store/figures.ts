/**
 * What monitoring asks of the database: whether a delivery can be stored, and what the record and the queue hold. Both are
 * bounded in time, because they share the connections with the deliveries.
 */
import { z } from "zod";
import type { RecordFigures } from "../measure/index.ts";
import type { Database } from "./database.ts";

const PROBE = "SET LOCAL statement_timeout = '4s'";
const FIGURES = "SET LOCAL statement_timeout = '5s'";

/** Repositories that are named with their open leaks, if the operator asks for names: those with most. */
const MAX_REPOSITORIES = 100;

/**
 * More than a function may hold in 64 kB, so the server writes it to a temporary file beside the tables. On a full disk a
 * row often still fits into a page that is there, and the next delivery does not.
 */
const NEEDS_DISK = "SELECT count(*) FROM generate_series(1, 20000)";

/**
 * Stores the trace of a delivery as deliveries are stored: in their table, on disk when it resolves. It needs some free
 * disk as well.
 *
 * @throws StoreError as `Queries`
 */
export async function storeProbe(database: Database): Promise<void> {
  await database.transaction(async (queries) => {
    await queries.run(PROBE);
    await queries.run("SET LOCAL work_mem = '64kB'");
    await queries.run(NEEDS_DISK);
    await queries.run(
      `INSERT INTO deliveries (id, accepted_at) VALUES ('readiness', now())
       ON CONFLICT (id) DO UPDATE SET accepted_at = excluded.accepted_at`,
    );
    // Its scopes and jobs go to these.
    await queries.run("SELECT FROM scopes, jobs LIMIT 0");
  });
}

const count = z.coerce.number();

/**
 * One statement for each state, because each has an index of its own; `done` and `failed` rows are many. A lane in which
 * nothing waits counts 0.
 */
const QUEUE = `
SELECT lane, state, count(since) AS jobs,
  greatest(extract(epoch FROM now() - min(since)), 0)::float8 AS "oldestSeconds"
FROM (
  SELECT lane, 'waiting' AS state, enqueued_at AS since FROM jobs WHERE state = 'ready'
  UNION ALL SELECT lane, 'waiting', enqueued_at FROM jobs WHERE state = 'parked'
  UNION ALL SELECT lane, 'running', enqueued_at FROM jobs WHERE state = 'active'
  UNION ALL SELECT lane, 'other_version', enqueued_at FROM jobs WHERE state = 'unknown'
  UNION ALL SELECT lane, CASE WHEN failures > 0 THEN 'retrying' ELSE 'planned' END, enqueued_at
    FROM jobs WHERE state = 'delayed'
  UNION ALL SELECT lane, 'waiting', NULL FROM job_lanes
) AS one GROUP BY lane, state`;
const queueSchema = z.object({
  lane: z.string(),
  state: z.string(),
  jobs: count,
  oldestSeconds: z.number(),
});

/** A leak is all rows of a credential whose issues belong in the same repository. */
const LEAKS = `
SELECT state, count(DISTINCT (report_repository_id, fingerprint)) AS leaks,
  greatest(extract(epoch FROM now() - min(found_at)), 0)::float8 AS "oldestSeconds"
FROM leaks GROUP BY state`;
const leaksSchema = z.object({ state: z.string(), leaks: count, oldestSeconds: z.number() });

/** Checks that are younger than two minutes are still being worked on. */
const UNDONE = `
SELECT
  (SELECT count(*) FROM scopes WHERE state = 'noted') AS "unreadScopes",
  (SELECT greatest(extract(epoch FROM now() - min(noted_at)), 0)::float8 FROM scopes WHERE state = 'noted')
    AS "oldestUnreadSeconds",
  (SELECT count(*) FROM check_runs WHERE wanted <> shown AND touched_at < now() - interval '2 minutes') AS "staleChecks"`;
const undoneSchema = z.object({
  unreadScopes: count,
  oldestUnreadSeconds: z.number().nullable(),
  staleChecks: count,
});

const REPOSITORIES = `
SELECT r.owner || '/' || r.name AS repository, count(*) AS leaks
FROM leaks AS l JOIN repositories AS r ON r.id = l.repository_id
WHERE l.state = 'open' GROUP BY r.id ORDER BY count(*) DESC, r.id LIMIT ${MAX_REPOSITORIES}`;
const repositoriesSchema = z.object({ repository: z.string(), leaks: count });

/**
 * Reads what the record and the queue hold.
 *
 * @param options `names`: with the names of repositories
 * @throws StoreError as `Queries`
 */
export async function readFigures(
  database: Database,
  { names }: { readonly names: boolean },
): Promise<RecordFigures> {
  return database.transaction(async (queries) => {
    await queries.run(FIGURES);
    const queue = await queries.rows(queueSchema, QUEUE);
    const leaks = await queries.rows(leaksSchema, LEAKS);
    const [undone] = await queries.rows(undoneSchema, UNDONE);
    return {
      queue,
      leaks: leaks.map(({ state, leaks: number }) => ({ state, leaks: number })),
      oldestOpenLeakSeconds: leaks.find(({ state }) => state === "open")?.oldestSeconds ?? 0,
      unreadScopes: undone?.unreadScopes ?? 0,
      oldestUnreadSeconds: undone?.oldestUnreadSeconds ?? 0,
      staleChecks: undone?.staleChecks ?? 0,
      repositories: names ? await queries.rows(repositoriesSchema, REPOSITORIES) : null,
    };
  });
}
