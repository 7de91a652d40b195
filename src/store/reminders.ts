import { z } from "zod";
import type { Queries } from "./database.ts";
import { remindedSchema } from "./notice-record.ts";
import type { IssueAt, Reminders } from "./notice-record.ts";

/** The reminders of the record over PostgreSQL. */
export function createReminders(queries: Queries): Reminders {
  async function set(
    { repositoryId, issueNumber }: IssueAt,
    columns: Readonly<Record<string, Date | null>>,
  ): Promise<void> {
    const names = Object.keys(columns);
    const places = names.map((_, index) => `$${index + 3}`);
    await queries.run(
      `INSERT INTO reminders (repository_id, issue_number, ${names.join(", ")}) VALUES ($1, $2, ${places.join(", ")})
       ON CONFLICT (repository_id, issue_number)
       DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(", ")}`,
      [repositoryId, issueNumber, ...Object.values(columns)],
    );
  }

  return {
    due: (now, limit) =>
      queries.rows(
        z.object({ repositoryId: z.coerce.number(), issueNumber: z.coerce.number() }),
        `SELECT i.repository_id AS "repositoryId", i.issue_number AS "issueNumber"
         FROM (
           SELECT report_repository_id AS repository_id, issue_number FROM leaks
           WHERE state = 'open' AND issue_number IS NOT NULL
           UNION
           SELECT repository_id, issue_number FROM drills WHERE issue_number IS NOT NULL AND closed_at IS NULL
           UNION
           SELECT repository_id, number FROM neutral_issues WHERE number IS NOT NULL
         ) AS i
         LEFT JOIN reminders AS m USING (repository_id, issue_number)
         WHERE (m.next_at IS NULL OR m.next_at <= $1)
           AND EXISTS (SELECT FROM repositories AS r WHERE r.id = i.repository_id AND r.state = 'active')
         ORDER BY m.next_at NULLS FIRST, 1, 2 LIMIT $2`,
        [now, limit],
      ),

    async openSince({ repositoryId, issueNumber }) {
      const [row] = await queries.rows(
        z.object({ since: z.date().nullable() }),
        `SELECT min(since) AS since FROM (
           SELECT coalesce(max(e.at) FILTER (WHERE e.from_state <> 'open' AND e.to_state = 'open'), min(e.at)) AS since
           FROM leaks AS l JOIN leak_events AS e USING (repository_id, fingerprint)
           WHERE l.report_repository_id = $1 AND l.issue_number = $2 AND l.state = 'open'
           GROUP BY l.repository_id, l.fingerprint
         ) AS leaks`,
        [repositoryId, issueNumber],
      );
      return row?.since ?? null;
    },

    async neutralSince(repositoryId) {
      const [row] = await queries.rows(
        z.object({ since: z.date().nullable() }),
        "SELECT max(neutral_at) AS since FROM leaks WHERE repository_id = $1",
        [repositoryId],
      );
      return row?.since ?? null;
    },

    async find({ repositoryId, issueNumber }) {
      const [row] = await queries.rows(
        remindedSchema,
        `SELECT last_at AS "lastAt", asked_at AS "askedAt", next_at AS "nextAt" FROM reminders
         WHERE repository_id = $1 AND issue_number = $2`,
        [repositoryId, issueNumber],
      );
      return row ?? { lastAt: null, askedAt: null, nextAt: null };
    },

    asked: (issue, at) => set(issue, { asked_at: at }),
    given: (issue, at) => set(issue, { last_at: at, asked_at: null }),
    wait: (issue, until) => set(issue, { next_at: until }),
  };
}
