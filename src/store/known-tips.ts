import { z } from "zod";
import type { Queries } from "./database.ts";
import { json } from "./queries.ts";
import type { Tips } from "./record.ts";

const tipSchema = z.object({
  sha: z.string(),
  kind: z.enum(["read", "baseline"]),
  ref: z.string(),
  knownAt: z.date(),
  coveredAt: z.date().nullable(),
});

const COLUMNS = `sha, kind, ref, known_at AS "knownAt", covered_at AS "coveredAt"`;

/** The known tips of the record over PostgreSQL. */
export function createKnownTips(queries: Queries): Tips {
  return {
    async find(repositoryId, sha) {
      const [row] = await queries.rows(
        tipSchema,
        `SELECT ${COLUMNS} FROM known_tips WHERE repository_id = $1 AND sha = $2`,
        [repositoryId, sha],
      );
      return row ?? null;
    },

    async findAll(repositoryId, shas) {
      const rows = await queries.rows(
        tipSchema,
        `SELECT ${COLUMNS} FROM known_tips WHERE repository_id = $1 AND sha = ANY($2::text[])`,
        [repositoryId, [...shas]],
      );
      return new Map(rows.map((row) => [row.sha, row]));
    },

    async put(repositoryId, tips) {
      if (tips.length === 0) return;
      await queries.run(
        `INSERT INTO known_tips (repository_id, sha, kind, ref, known_at, covered_at)
         SELECT $1, t->>'sha', t->>'kind', t->>'ref', (t->>'knownAt')::timestamptz, (t->>'coveredAt')::timestamptz
         FROM jsonb_array_elements($2::jsonb) AS t
         ON CONFLICT (repository_id, sha) DO UPDATE
         SET kind = excluded.kind, ref = excluded.ref, known_at = excluded.known_at, covered_at = excluded.covered_at`,
        [repositoryId, json([...new Map(tips.map((tip) => [tip.sha, tip])).values()])],
      );
    },

    async add(repositoryId, tips) {
      if (tips.length === 0) return;
      await queries.run(
        `INSERT INTO known_tips (repository_id, sha, kind, ref, known_at, covered_at)
         SELECT $1, t->>'sha', t->>'kind', t->>'ref', (t->>'knownAt')::timestamptz, (t->>'coveredAt')::timestamptz
         FROM jsonb_array_elements($2::jsonb) AS t
         ON CONFLICT (repository_id, sha) DO NOTHING`,
        [repositoryId, json(tips)],
      );
    },

    named: (repositoryId, { at, firstRef, limit }) =>
      queries.rows(
        tipSchema,
        `SELECT ${COLUMNS} FROM known_tips
         WHERE repository_id = $1 AND known_at < $2 AND (covered_at IS NULL OR covered_at >= $2)
         ORDER BY ref <> $3, kind = 'baseline', ref COLLATE "C", sha COLLATE "C" LIMIT $4`,
        [repositoryId, at, firstRef, limit],
      ),

    async hasBaseline(repositoryId) {
      const rows = await queries.rows(
        z.object({ sha: z.string() }),
        "SELECT sha FROM known_tips WHERE repository_id = $1 AND kind = 'baseline' LIMIT 1",
        [repositoryId],
      );
      return rows.length > 0;
    },

    async dropBaseline(repositoryId, { refs, shas }) {
      await queries.run(
        `DELETE FROM known_tips WHERE repository_id = $1 AND kind = 'baseline'
           AND ref <> ALL($2::text[]) AND sha <> ALL($3::text[])`,
        [repositoryId, [...refs], [...shas]],
      );
    },
  };
}
