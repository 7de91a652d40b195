/** Reporting histories, over PostgreSQL: a key that waits is a row, so a killed process goes on where it was. */
import { z } from "zod";
import { HISTORY_TRUSTS } from "../domain/index.ts";
import type { Queries } from "./database.ts";
import {
  firstPlaceSchema,
  historyCheckSchema,
  KEY_STANDINGS,
  keyCountsSchema,
  unreadHistorySchema,
} from "./history-report-record.ts";
import type { HistoryChecks, HistoryKeys } from "./history-report-record.ts";
import { json } from "./queries.ts";

const ofInstallation =
  "JOIN repositories AS r ON r.id = k.repository_id AND r.state = 'active' AND r.installation_id = $1";

/** Newest accounts first, then what the default branch still shows. */
const ORDER = `k.account_created COLLATE "C" DESC NULLS LAST, k.at_tip DESC, k.repository_id, k.fingerprint COLLATE "C"`;

const WAITS = "k.standing = 'issue' AND k.told_at IS NULL AND k.added_at IS NULL";

const PLACE = `SELECT f.repository_id AS "repositoryId", f.finding, f.origin, f.trust, f.pulls, bool_or(f.at_tip) OVER key AS "atTip",
  row_number() OVER (PARTITION BY f.repository_id, f.fingerprint ORDER BY f.arrival) AS number, f.fingerprint, f.arrival`;

const idSchema = z.object({ id: z.coerce.number() });

