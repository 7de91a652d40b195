import { z } from "zod";
import type { Queries } from "./database.ts";
import { indexKey } from "./index-key.ts";
import { json } from "./queries.ts";
import type { AcceptedGaps } from "./record.ts";

/** The gaps that people accepted, over PostgreSQL. */
export function createAcceptedGaps(queries: Queries): AcceptedGaps {
  return {
    async put(repositoryId, gaps) {
      if (gaps.length === 0) return;
      await queries.run(
        `INSERT INTO accepted_gaps (repository_id, subject, login, accepted_at)
         SELECT $1, g->>'subject', g->>'login', (g->>'at')::timestamptz FROM jsonb_array_elements($2::jsonb) AS g
         ON CONFLICT (repository_id, subject) DO NOTHING`,
        [repositoryId, json(gaps.map((gap) => ({ ...gap, subject: indexKey(gap.subject) })))],
      );
    },

    async find(repositoryId, subjects) {
      const rows = await queries.rows(
        z.object({ subject: z.string(), login: z.string(), at: z.date() }),
        `SELECT subject, login, accepted_at AS at FROM accepted_gaps
         WHERE repository_id = $1 AND subject = ANY($2::text[])`,
        [repositoryId, subjects.map(indexKey)],
      );
      const byKey = new Map(rows.map((row) => [row.subject, row]));
      return new Map(
        subjects.flatMap((subject) => {
          const gap = byKey.get(indexKey(subject));
          return gap === undefined ? [] : [[subject, { ...gap, subject }] as const];
        }),
      );
    },
  };
}
