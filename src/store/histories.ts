/**
 * Reading whole histories, over PostgreSQL. The rows are the cursor: which repositories are due, and how far each is. A
 * repository that is not active is never due, and keeps what was found.
 */
import { z } from "zod";
import { findingSchema, HISTORY_TRUSTS, originSchema } from "../domain/index.ts";
import type { Queries } from "./database.ts";
import { historyRecordSchema, historyTotalsSchema, oncePerPlace } from "./history-record.ts";
import type { Histories } from "./history-record.ts";
import { json } from "./queries.ts";

const COLUMNS = `repository_id AS "repositoryId", state, problem, gaps, detector_version AS "detectorVersion",
  size_bytes AS "sizeBytes", bytes_done AS "bytesDone", objects_done AS "objectsDone", objects_total AS "objectsTotal",
  round, failures, due_at AS "dueAt", began_at AS "beganAt", read_at AS "readAt", reported_at AS "reportedAt"`;

const foundSchema = z
  .object({
    finding: findingSchema,
    origin: originSchema,
    atTip: z.boolean().nullable(),
    trust: z.enum(HISTORY_TRUSTS),
    pulls: z.array(z.int()),
  })
  .transform(({ atTip, origin, ...rest }) => ({ ...rest, origin: { ...origin, isAtTip: atTip } }));

/** Nothing is planned for more than a week ahead: a later time was noted while a clock was wrong. */
function isDue(column: string, now: string): string {
  return `(${column} <= ${now} OR ${column} > ${now}::timestamptz + interval '8 days')`;
}

