import { z } from "zod";
import type { Queries } from "./database.ts";
import { untoldChangeSchema } from "./notice-record.ts";
import type { Outbox } from "./notice-record.ts";

/**
 * The changes that the outgoing webhook was not told of, over PostgreSQL. Each row says itself whether it was told:
 * numbers are not committed in order, so a cursor would skip a change whose transaction took longer.
 */
export function createOutbox(queries: Queries): Outbox {
  return {
    waiting: (limit) =>
      queries.rows(
        z.object({ repositoryId: z.coerce.number(), fingerprint: z.string() }),
        `SELECT l.report_repository_id AS "repositoryId", l.fingerprint
         FROM leak_events AS e JOIN leaks AS l USING (repository_id, fingerprint)
         WHERE e.told_at IS NULL
         GROUP BY l.report_repository_id, l.fingerprint ORDER BY min(e.number) LIMIT $1`,
        [limit],
      ),

    untold: (reportRepositoryId, fingerprint) =>
      queries.rows(
        untoldChangeSchema,
        `WITH members AS (
           SELECT repository_id FROM leaks WHERE report_repository_id = $1 AND fingerprint = $2
         ), changes AS (
           SELECT e.*, e.number = min(e.number) OVER () AS first FROM leak_events AS e
           WHERE e.fingerprint = $2 AND e.repository_id IN (SELECT repository_id FROM members)
         )
         SELECT number, repository_id AS "repositoryId", first, from_state AS "from", to_state AS "to", actor, how, at
         FROM changes WHERE told_at IS NULL ORDER BY number`,
        [reportRepositoryId, fingerprint],
      ),

    async told(numbers, at) {
      await queries.run("UPDATE leak_events SET told_at = $2 WHERE number = ANY($1::bigint[])", [
        [...numbers],
        at,
      ]);
    },

    async toldAll(at) {
      await queries.run("UPDATE leak_events SET told_at = $1 WHERE told_at IS NULL", [at]);
    },
  };
}
