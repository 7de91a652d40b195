import { z } from "zod";
import { commitScanSchema, unopenedSchema } from "../domain/index.ts";
import type { Queries } from "./database.ts";
import { json } from "./queries.ts";
import type { CommitScans } from "./record.ts";

const rowSchema = commitScanSchema
  .extend({ unopened: z.array(unopenedSchema).nullable() })
  .transform(({ unopened, ...scan }) => (unopened === null ? scan : { ...scan, unopened }));

/** The scans of commits, over PostgreSQL. */
export function createCommitScans(queries: Queries): CommitScans {
  return {
    async find(repositoryId, detectorVersion, commits) {
      const rows = await queries.rows(
        rowSchema,
        `SELECT sha, parents, files, findings, gaps, nullif(unopened, '[]') AS unopened FROM commit_scans
         WHERE repository_id = $1 AND detector_version = $2 AND sha = ANY($3::text[])`,
        [repositoryId, detectorVersion, [...commits]],
      );
      return new Map(rows.map((row) => [row.sha, row]));
    },

    async save(repositoryId, detectorVersion, scans, at) {
      await queries.run(
        `INSERT INTO commit_scans (repository_id, sha, detector_version, parents, files, findings, gaps, scanned_at,
           unopened)
         SELECT $1, s->>'sha', $2, s->'parents', (s->>'files')::integer, s->'findings', s->'gaps', $4,
           coalesce(s->'unopened', '[]')
         FROM jsonb_array_elements($3::jsonb) AS s
         ON CONFLICT (repository_id, sha, detector_version) DO UPDATE
         SET parents = excluded.parents, files = excluded.files, findings = excluded.findings, gaps = excluded.gaps,
             scanned_at = excluded.scanned_at, unopened = excluded.unopened
         WHERE jsonb_array_length(commit_scans.gaps) > 0`,
        [repositoryId, detectorVersion, json(scans), at],
      );
    },
  };
}
