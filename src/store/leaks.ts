/**
 * The leaks of the record over PostgreSQL: one row per credential and repository, with its locations and the history of its
 * state in separate tables. A state changes only from the state that the caller saw.
 */
import { z } from "zod";
import { findingSchema, leakEventSchema } from "../domain/index.ts";
import type { Queries } from "./database.ts";
import { json } from "./queries.ts";
import { leakSchema, MAX_LOCATIONS, placeOf } from "./leak-record.ts";
import type { Leaks } from "./record.ts";

const COLUMNS = `repository_id AS "repositoryId", fingerprint, state, state_actor AS "stateActor",
  state_how AS "stateHow", state_at AS "stateAt", settled_event AS "settledEvent", kind, mode, confidence, redacted, account, account_created AS "accountCreated",
  found_at AS "foundAt", report_repository_id AS "reportRepositoryId", issue_number AS "issueNumber",
  issue_url AS "issueUrl", issue_asked_at AS "issueAskedAt", issue_digest AS "issueDigest",
  report_problem AS "reportProblem", neutral_at AS "neutralAt", from_history AS "fromHistory"`;

const placeSchema = z.object({
  repositoryId: z.coerce.number(),
  fingerprint: z.string(),
  finding: findingSchema,
  foundAt: z.date(),
  total: z.coerce.number(),
  firstAt: z.date(),
});

