import { z } from "zod";
import type { Queries } from "./database.ts";
import { json } from "./queries.ts";
import type { IgnoredKeys } from "./record.ts";

const rowSchema = z.object({ fingerprint: z.string(), login: z.string(), at: z.date() });

/** The test keys that people told the check to ignore, over PostgreSQL. */
export function createIgnoredKeys(queries: Queries): IgnoredKeys {
  return {
    async put(repositoryId, keys) {
      if (keys.length === 0) return;
      await queries.run(
        `INSERT INTO ignored_keys (repository_id, fingerprint, login, ignored_at)
         SELECT $1, k->>'fingerprint', k->>'login', (k->>'at')::timestamptz FROM jsonb_array_elements($2::jsonb) AS k
         ON CONFLICT (repository_id, fingerprint) DO NOTHING`,
        [repositoryId, json(keys)],
      );
    },

    async find(repositoryId, fingerprints) {
      // A clean push asks for none.
      if (fingerprints.length === 0) return new Map();
      const rows = await queries.rows(
        rowSchema,
        `SELECT fingerprint, login, ignored_at AS at FROM ignored_keys
         WHERE repository_id = $1 AND fingerprint = ANY($2::text[])`,
        [repositoryId, [...fingerprints]],
      );
      return new Map(rows.map((row) => [row.fingerprint, row]));
    },
  };
}
