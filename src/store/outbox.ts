import { z } from "zod";
import type { Queries } from "./database.ts";
import { recordedChangeSchema } from "./notice-record.ts";
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

    changes: (reportRepositoryId, fingerprint) =>
      queries.rows(
        recordedChangeSchema,
        `SELECT e.number, e.repository_id AS "repositoryId", e.told_at IS NOT NULL AS told, e.from_state AS "from",
           e.to_state AS "to", e.actor, e.how, e.at
         FROM leak_events AS e JOIN leaks AS l USING (repository_id, fingerprint)
         WHERE l.report_repository_id = $1 AND l.fingerprint = $2 ORDER BY e.number`,
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
