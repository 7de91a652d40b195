import { commitScanSchema } from "../domain/index.ts";
import type { Queries } from "./database.ts";
import { json } from "./queries.ts";
import type { CommitScans } from "./record.ts";

/** The scans of commits, over PostgreSQL. */
export function createCommitScans(queries: Queries): CommitScans {
  return {
    async find(repositoryId, detectorVersion, commits) {
      const rows = await queries.rows(
        commitScanSchema,
        `SELECT sha, parents, files, findings, gaps FROM commit_scans
         WHERE repository_id = $1 AND detector_version = $2 AND sha = ANY($3::text[])`,
        [repositoryId, detectorVersion, [...commits]],
      );
      return new Map(rows.map((row) => [row.sha, row]));
    },

    async save(repositoryId, detectorVersion, scans, at) {
      await queries.run(
        `INSERT INTO commit_scans (repository_id, sha, detector_version, parents, files, findings, gaps, scanned_at)
         SELECT $1, s->>'sha', $2, s->'parents', (s->>'files')::integer, s->'findings', s->'gaps', $4
         FROM jsonb_array_elements($3::jsonb) AS s
         ON CONFLICT (repository_id, sha, detector_version) DO UPDATE
         SET parents = excluded.parents, files = excluded.files, findings = excluded.findings, gaps = excluded.gaps,
             scanned_at = excluded.scanned_at
         WHERE jsonb_array_length(commit_scans.gaps) > 0`,
        [repositoryId, detectorVersion, json(scans), at],
      );
    },
  };
}
