/** What Stripe said about the keys of leaks, over PostgreSQL. */
import { z } from "zod";
import { ACTIVITIES, ACTIVITY_GROUNDS, UNASKED } from "../domain/index.ts";
import type { KeyActivity } from "../domain/index.ts";
import type { Queries } from "./database.ts";
import { ASKED_KINDS } from "./record.ts";
import type { Activities } from "./record.ts";

const rowSchema = z.object({
  fingerprint: z.string(),
  activity: z.enum(ACTIVITIES).nullable(),
  grounds: z.enum(ACTIVITY_GROUNDS).nullable(),
  askedAt: z.date().nullable(),
  since: z.date().nullable(),
  seenActiveAt: z.date().nullable(),
  unasked: z.enum(UNASKED).nullable(),
  nextAt: z.date().nullable(),
});

const dueSchema = z.object({ repositoryId: z.coerce.number(), fingerprint: z.string() });

export function createActivities(queries: Queries): Activities {
  return {
    async find(repositoryId, fingerprints) {
      // A clean push asks for none.
      if (fingerprints.length === 0) return new Map();
      const rows = await queries.rows(
        rowSchema,
        `SELECT fingerprint, activity, grounds, asked_at AS "askedAt", since, seen_active_at AS "seenActiveAt",
           unasked, next_at AS "nextAt"
         FROM leak_activity WHERE repository_id = $1 AND fingerprint = ANY($2::text[])`,
        [repositoryId, [...fingerprints]],
      );
      return new Map(rows.map((row) => [row.fingerprint, activityOf(row)]));
    },

    async put(repositoryId, fingerprint, { answer, askedAt, since, seenActiveAt, unasked, nextAt }) {
      await queries.run(
        `INSERT INTO leak_activity (repository_id, fingerprint, activity, grounds, asked_at, since, seen_active_at,
           unasked, next_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (repository_id, fingerprint) DO UPDATE SET activity = excluded.activity,
           grounds = excluded.grounds, asked_at = excluded.asked_at, since = excluded.since,
           seen_active_at = excluded.seen_active_at, unasked = excluded.unasked, next_at = excluded.next_at`,
        [
          repositoryId,
          fingerprint,
          answer?.activity ?? null,
          answer?.grounds ?? null,
          askedAt,
          since,
          seenActiveAt,
          unasked,
          nextAt,
        ],
      );
    },

    due: (now, limit, repositoryId) =>
      queries.rows(
        dueSchema,
        `SELECT l.repository_id AS "repositoryId", l.fingerprint FROM leaks AS l
         JOIN repositories AS r ON r.id = l.repository_id AND r.state = 'active'
         LEFT JOIN leak_activity AS a ON a.repository_id = l.repository_id AND a.fingerprint = l.fingerprint
         WHERE l.kind = ANY($2::text[]) AND ($4::bigint IS NULL OR l.repository_id = $4)
           AND ((a.repository_id IS NULL AND l.state = 'open') OR (a.next_at <= $1 AND (l.state = 'open' OR (l.state = 'rolled' AND a.unasked IS NULL))))
         ORDER BY l.repository_id, l.fingerprint COLLATE "C" LIMIT $3`,
        [now, ASKED_KINDS, limit, repositoryId ?? null],
      ),
  };
}

function activityOf({ activity, grounds, ...row }: z.infer<typeof rowSchema>): KeyActivity {
  const { askedAt, since, seenActiveAt, unasked, nextAt } = row;
  const answer = activity === null || grounds === null ? null : { activity, grounds };
  return { answer, askedAt, since, seenActiveAt, unasked, nextAt };
}