/** The leaks of the record over PostgreSQL. */
export function createLeaks(queries: Queries): Leaks {
  return {
    async find(repositoryId, fingerprints) {
      // A clean push asks for none.
      if (fingerprints.length === 0) return new Map();
      const rows = await queries.rows(
        leakSchema,
        `SELECT ${COLUMNS} FROM leaks WHERE repository_id = $1 AND fingerprint = ANY($2::text[])`,
        [repositoryId, [...fingerprints]],
      );
      return new Map(rows.map((row) => [row.fingerprint, row]));
    },

    all: (repositoryId) =>
      queries.rows(
        leakSchema,
        `SELECT ${COLUMNS} FROM leaks WHERE repository_id = $1 ORDER BY found_at, fingerprint`,
        [repositoryId],
      ),

    sharing: (reportRepositoryId, fingerprint) =>
      queries.rows(
        leakSchema,
        `SELECT ${COLUMNS} FROM leaks WHERE report_repository_id = $1 AND fingerprint = $2 ORDER BY repository_id`,
        [reportRepositoryId, fingerprint],
      ),

    reportedIn: (reportRepositoryId) =>
      queries.rows(
        leakSchema,
        `SELECT ${COLUMNS} FROM leaks WHERE report_repository_id = $1 ORDER BY found_at, fingerprint, repository_id`,
        [reportRepositoryId],
      ),

    withIssue: (reportRepositoryId, issueNumber) =>
      queries.rows(
        leakSchema,
        `SELECT ${COLUMNS} FROM leaks WHERE report_repository_id = $1 AND issue_number = $2
         ORDER BY found_at, fingerprint, repository_id`,
        [reportRepositoryId, issueNumber],
      ),

    async add(repositoryId, leaks, at) {
      if (leaks.length === 0) return;
      await queries.run(
        `WITH found AS (
           SELECT l->'leak' AS leak, (l->>'reportRepositoryId')::bigint AS place,
             coalesce((l->>'fromHistory')::boolean, false) AS from_history FROM jsonb_array_elements($2::jsonb) AS l
         ), added AS (
           INSERT INTO leaks (repository_id, fingerprint, state, kind, mode, confidence, redacted, account,
             account_created, found_at, report_repository_id, issue_number, issue_url, state_actor, state_how, state_at,
             settled_event, from_history)
           SELECT $1, leak->>'fingerprint', coalesce(other.state, 'open'), leak->>'kind', leak->>'mode',
             leak->>'confidence', leak->>'redacted', leak->>'account', leak->>'accountCreated', $3, place,
             other.issue_number, other.issue_url, other.state_actor, other.state_how, other.state_at, other.settled_event,
             found.from_history
           FROM found LEFT JOIN LATERAL (
             SELECT * FROM leaks AS known
             WHERE known.report_repository_id = place AND known.fingerprint = leak->>'fingerprint'
             ORDER BY array_position(ARRAY['open', 'rolled', 'dismissed'], known.state), known.repository_id LIMIT 1
           ) AS other ON true
           ON CONFLICT (repository_id, fingerprint) DO NOTHING RETURNING fingerprint, state
         )
         INSERT INTO leak_events (repository_id, fingerprint, from_state, to_state, actor, how, at)
         SELECT $1, fingerprint, null, state, null, 'found', $3 FROM added`,
        [repositoryId, json(leaks), at],
      );
      const pushed = leaks.filter(({ fromHistory }) => fromHistory !== true);
      await queries.run(
        "UPDATE leaks SET from_history = false WHERE repository_id = $1 AND fingerprint = ANY($2::text[]) AND from_history",
        [repositoryId, pushed.map(({ leak }) => leak.fingerprint)],
      );
      const locations = leaks.flatMap(({ leak: { fingerprint }, locations: found }) =>
        found.map((finding) => ({ fingerprint, place: placeOf(finding), finding })),
      );
      await queries.run(
        `INSERT INTO leak_locations (repository_id, fingerprint, place, finding, found_at)
         SELECT $1, l->>'fingerprint', l->>'place', l->'finding', $3
         FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS found (l, position) ORDER BY position
         ON CONFLICT (repository_id, fingerprint, place) DO NOTHING`,
        [repositoryId, json(locations), at],
      );
      await queries.run(
        `DELETE FROM leak_locations AS old USING (
           SELECT fingerprint, (SELECT arrival FROM leak_locations AS l WHERE l.repository_id = $1
             AND l.fingerprint = f.fingerprint ORDER BY arrival DESC OFFSET $3 LIMIT 1) AS last
           FROM unnest($2::text[]) AS f (fingerprint)
         ) AS overfull WHERE old.repository_id = $1 AND old.fingerprint = overfull.fingerprint
           AND old.arrival <= overfull.last`,
        [repositoryId, leaks.map(({ leak }) => leak.fingerprint), MAX_LOCATIONS],
      );
    },

    async locations(repositoryId, fingerprints) {
      const rows = await queries.rows(
        z.object({ finding: findingSchema }),
        `SELECT finding FROM leak_locations WHERE repository_id = $1 AND fingerprint = ANY($2::text[])
         ORDER BY arrival`,
        [repositoryId, [...fingerprints]],
      );
      return Map.groupBy(
        rows.map((row) => row.finding),
        (finding) => finding.fingerprint,
      );
    },

    async newestPlaces(of, limit) {
      const rows = await queries.rows(
        placeSchema,
        `SELECT repository_id AS "repositoryId", fingerprint, finding, found_at AS "foundAt", total, first_at AS "firstAt"
         FROM (
           SELECT l.repository_id, l.fingerprint, p.finding, p.found_at, p.arrival,
             row_number() OVER by_key AS position, count(*) OVER whole AS total, min(p.found_at) OVER whole AS first_at
           FROM unnest($1::bigint[], $2::text[]) AS l (repository_id, fingerprint)
           JOIN leak_locations AS p USING (repository_id, fingerprint)
           WINDOW whole AS (PARTITION BY l.fingerprint), by_key AS (PARTITION BY l.fingerprint ORDER BY p.arrival DESC)
         ) AS places WHERE position <= $3 ORDER BY arrival DESC`,
        [of.map(({ repositoryId }) => repositoryId), of.map(({ fingerprint }) => fingerprint), limit],
      );
      const byKey = Map.groupBy(rows, (row) => row.fingerprint);
      return new Map(
        [...byKey].map(([fingerprint, places]) => [
          fingerprint,
          {
            total: places[0]?.total ?? 0,
            firstAt: places[0]?.firstAt ?? null,
            places: places.map(({ repositoryId, finding, foundAt }) => ({ repositoryId, finding, foundAt })),
          },
        ]),
      );
    },

    async noteProblem(repositoryId, fingerprints, problem) {
      await queries.run(
        "UPDATE leaks SET report_problem = $3 WHERE repository_id = $1 AND fingerprint = ANY($2::text[])",
        [repositoryId, [...fingerprints], problem],
      );
    },

    async setNeutralAt(repositoryId, fingerprints, at) {
      await queries.run(
        "UPDATE leaks SET neutral_at = $3 WHERE repository_id = $1 AND fingerprint = ANY($2::text[])",
        [repositoryId, [...fingerprints], at],
      );
    },

    async changeState(repositoryId, fingerprint, { from, to, actor, how, at }, settles = null) {
      const rows = await queries.rows(
        z.object({ fingerprint: z.string() }),
        `WITH changed AS (
           UPDATE leaks SET state = $4,
             -- While it stays open, an event is history only.
             state_actor = CASE WHEN $3 = 'open' AND $4 = 'open' THEN state_actor ELSE $5 END,
             state_how = CASE WHEN $3 = 'open' AND $4 = 'open' THEN state_how ELSE $6 END,
             state_at = CASE WHEN $3 = 'open' AND $4 = 'open' THEN state_at ELSE $7 END,
             settled_event = coalesce($8, settled_event)
           WHERE repository_id = $1 AND fingerprint = $2 AND state = $3 RETURNING fingerprint
         )
         INSERT INTO leak_events (repository_id, fingerprint, from_state, to_state, actor, how, at)
         SELECT $1, fingerprint, $3, $4, $5, $6, $7 FROM changed RETURNING fingerprint`,
        [repositoryId, fingerprint, from, to, actor, how, at, settles],
      );
      return rows.length > 0;
    },

    events: (repositoryId, fingerprint) =>
      queries.rows(
        leakEventSchema,
        `SELECT from_state AS "from", to_state AS "to", actor, how, at FROM leak_events
         WHERE repository_id = $1 AND fingerprint = $2 ORDER BY number`,
        [repositoryId, fingerprint],
      ),

    async issueAsked(repositoryId, fingerprints, at) {
      await queries.run(
        "UPDATE leaks SET issue_asked_at = $3 WHERE repository_id = $1 AND fingerprint = ANY($2::text[])",
        [repositoryId, [...fingerprints], at],
      );
    },

    async issueOpened(repositoryId, fingerprints, issue) {
      await queries.run(
        `UPDATE leaks SET report_repository_id = $3, issue_number = $4, issue_url = $5, issue_digest = $6,
           report_problem = null
         WHERE repository_id = $1 AND fingerprint = ANY($2::text[])`,
        [repositoryId, [...fingerprints], issue.repositoryId, issue.number, issue.url, issue.digest],
      );
    },

    async issueGone(repositoryId, fingerprints) {
      await queries.run(
        `UPDATE leaks SET issue_number = null, issue_url = null, issue_digest = null
         WHERE repository_id = $1 AND fingerprint = ANY($2::text[])`,
        [repositoryId, [...fingerprints]],
      );
    },

    async reportFailed(repositoryId, fingerprints, problem) {
      await queries.run(
        `UPDATE leaks SET report_problem = $3
         WHERE repository_id = $1 AND fingerprint = ANY($2::text[]) AND issue_number IS NULL`,
        [repositoryId, [...fingerprints], problem],
      );
    },

    async unreported(limit) {
      const rows = await queries.rows(
        z.object({ id: z.coerce.number() }),
        `SELECT DISTINCT repository_id AS id FROM leaks WHERE state = 'open' AND issue_number IS NULL
           AND EXISTS (SELECT FROM repositories AS r WHERE r.id = repository_id AND r.state = 'active')
         ORDER BY id LIMIT $1`,
        [limit],
      );
      return rows.map((row) => row.id);
    },

    async withOpen(limit, installationId) {
      const rows = await queries.rows(
        z.object({ id: z.coerce.number() }),
        `SELECT r.id FROM repositories AS r WHERE r.state = 'active' AND ($2::bigint IS NULL OR r.installation_id = $2) AND (
           EXISTS (SELECT FROM leaks AS l WHERE l.repository_id = r.id AND l.state = 'open')
           OR EXISTS (SELECT FROM former_issues AS f WHERE f.source_id = r.id AND f.retired_at IS NULL))
         ORDER BY id LIMIT $1`,
        [limit, installationId ?? null],
      );
      return rows.map((row) => row.id);
    },
  };
}
