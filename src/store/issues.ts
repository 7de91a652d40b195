/** What the record knows of issues beyond their leaks, over PostgreSQL: neutral ones, told places, and former ones. */
import { z } from "zod";
import type { Queries } from "./database.ts";
import type { Issues } from "./record.ts";

const neutralSchema = z.object({
  number: z.coerce.number().nullable(),
  url: z.string().nullable(),
  askedAt: z.date().nullable(),
});

const toldSchema = z.object({
  places: z.int(),
  commentId: z.coerce.number().nullable(),
  commentedAt: z.date().nullable(),
  commentFrom: z.int().nullable(),
});

const formerSchema = z.object({
  repositoryId: z.coerce.number(),
  number: z.coerce.number(),
  fingerprints: z.array(z.string()),
  retiredAt: z.date().nullable(),
});

/** The issues of the record over PostgreSQL. */
export function createIssues(queries: Queries): Issues {
  return {
    async neutral(repositoryId) {
      const [row] = await queries.rows(
        neutralSchema,
        `SELECT number, url, asked_at AS "askedAt" FROM neutral_issues WHERE repository_id = $1`,
        [repositoryId],
      );
      return row ?? null;
    },

    async putNeutral(repositoryId, { number, url, askedAt }) {
      await queries.run(
        `INSERT INTO neutral_issues (repository_id, number, url, asked_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (repository_id) DO UPDATE SET number = $2, url = $3, asked_at = $4`,
        [repositoryId, number, url, askedAt],
      );
    },

    async told(repositoryId, number) {
      const [row] = await queries.rows(
        toldSchema,
        `SELECT places, comment_id AS "commentId", commented_at AS "commentedAt", comment_from AS "commentFrom"
         FROM told_places
         WHERE repository_id = $1 AND number = $2`,
        [repositoryId, number],
      );
      return row ?? null;
    },

    async tell(repositoryId, number, { places, commentId, commentedAt, commentFrom }) {
      await queries.run(
        `INSERT INTO told_places (repository_id, number, places, comment_id, commented_at, comment_from)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (repository_id, number) DO UPDATE
         SET places = $3, comment_id = $4, commented_at = $5, comment_from = $6`,
        [repositoryId, number, places, commentId, commentedAt, commentFrom],
      );
    },

    async leave(sourceId, { repositoryId, number, fingerprints }) {
      await queries.run(
        `INSERT INTO former_issues (repository_id, number, source_id, fingerprints) VALUES ($1, $2, $3, $4)
         ON CONFLICT (repository_id, number) DO UPDATE SET source_id = $3, retired_at = null, fingerprints = ARRAY(
           SELECT DISTINCT each FROM unnest(former_issues.fingerprints || $4::text[]) AS each ORDER BY each)`,
        [repositoryId, number, sourceId, [...new Set(fingerprints)].toSorted()],
      );
    },

    left: (sourceId) =>
      queries.rows(
        formerSchema,
        `SELECT repository_id AS "repositoryId", number, fingerprints, retired_at AS "retiredAt" FROM former_issues
         WHERE source_id = $1 ORDER BY repository_id, number`,
        [sourceId],
      ),

    async retired(repositoryId, number, at) {
      await queries.run("UPDATE former_issues SET retired_at = $3 WHERE repository_id = $1 AND number = $2", [
        repositoryId,
        number,
        at,
      ]);
    },

    async returned(repositoryId, number) {
      await queries.run("DELETE FROM former_issues WHERE repository_id = $1 AND number = $2", [
        repositoryId,
        number,
      ]);
    },
  };
}
