/**
 * The check runs of the record over PostgreSQL. Claims and comparisons are single statements, so two processes never
 * both believe that they may write a run. What a run shows is decided elsewhere.
 */
import { z } from "zod";
import type { CheckRecord } from "./check-record.ts";
import type { Queries } from "./database.ts";
import { json } from "./queries.ts";
import type { Checks } from "./record.ts";

const rowSchema = z.object({
  wanted: z.int(),
  shown: z.int(),
  rerun: z.boolean(),
  external_id: z.string().nullable(),
  run_id: z.coerce.number().nullable(),
  conclusion: z.enum(["success", "neutral", "failure"]).nullable(),
  pending: z.boolean(),
  annotations: z.array(z.string()),
  digest: z.string().nullable(),
});

const COLUMNS = "wanted, shown, rerun, external_id, run_id, conclusion, pending, annotations, digest";

const changedSchema = z.object({ head: z.string() });
const settledSchema = z.object({ settled: z.boolean() });

function checkOf(row: z.infer<typeof rowSchema> | undefined): CheckRecord | null {
  if (row === undefined) return null;
  const { wanted, shown, rerun, external_id: externalId, run_id: runId, ...run } = row;
  return { wanted, shown, rerun, run: externalId === null ? null : { externalId, runId, ...run } };
}

