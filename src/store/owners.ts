import { z } from "zod";
import { coverageSchema } from "../domain/index.ts";
import type { Queries } from "./database.ts";
import { drillRecordSchema, ownersLeakSchema, summaryRecordSchema } from "./notice-record.ts";
import type { Owners } from "./notice-record.ts";

const DRILL = `installation_id AS "installationId", number, repository_id AS "repositoryId", issue_number AS "issueNumber",
  issue_url AS "issueUrl", asked_at AS "askedAt", opened_at AS "openedAt", closed_at AS "closedAt",
  closed_by AS "closedBy", outcome, tasks, tasks_done AS "tasksDone"`;

const LEAK = `l.repository_id AS "repositoryId", r.owner, r.name, l.fingerprint, l.kind, l.mode, l.confidence, l.redacted,
  l.found_at AS "foundAt", l.report_repository_id AS "reportRepositoryId", l.issue_url AS "issueUrl"`;

const LEAKS =
  "leaks AS l JOIN repositories AS r ON r.id = l.repository_id AND r.installation_id = $1 AND r.state <> 'removed'";

const unreadSchema = z.object({
  repositoryId: z.coerce.number(),
  owner: z.string(),
  name: z.string(),
  head: z.string(),
  problem: z.string().nullable(),
  coverage: coverageSchema,
});

/** What the record keeps for each owner, over PostgreSQL. */
export function createOwners(queries: Queries): Owners {
  return {
    active: () =>
      queries.rows(
        z.object({ installationId: z.coerce.number(), repositoryId: z.coerce.number() }),
        `SELECT installation_id AS "installationId", min(id) AS "repositoryId" FROM repositories
         WHERE state = 'active' GROUP BY installation_id ORDER BY installation_id`,
      ),

    async summary(installationId) {
      const [row] = await queries.rows(
        summaryRecordSchema,
        `SELECT repository_id AS "repositoryId", issue_number AS "issueNumber", asked_at AS "askedAt", digest
         FROM owner_summaries WHERE installation_id = $1`,
        [installationId],
      );
      return row ?? null;
    },

    async putSummary(installationId, { repositoryId, issueNumber, askedAt, digest }) {
      await queries.run(
        `INSERT INTO owner_summaries (installation_id, repository_id, issue_number, asked_at, digest)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (installation_id) DO UPDATE
         SET repository_id = $2, issue_number = $3, asked_at = $4, digest = $5`,
        [installationId, repositoryId, issueNumber, askedAt, digest],
      );
    },

    drills: (installationId) =>
      queries.rows(
        drillRecordSchema,
        `SELECT ${DRILL} FROM drills WHERE installation_id = $1 ORDER BY number`,
        [installationId],
      ),

    async putDrill(drill) {
      await queries.run(
        `INSERT INTO drills (installation_id, number, repository_id, issue_number, issue_url, asked_at, opened_at,
           closed_at, closed_by, outcome, tasks, tasks_done)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (installation_id, number) DO UPDATE
         SET repository_id = $3, issue_number = $4, issue_url = $5, asked_at = $6, opened_at = $7, closed_at = $8,
           closed_by = $9, outcome = $10, tasks = $11, tasks_done = $12`,
        [
          drill.installationId,
          drill.number,
          drill.repositoryId,
          drill.issueNumber,
          drill.issueUrl,
          drill.askedAt,
          drill.openedAt,
          drill.closedAt,
          drill.closedBy,
          drill.outcome,
          drill.tasks,
          drill.tasksDone,
        ],
      );
    },

    async drillOf({ repositoryId, issueNumber }) {
      const [row] = await queries.rows(
        drillRecordSchema,
        `SELECT ${DRILL} FROM drills WHERE repository_id = $1 AND issue_number = $2 ORDER BY number DESC LIMIT 1`,
        [repositoryId, issueNumber],
      );
      return row ?? null;
    },

    openLeaks: (installationId, limit) =>
      queries.rows(
        ownersLeakSchema,
        `SELECT ${LEAK}, NULL AS "rolledAt" FROM ${LEAKS} WHERE l.state = 'open'
         ORDER BY l.found_at, l.repository_id, l.fingerprint LIMIT $2`,
        [installationId, limit],
      ),

    async countOpenLeaks(installationId) {
      const [row] = await queries.rows(
        z.object({ count: z.int() }),
        `SELECT count(DISTINCT (l.report_repository_id, l.fingerprint)) AS count FROM ${LEAKS} WHERE l.state = 'open'`,
        [installationId],
      );
      return row?.count ?? 0;
    },

    rolledLeaks: (installationId, since, limit) =>
      queries.rows(
        ownersLeakSchema,
        `SELECT ${LEAK}, e.at AS "rolledAt" FROM ${LEAKS}
         JOIN LATERAL (
           SELECT max(at) AS at FROM leak_events AS e
           WHERE e.repository_id = l.repository_id AND e.fingerprint = l.fingerprint AND e.to_state = 'rolled'
         ) AS e ON e.at >= $2
         WHERE l.state = 'rolled' ORDER BY e.at DESC, l.repository_id, l.fingerprint LIMIT $3`,
        [installationId, since, limit],
      ),

    async unreadHeads(installationId, limit) {
      const rows = await queries.rows(
        unreadSchema,
        `SELECT s.repository_id AS "repositoryId", r.owner, r.name, s.head, s.problem, s.coverage
         FROM scopes AS s JOIN repositories AS r ON r.id = s.repository_id AND r.installation_id = $1
         WHERE r.state <> 'removed' AND s.ended IS NULL
           AND (s.state = 'failed' OR (s.state = 'read' AND s.coverage->'gaps' <> '[]'::jsonb))
         ORDER BY s.noted_at DESC, s.repository_id, s.head, s.id LIMIT $2`,
        [installationId, limit],
      );
      return rows.map(({ coverage, ...head }) => ({ ...head, gaps: coverage.gaps }));
    },
  };
}