/** Reading whole histories, over PostgreSQL. */
export function createHistories(queries: Queries): Histories {
  return {
    async find(repositoryId) {
      const [row] = await queries.rows(
        historyRecordSchema,
        `SELECT ${COLUMNS} FROM histories WHERE repository_id = $1`,
        [repositoryId],
      );
      return row ?? null;
    },

    async ask(repositoryIds, at) {
      await queries.run(
        `INSERT INTO histories (repository_id, state, due_at)
         SELECT DISTINCT id, 'waiting', $2::timestamptz FROM unnest($1::bigint[]) AS id
         ON CONFLICT (repository_id) DO UPDATE SET due_at = least(histories.due_at, excluded.due_at)`,
        [[...repositoryIds], at],
      );
    },

    async noteSize(repositoryId, bytes) {
      await queries.run("UPDATE histories SET size_bytes = $2 WHERE repository_id = $1", [
        repositoryId,
        bytes,
      ]);
    },

    async askOutdated(detectorVersion, at) {
      const rows = await queries.rows(
        z.object({ count: z.int() }),
        `WITH asked AS (
           UPDATE histories SET due_at = $2 WHERE detector_version <> $1 AND due_at > $2 AND state IN ('read', 'failed')
           RETURNING 1)
         SELECT count(*) AS count FROM asked`,
        [detectorVersion, at],
      );
      return rows[0]?.count ?? 0;
    },

    due: (now, each, installationId) =>
      queries.rows(
        z.object({ repositoryId: z.coerce.number(), installationId: z.coerce.number(), round: z.int() }),
        `SELECT "repositoryId", "installationId", round FROM (
           SELECT h.repository_id AS "repositoryId", r.installation_id AS "installationId", h.round,
             row_number() OVER (PARTITION BY r.installation_id ORDER BY h.size_bytes NULLS LAST, h.repository_id) AS place
           FROM histories AS h JOIN repositories AS r ON r.id = h.repository_id
           WHERE ${isDue("h.due_at", "$1")} AND r.state = 'active' AND ($3::bigint IS NULL OR r.installation_id = $3)
         ) AS waiting WHERE place <= $2 ORDER BY "installationId", place`,
        [now, each, installationId],
      ),

    async begin(repositoryId, now, until) {
      const rows = await queries.rows(
        z.object({ id: z.coerce.number() }),
        `UPDATE histories SET state = 'reading', began_at = $2, due_at = $3, bytes_done = 0, objects_done = 0,
           objects_total = NULL
         WHERE repository_id = $1 AND (${isDue("due_at", "$2")} OR state = 'reading') RETURNING repository_id AS id`,
        [repositoryId, now, until],
      );
      return rows.length > 0;
    },

    async noteProgress(repositoryId, { bytes, objects, objectsTotal }) {
      await queries.run(
        `UPDATE histories SET bytes_done = $2, objects_done = $3, objects_total = $4
         WHERE repository_id = $1 AND state = 'reading'`,
        [repositoryId, bytes, objects, objectsTotal],
      );
    },

    async finish(repositoryId, reading) {
      const { findings, gaps, detectorVersion, isWhole, atTip, bytes, objects, at, dueAt } = reading;
      const { tips, holders } = reading;
      await queries.run(
        `INSERT INTO history_findings (repository_id, fingerprint, place, finding, origin, at_tip, trust, pulls,
           detector_version, found_at, seen_at)
         SELECT $1, f->'finding'->>'fingerprint', f->>'place', f->'finding', f->'origin',
           (f->'origin'->>'isAtTip')::boolean, f->>'trust',
           ARRAY(SELECT jsonb_array_elements_text(f->'pulls')::integer), $3, $4, $4
         FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS given (f, number) ORDER BY number
         ON CONFLICT (repository_id, fingerprint, place) DO UPDATE
         SET finding = excluded.finding, origin = excluded.origin, pulls = excluded.pulls,
             detector_version = excluded.detector_version, seen_at = excluded.seen_at,
             trust = CASE WHEN 'writer' IN (history_findings.trust, excluded.trust) THEN 'writer'
                          WHEN 'stranger' IN (history_findings.trust, excluded.trust) THEN 'stranger'
                          ELSE 'unknown' END`,
        [repositoryId, json(oncePerPlace(findings)), detectorVersion, at],
      );
      // What another version of the detector found and this one does not is no finding.
      if (isWhole && gaps.length === 0) {
        await queries.run(
          `DELETE FROM history_findings WHERE repository_id = $1 AND detector_version <> $2`,
          [repositoryId, detectorVersion],
        );
        await queries.run(`DELETE FROM blob_scans WHERE repository_id = $1 AND detector_version <> $2`, [
          repositoryId,
          detectorVersion,
        ]);
      }
      await queries.run(
        `INSERT INTO blob_scans (repository_id, blob, detector_version, findings, scanned_at)
         SELECT DISTINCT ON (h->>'blob') $1::bigint, h->>'blob', $3, h->'fingerprints', $4::timestamptz
         FROM jsonb_array_elements($2::jsonb) AS h
         ON CONFLICT (repository_id, blob, detector_version) DO UPDATE SET findings = excluded.findings`,
        [repositoryId, json(holders), detectorVersion, at],
      );
      if (atTip !== null) {
        await queries.run(
          `UPDATE history_findings SET at_tip = fingerprint = ANY($2::text[])
           WHERE repository_id = $1 AND origin->>'source' = 'file' AND ($3 OR finding->>'place' = 'content')`,
          [repositoryId, [...atTip], isWhole],
        );
      }
      await queries.run(
        `UPDATE histories SET state = 'read', problem = NULL, gaps = $2, detector_version = $3, tips = $4,
           bytes_done = $5, objects_done = $6, objects_total = $6, round = round + 1, failures = 0,
           -- What was asked for during the reading is still due.
           due_at = CASE WHEN due_at <= $8 THEN due_at ELSE $7 END, read_at = $8, reported_at = NULL, pull_tips = $9
         WHERE repository_id = $1`,
        [
          repositoryId,
          json(gaps),
          detectorVersion,
          [...tips.refs],
          bytes,
          objects,
          dueAt,
          at,
          [...tips.pulls],
        ],
      );
    },

    async fail(repositoryId, { state, problem, dueAt }) {
      await queries.run(
        `UPDATE histories SET state = $2, problem = $3, due_at = $4, round = round + 1, failures = failures + 1
         WHERE repository_id = $1`,
        [repositoryId, state, problem, dueAt],
      );
    },

    async tips(repositoryId, detectorVersion) {
      const [row] = await queries.rows(
        z.object({ refs: z.array(z.string()), pulls: z.array(z.string()) }),
        "SELECT tips AS refs, pull_tips AS pulls FROM histories WHERE repository_id = $1 AND detector_version = $2",
        [repositoryId, detectorVersion],
      );
      return row ?? null;
    },

    holders: (repositoryId, detectorVersion) =>
      queries.rows(
        z.object({ blob: z.string(), fingerprints: z.array(z.string()) }),
        `SELECT blob, findings AS fingerprints FROM blob_scans WHERE repository_id = $1 AND detector_version = $2
         ORDER BY blob COLLATE "C"`,
        [repositoryId, detectorVersion],
      ),

    findings: (repositoryId) =>
      queries.rows(
        foundSchema,
        `SELECT finding, origin, at_tip AS "atTip", trust, pulls FROM history_findings
         WHERE repository_id = $1 ORDER BY arrival`,
        [repositoryId],
      ),

    async setReportedAt(repositoryId, at) {
      await queries.run("UPDATE histories SET reported_at = $2 WHERE repository_id = $1", [repositoryId, at]);
    },

    async totals(installationId, recent) {
      const [row] = await queries.rows(
        historyTotalsSchema,
        `SELECT count(*) AS repositories,
           count(*) FILTER (WHERE h.state = 'waiting') AS waiting,
           count(*) FILTER (WHERE h.state = 'reading') AS reading,
           count(*) FILTER (WHERE h.read_at IS NOT NULL) AS read,
           count(*) FILTER (WHERE h.read_at IS NOT NULL AND h.gaps <> '[]') AS incomplete,
           count(*) FILTER (WHERE h.state = 'too_large') AS "tooLarge",
           count(*) FILTER (WHERE h.state = 'failed') AS failed,
           coalesce(sum(h.size_bytes) FILTER (WHERE h.state <> 'too_large'), 0) AS bytes,
           coalesce(sum(h.size_bytes) FILTER (WHERE h.read_at IS NOT NULL AND h.state <> 'too_large'), 0) AS "bytesRead",
           count(*) FILTER (WHERE h.read_at >= $2) AS "recentRepositories",
           coalesce(sum(h.size_bytes) FILTER (WHERE h.read_at >= $2), 0) AS "recentBytes",
           min(h.began_at) FILTER (WHERE h.read_at >= $2) AS "recentSince"
         FROM histories AS h JOIN repositories AS r ON r.id = h.repository_id
         WHERE r.state = 'active' AND ($1::bigint IS NULL OR r.installation_id = $1)`,
        [installationId, recent],
      );
      return historyTotalsSchema.parse(row);
    },
  };
}
