import { z } from "zod";
import type { Queries } from "./database.ts";
import { json } from "./queries.ts";
import type { NotedRefs } from "./record.ts";

/** The noted refs of the record over PostgreSQL. GitHub takes no name of more than 255 bytes. */
export function createNotedRefs(queries: Queries): NotedRefs {
  return {
    async all(repositoryId) {
      const rows = await queries.rows(
        z.object({ ref: z.string(), object: z.string() }),
        "SELECT ref, object FROM noted_refs WHERE repository_id = $1",
        [repositoryId],
      );
      return new Map(rows.map(({ ref, object }) => [ref, object]));
    },

    async put(repositoryId, refs) {
      if (refs.length === 0) return;
      await queries.run(
        `INSERT INTO noted_refs (repository_id, ref, object)
         SELECT $1, r->>'ref', r->>'object' FROM jsonb_array_elements($2::jsonb) AS r
         ON CONFLICT (repository_id, ref) DO UPDATE SET object = excluded.object`,
        [repositoryId, json(refs.map(({ ref, object }) => ({ ref, object })))],
      );
    },

    async remove(repositoryId, refs) {
      if (refs.length === 0) return;
      await queries.run("DELETE FROM noted_refs WHERE repository_id = $1 AND ref = ANY($2::text[])", [
        repositoryId,
        [...refs],
      ]);
    },
  };
}