/** Which keys of histories get an issue, over PostgreSQL. */
export function createHistoryKeys(queries: Queries): HistoryKeys {
  return {
    async plan(repositoryId, keys) {
      await queries.run(
        `DELETE FROM history_keys WHERE repository_id = $1 AND told_at IS NULL AND added_at IS NULL AND fingerprint <> ALL($2::text[])`,
        [repositoryId, keys.map(({ fingerprint }) => fingerprint)],
      );
      await queries.run(
        `INSERT INTO history_keys (repository_id, fingerprint, standing, account_created, at_tip)
         SELECT $1, k->>'fingerprint', k->>'standing', k->>'accountCreated', (k->>'isAtTip')::boolean
         FROM jsonb_array_elements($2::jsonb) AS k
         ON CONFLICT (repository_id, fingerprint) DO UPDATE
         SET standing = excluded.standing, account_created = excluded.account_created, at_tip = excluded.at_tip,
             -- What was begun goes on; what is done begins again.
             added_at = CASE WHEN history_keys.told_at IS NULL THEN history_keys.added_at END, told_at = NULL`,
        [repositoryId, json(keys)],
      );
    },

    async next(installationId) {
      const [row] = await queries.rows(
        idSchema,
        `SELECT k.repository_id AS id FROM history_keys AS k ${ofInstallation} WHERE ${WAITS} ORDER BY ${ORDER} LIMIT 1`,
        [installationId],
      );
      return row?.id ?? null;
    },

    async waiting(repositoryId) {
      const rows = await queries.rows(
        z.object({ fingerprint: z.string() }),
        `SELECT k.fingerprint FROM history_keys AS k WHERE k.repository_id = $1 AND ${WAITS} ORDER BY ${ORDER}`,
        [repositoryId],
      );
      return rows.map(({ fingerprint }) => fingerprint);
    },

    standings: (repositoryId) =>
      queries.rows(
        z.object({ fingerprint: z.string(), standing: z.enum(KEY_STANDINGS), isTold: z.boolean() }),
        `SELECT fingerprint, standing, told_at IS NOT NULL AS "isTold" FROM history_keys WHERE repository_id = $1
         ORDER BY fingerprint COLLATE "C"`,
        [repositoryId],
      ),

    async added(repositoryId, fingerprints, at) {
      await queries.run(
        "UPDATE history_keys SET added_at = $3 WHERE repository_id = $1 AND fingerprint = ANY($2::text[])",
        [repositoryId, [...fingerprints], at],
      );
    },

    async told(repositoryId, fingerprints, at) {
      await queries.run(
        "UPDATE history_keys SET told_at = $3 WHERE repository_id = $1 AND fingerprint = ANY($2::text[])",
        [repositoryId, [...fingerprints], at],
      );
    },

    async unfinished(installationId) {
      const [row] = await queries.rows(
        z.object({ repositoryId: z.coerce.number(), fingerprints: z.array(z.string()) }),
        `SELECT k.repository_id AS "repositoryId",
           array_agg(k.fingerprint ORDER BY k.fingerprint COLLATE "C") AS fingerprints
         FROM history_keys AS k ${ofInstallation}
         WHERE k.standing = 'issue' AND k.told_at IS NULL AND k.added_at IS NOT NULL
         GROUP BY k.repository_id ORDER BY k.repository_id LIMIT 1`,
        [installationId],
      );
      return row ?? null;
    },

    async lastAddedAt(installationId) {
      const [row] = await queries.rows(
        z.object({ at: z.date().nullable() }),
        `SELECT max(k.added_at) AS at FROM history_keys AS k
         JOIN repositories AS r ON r.id = k.repository_id AND r.installation_id = $1`,
        [installationId],
      );
      return row?.at ?? null;
    },

    installationsWaiting: () =>
      queries.rows(
        z.object({ installationId: z.coerce.number(), repositoryId: z.coerce.number() }),
        `SELECT r.installation_id AS "installationId", min(r.id) AS "repositoryId"
         FROM history_keys AS k JOIN repositories AS r ON r.id = k.repository_id AND r.state = 'active'
         WHERE k.standing = 'issue' AND k.told_at IS NULL GROUP BY r.installation_id ORDER BY r.installation_id`,
      ),

    async firstPlaces(of) {
      const rows = await queries.rows(
        z.object({ fingerprint: z.string() }).loose(),
        `SELECT DISTINCT ON (fingerprint) * FROM (
           ${PLACE} FROM unnest($1::bigint[], $2::text[]) AS l (repository_id, fingerprint)
           JOIN history_findings AS f USING (repository_id, fingerprint)
           WHERE f.trust = 'writer' AND EXISTS (SELECT FROM history_keys AS k WHERE k.repository_id = f.repository_id
             AND k.fingerprint = f.fingerprint AND k.standing = 'issue')
           WINDOW key AS (PARTITION BY f.fingerprint)
         ) AS places WHERE number = 1 ORDER BY fingerprint, arrival`,
        [of.map(({ repositoryId }) => repositoryId), of.map(({ fingerprint }) => fingerprint)],
      );
      return new Map(rows.map((row) => [row.fingerprint, firstPlaceSchema.parse(row)]));
    },

    async trusts(repositoryId, fingerprint) {
      const rows = await queries.rows(
        z.object({ trust: z.enum(HISTORY_TRUSTS) }),
        "SELECT DISTINCT trust FROM history_findings WHERE repository_id = $1 AND fingerprint = $2 ORDER BY trust",
        [repositoryId, fingerprint],
      );
      return rows.map(({ trust }) => trust);
    },

    async counts(installationId) {
      const [row] = await queries.rows(
        keyCountsSchema,
        `SELECT count(*) FILTER (WHERE k.standing = 'issue' AND k.told_at IS NULL) AS waiting,
           count(*) FILTER (WHERE k.standing = 'summary') AS summary,
           count(*) FILTER (WHERE k.standing = 'stranger') AS stranger
         FROM history_keys AS k ${ofInstallation}`,
        [installationId],
      );
      return keyCountsSchema.parse(row);
    },

    async unfiled(installationId, limit) {
      const rows = await queries.rows(
        z.object({ owner: z.string(), name: z.string() }).loose(),
        `SELECT places.*, r.owner, r.name FROM (
           SELECT k.* FROM history_keys AS k ${ofInstallation} WHERE k.standing = 'summary' ORDER BY ${ORDER} LIMIT $2
         ) AS k JOIN repositories AS r ON r.id = k.repository_id
         JOIN LATERAL (
           ${PLACE} FROM history_findings AS f
           WHERE f.repository_id = k.repository_id AND f.fingerprint = k.fingerprint AND f.trust = 'writer'
           WINDOW key AS (PARTITION BY f.fingerprint)
         ) AS places ON places.number = 1 ORDER BY ${ORDER}`,
        [installationId, limit],
      );
      return rows.map((row) => ({ ...firstPlaceSchema.parse(row), owner: row.owner, name: row.name }));
    },

    unread: (installationId, limit) =>
      queries.rows(
        unreadHistorySchema,
        `SELECT k.repository_id AS "repositoryId", r.owner, r.name, k.state, k.problem, k.gaps
         FROM histories AS k ${ofInstallation}
         WHERE k.state IN ('too_large', 'failed') OR k.gaps <> '[]'::jsonb ORDER BY k.repository_id LIMIT $2`,
        [installationId, limit],
      ),

    async histories(installationId, limit) {
      const rows = await queries.rows(
        idSchema,
        `SELECT k.repository_id AS id FROM histories AS k ${ofInstallation}
         ORDER BY k.repository_id LIMIT $2`,
        [installationId, limit],
      );
      return rows.map(({ id }) => id);
    },
  };
}

/** The check run on each history, over PostgreSQL. */
export function createHistoryChecks(queries: Queries): HistoryChecks {
  return {
    async find(repositoryId) {
      const [row] = await queries.rows(
        historyCheckSchema,
        `SELECT head, asked_at AS "askedAt", former, moves FROM history_checks WHERE repository_id = $1`,
        [repositoryId],
      );
      return row ?? null;
    },

    async put(repositoryId, { head, askedAt, former, moves }) {
      await queries.run(
        `INSERT INTO history_checks (repository_id, head, asked_at, former, moves) VALUES ($1, $2, $3, $4::jsonb, $5)
         ON CONFLICT (repository_id) DO UPDATE SET head = $2, asked_at = $3, former = $4::jsonb, moves = $5`,
        [repositoryId, head, askedAt, json(former), moves],
      );
    },
  };
}
