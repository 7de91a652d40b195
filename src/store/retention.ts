/**
 * What of the record is deleted, over PostgreSQL. Every statement changes a bounded number of rows that an index finds.
 * How long things are kept is decided in `jobs`; here is only what may go at all: a head goes as a whole, and only if it
 * is clean, fully read, and nothing current points at it.
 */
import { z } from "zod";
import type { Queries } from "./database.ts";
import type { Retention } from "./record.ts";

/** Every table with rows of a repository. */
export const TABLES_OF_REPOSITORY = [
  "scopes",
  "check_runs",
  "commit_scans",
  "blob_scans",
  "history_keys",
  "history_checks",
  "history_findings",
  "histories",
  "subjects",
  "known_tips",
  "noted_refs",
  "leak_locations",
  "leak_events",
  "leaks",
  "accepted_gaps",
  "leak_activity",
  "ignored_keys",
  "button_answers",
  "neutral_issues",
  "told_places",
  "former_issues",
  "reminders",
  "owner_summaries",
  "drills",
] as const;

const countSchema = z.object({ count: z.int() });

/** Retention of the record over PostgreSQL. */
export function createRetention(queries: Queries): Retention {
  async function remove(sql: string, values: readonly unknown[]): Promise<number> {
    const [row] = await queries.rows(
      countSchema,
      `WITH gone AS (${sql} RETURNING 1) SELECT count(*) AS count FROM gone`,
      values,
    );
    return row?.count ?? 0;
  }

  /** Rows of a table by `where`, whose first parameter is a time, the oldest first. */
  function removeAged(table: string, column: string, where: string) {
    return (before: Date, limit: number): Promise<number> =>
      remove(
        `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM ${table} WHERE ${where} ORDER BY ${column} LIMIT $2 FOR UPDATE SKIP LOCKED))`,
        [before, limit],
      );
  }

  return {
    removeDeliveries: removeAged("deliveries", "accepted_at", "accepted_at < $1"),
    removeRedeliveries: removeAged("redeliveries", "asked_at", "asked_at < $1"),
    removeCommitScans: removeAged("commit_scans", "scanned_at", "scanned_at < $1"),
    removeSubjects: removeAged("subjects", "as_of", "head IS NULL AND as_of < $1"),

    headsToExamine: (before, limit) =>
      queries.rows(
        z.object({ repositoryId: z.coerce.number(), head: z.string() }),
        `SELECT repository_id AS "repositoryId", head FROM check_runs
         WHERE conclusion = 'success' AND greatest(touched_at, examined_at) < $1
         ORDER BY greatest(touched_at, examined_at) LIMIT $2`,
        [before, limit],
      ),

    async examineHeads(repositoryId, heads, before, at) {
      const [row] = await queries.rows(
        countSchema,
        `WITH gone AS (
           SELECT c.head FROM check_runs AS c
           WHERE c.repository_id = $1 AND c.head = ANY($2::text[]) AND c.conclusion = 'success'
             AND c.wanted = c.shown AND NOT c.pending AND NOT c.rerun AND c.writer IS NULL AND c.touched_at < $3
             AND NOT EXISTS (SELECT FROM subjects AS s WHERE s.repository_id = $1 AND s.head = c.head)
             AND NOT EXISTS (
               SELECT FROM scopes AS s WHERE s.repository_id = $1 AND s.head = c.head
                 AND (s.state <> 'read' OR s.noted_at >= $3 OR s.fingerprints <> '{}' OR s.coverage->'gaps' <> '[]'::jsonb)
             )
           FOR UPDATE
         ), scopes_gone AS (
           DELETE FROM scopes USING gone WHERE scopes.repository_id = $1 AND scopes.head = gone.head
         ), checks_gone AS (
           DELETE FROM check_runs USING gone WHERE check_runs.repository_id = $1 AND check_runs.head = gone.head
         ), kept AS (
           UPDATE check_runs SET examined_at = $4 WHERE repository_id = $1 AND head = ANY($2::text[])
             AND head NOT IN (SELECT head FROM gone)
         )
         SELECT count(*) AS count FROM gone`,
        [repositoryId, [...heads], before, at],
      );
      return row?.count ?? 0;
    },

    async noteRemoved(at) {
      await queries.run(
        `UPDATE repositories SET removed_at = CASE WHEN state = 'removed' THEN $1::timestamptz END
         WHERE (state = 'removed' OR removed_at IS NOT NULL) AND (state = 'removed') = (removed_at IS NULL)`,
        [at],
      );
    },

    async removedRepositories(before, limit) {
      const rows = await queries.rows(
        z.object({ id: z.coerce.number() }),
        `SELECT id FROM repositories WHERE state = 'removed' AND removed_at < $1 ORDER BY removed_at, id LIMIT $2`,
        [before, limit],
      );
      return rows.map((row) => row.id);
    },

    async removeOfRepository(id, before, limit) {
      const expired = await queries.rows(
        z.object({ id: z.coerce.number() }),
        "SELECT id FROM repositories WHERE id = $1 AND state = 'removed' AND removed_at < $2 FOR UPDATE",
        [id, before],
      );
      if (expired.length === 0) return 0;
      for (const table of TABLES_OF_REPOSITORY) {
        const removed = await remove(
          `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE repository_id = $1 LIMIT $2))`,
          [id, limit],
        );
        if (removed > 0) return removed;
      }
      await queries.run("DELETE FROM repositories WHERE id = $1", [id]);
      return 1;
    },
  };
}