/** The check runs of the record over PostgreSQL. */
export function createCheckRuns(queries: Queries): Checks {
  async function changed(sql: string, values: readonly unknown[]): Promise<boolean> {
    return (await queries.rows(changedSchema, `${sql} RETURNING head`, values)).length > 0;
  }

  return {
    async find(repositoryId, head) {
      const [row] = await queries.rows(
        rowSchema,
        `SELECT ${COLUMNS} FROM check_runs WHERE repository_id = $1 AND head = $2`,
        [repositoryId, head],
      );
      return checkOf(row);
    },

    async take(repositoryId, head, writer, now, until) {
      const [row] = await queries.rows(
        rowSchema,
        `UPDATE check_runs SET writer = $3, writer_until = $5 WHERE repository_id = $1 AND head = $2
         AND (writer IS NULL OR writer = $3 OR writer_until <= $4)
         AND (wanted <> shown OR rerun OR external_id IS NULL OR pending)
         RETURNING ${COLUMNS}`,
        [repositoryId, head, writer, now, until],
      );
      return checkOf(row);
    },

    async touch(repositoryId, heads, at) {
      // In one order everywhere, so two transactions never wait for each other.
      const sorted = [...new Set(heads)].toSorted();
      if (sorted.length === 0) return;
      await queries.run(
        `INSERT INTO check_runs (repository_id, head, wanted, shown, touched_at, rerun, pending, annotations)
         SELECT $1, head, 1, 0, $3, false, false, '[]' FROM unnest($2::text[]) AS head
         ON CONFLICT (repository_id, head) DO UPDATE SET wanted = check_runs.wanted + 1, touched_at = $3`,
        [repositoryId, sorted, at],
      );
    },

    async plannedUntil(installationId, after) {
      const [row] = await queries.rows(
        z.object({ until: z.date().nullable() }),
        `SELECT max(c.touched_at) AS until FROM check_runs AS c JOIN repositories AS r ON r.id = c.repository_id
         WHERE r.installation_id = $1 AND c.wanted <> c.shown AND c.touched_at > $2`,
        [installationId, after],
      );
      return row?.until ?? null;
    },

    async pointedHeads(repositoryId, { newRefs = false } = {}) {
      const rows = await queries.rows(
        z.object({ head: z.string() }),
        `SELECT head FROM check_runs AS c WHERE repository_id = $1 AND external_id IS NOT NULL
           AND EXISTS (SELECT FROM subjects AS s WHERE s.repository_id = $1 AND s.head = c.head)
           AND (NOT $2 OR EXISTS (SELECT FROM scopes AS p WHERE p.repository_id = $1 AND p.head = c.head
             AND p.scope->>'kind' = 'push' AND p.scope->>'before' IS NULL))
         ORDER BY head COLLATE "C"`,
        [repositoryId, newRefs],
      );
      return rows.map(({ head }) => head);
    },

    async touchAll(repositoryId, at) {
      await queries.run(
        "UPDATE check_runs SET wanted = wanted + 1, touched_at = $2 WHERE repository_id = $1 AND external_id IS NOT NULL",
        [repositoryId, at],
      );
    },

    async wantNewRun(repositoryId, head) {
      await queries.run("UPDATE check_runs SET rerun = true WHERE repository_id = $1 AND head = $2", [
        repositoryId,
        head,
      ]);
    },

    claim: (repositoryId, head, writer, now, until) =>
      changed(
        `UPDATE check_runs SET writer = $3, writer_until = $5 WHERE repository_id = $1 AND head = $2
         AND (writer IS NULL OR writer = $3 OR writer_until <= $4)`,
        [repositoryId, head, writer, now, until],
      ),

    saveRun: (repositoryId, head, writer, run, wanted) =>
      changed(
        `UPDATE check_runs SET external_id = $4, run_id = $5, conclusion = $6, pending = $7, annotations = $8::jsonb,
           digest = $9, rerun = rerun AND $10::integer IS NULL
         WHERE repository_id = $1 AND head = $2 AND writer = $3 AND ($10::integer IS NULL OR wanted = $10)`,
        [
          repositoryId,
          head,
          writer,
          run.externalId,
          run.runId,
          run.conclusion,
          run.pending,
          json(run.annotations),
          run.digest,
          wanted,
        ],
      ),

    async saveLast(repositoryId, head, writer, run, wanted) {
      const [row] = await queries.rows(
        settledSchema,
        `UPDATE check_runs SET external_id = $4, run_id = $5, conclusion = $6, pending = $7, annotations = $8::jsonb,
           digest = $9,
           shown = CASE WHEN wanted = $10 THEN $10 ELSE shown END,
           writer = CASE WHEN wanted = $10 THEN null ELSE writer END,
           writer_until = CASE WHEN wanted = $10 THEN null ELSE writer_until END
         WHERE repository_id = $1 AND head = $2 AND writer = $3 RETURNING wanted = $10 AS settled`,
        [
          repositoryId,
          head,
          writer,
          run.externalId,
          run.runId,
          run.conclusion,
          run.pending,
          json(run.annotations),
          run.digest,
          wanted,
        ],
      );
      if (row === undefined) return "lost";
      return row.settled ? "settled" : "changed";
    },

    settle: (repositoryId, head, writer, wanted) =>
      changed(
        `UPDATE check_runs SET shown = $4, writer = null, writer_until = null
         WHERE repository_id = $1 AND head = $2 AND writer = $3 AND wanted = $4`,
        [repositoryId, head, writer, wanted],
      ),

    async release(repositoryId, head, writer) {
      await queries.run(
        `UPDATE check_runs SET writer = null, writer_until = null
         WHERE repository_id = $1 AND head = $2 AND writer = $3`,
        [repositoryId, head, writer],
      );
    },

    async releaseAll() {
      await queries.run("UPDATE check_runs SET writer = null, writer_until = null WHERE writer IS NOT NULL");
    },

    stale: (before, limit, repositoryId) =>
      queries.rows(
        z.object({ repositoryId: z.coerce.number(), head: z.string(), wanted: z.int() }),
        `SELECT repository_id AS "repositoryId", head, wanted FROM check_runs
         WHERE wanted <> shown AND touched_at < $1
           AND EXISTS (SELECT FROM repositories AS r WHERE r.id = repository_id AND r.state = 'active')
           AND ($3::bigint IS NULL OR repository_id = $3) ORDER BY touched_at, repository_id, head LIMIT $2`,
        [before, limit, repositoryId ?? null],
      ),
  };
}
