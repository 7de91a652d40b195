/**
 * The scopes of the record over PostgreSQL. Noting a scope and recording its reading are different statements, so noting it
 * again never loses a reading, and a reading of an older generation is never recorded.
 */
import { z } from "zod";
import {
  coverageSchema,
  ENDINGS,
  SCOPE_STATES,
  scopeFactsSchema,
  scopeFindingSchema,
  scopeSchema,
  trustSchema,
} from "../domain/index.ts";
import type { ScopeRecord } from "../domain/index.ts";
import type { Queries } from "./database.ts";
import { json } from "./queries.ts";
import { URGENCIES } from "./record.ts";
import type { Scopes } from "./record.ts";

const scopeRecordSchema = z.object({
  repositoryId: z.coerce.number(),
  id: z.string(),
  key: z.string(),
  head: z.string(),
  scope: scopeSchema,
  defaultBranch: z.boolean(),
  facts: scopeFactsSchema,
  trust: trustSchema,
  asOf: z.date(),
  ended: z.enum(ENDINGS).nullable(),
  state: z.enum(SCOPE_STATES),
  generation: z.int(),
  problem: z.string().nullable(),
  firstNotedAt: z.date(),
  notedAt: z.date(),
  readAt: z.date().nullable(),
  commits: z.array(z.string()),
  findings: z.array(scopeFindingSchema),
  coverage: coverageSchema,
});

const COLUMNS = `repository_id AS "repositoryId", id, key, head, scope, default_branch AS "defaultBranch", facts, trust,
  as_of AS "asOf", ended, state, generation, problem,
  first_noted_at AS "firstNotedAt", noted_at AS "notedAt", read_at AS "readAt", commits, findings, coverage`;

const pointedHeadSchema = z.object({ head: z.string(), urgency: z.enum(URGENCIES) });

const headSchema = z.object({ head: z.string() });

/** The scopes of the record over PostgreSQL. */
export function createScopes(queries: Queries): Scopes {
  const select = (where: string, values: readonly unknown[]): Promise<ScopeRecord[]> =>
    queries.rows(scopeRecordSchema, `SELECT ${COLUMNS} FROM scopes WHERE ${where}`, values);

  return {
    async subject(repositoryId, key) {
      const [row] = await queries.rows(
        z.object({ head: z.string().nullable(), asOf: z.date() }),
        `SELECT head, as_of AS "asOf" FROM subjects WHERE repository_id = $1 AND key = $2`,
        [repositoryId, key],
      );
      return row === undefined ? null : { repositoryId, key, ...row };
    },

    async putSubject({ repositoryId, key, head, asOf }) {
      await queries.run(
        `INSERT INTO subjects (repository_id, key, head, as_of) VALUES ($1, $2, $3, $4)
         ON CONFLICT (repository_id, key) DO UPDATE SET head = $3, as_of = $4`,
        [repositoryId, key, head, asOf],
      );
    },

    async find(repositoryId, id) {
      const [row] = await select("repository_id = $1 AND id = $2", [repositoryId, id]);
      return row ?? null;
    },

    async note(scope) {
      await queries.run(
        `INSERT INTO scopes (repository_id, id, key, head, scope, default_branch, facts, trust, as_of, ended, state,
           generation, problem, first_noted_at, noted_at, commits, findings, coverage, fingerprints)
         VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7::jsonb, $8::jsonb, $9, $10, $11, $12, $13, $15, $14, '[]', '[]',
           '{"commits":0,"files":0,"gaps":[]}', '{}')
         ON CONFLICT (repository_id, id) DO UPDATE
         SET default_branch = $6, facts = $7::jsonb, trust = $8::jsonb, as_of = $9, ended = $10, state = $11,
             generation = $12, problem = $13, noted_at = $14`,
        [
          scope.repositoryId,
          scope.id,
          scope.key,
          scope.head,
          json(scope.scope),
          scope.defaultBranch,
          json(scope.facts),
          json(scope.trust),
          scope.asOf,
          scope.ended,
          scope.state,
          scope.generation,
          scope.problem,
          scope.notedAt,
          scope.firstNotedAt,
        ],
      );
    },

    async end(repositoryId, key, ending, which, limit) {
      const [comparison, time] = "upTo" in which ? ["<=", which.upTo] : ["<", which.before];
      const rows = await queries.rows(
        headSchema,
        `UPDATE scopes SET ended = $3 WHERE repository_id = $1 AND id IN (
           SELECT id FROM scopes WHERE repository_id = $1 AND key = $2 AND ended IS NULL AND as_of ${comparison} $4
           ORDER BY as_of, id COLLATE "C" LIMIT $5)
         RETURNING head`,
        [repositoryId, key, ending, time, limit],
      );
      return { heads: [...new Set(rows.map((row) => row.head))].toSorted(), count: rows.length };
    },

    async finish(repositoryId, id, generation, { commits, findings, coverage }, at) {
      const fingerprints = [...new Set(findings.map(({ finding }) => finding.fingerprint))];
      const rows = await queries.rows(
        headSchema,
        `UPDATE scopes SET state = 'read', problem = null, read_at = $4, commits = $5::jsonb, findings = $6::jsonb,
           coverage = $7::jsonb, fingerprints = $8::text[]
         WHERE repository_id = $1 AND id = $2 AND generation = $3 AND state <> 'read' RETURNING head`,
        [repositoryId, id, generation, at, json(commits), json(findings), json(coverage), fingerprints],
      );
      return rows.length > 0;
    },

    async fail(repositoryId, id, generation, problem) {
      const rows = await queries.rows(
        headSchema,
        `UPDATE scopes SET state = 'failed', problem = $4
         WHERE repository_id = $1 AND id = $2 AND generation = $3 AND state = 'noted' RETURNING head`,
        [repositoryId, id, generation, problem],
      );
      return rows.length > 0;
    },

    atHead: (repositoryId, head) =>
      select('repository_id = $1 AND head = $2 ORDER BY id COLLATE "C"', [repositoryId, head]),

    async firstOfKey(repositoryId, key) {
      const [row] = await select(
        'repository_id = $1 AND key = $2 ORDER BY as_of, noted_at, id COLLATE "C" LIMIT 1',
        [repositoryId, key],
      );
      return row ?? null;
    },

    unread: (before, limit, repositoryId) =>
      select(
        `state = 'noted' AND noted_at < $1
         AND EXISTS (SELECT FROM repositories AS r WHERE r.id = repository_id AND r.state = 'active')
         AND ($3::bigint IS NULL OR repository_id = $3) ORDER BY noted_at, repository_id, id COLLATE "C" LIMIT $2`,
        [before, limit, repositoryId ?? null],
      ),

    async wholePushesFrom(repositoryId, before) {
      const rows = await queries.rows(
        headSchema,
        `SELECT DISTINCT head FROM scopes WHERE repository_id = $1 AND state = 'read' AND scope->>'before' = $2
           AND trust->>'kind' = 'writer' AND coverage->'gaps' = '[]'::jsonb ORDER BY head`,
        [repositoryId, before],
      );
      return rows.map((row) => row.head);
    },

    async headsShowing(repositoryId, fingerprint) {
      const rows = await queries.rows(
        headSchema,
        `SELECT DISTINCT head FROM scopes WHERE repository_id = $1 AND fingerprints @> ARRAY[$2::text] ORDER BY head`,
        [repositoryId, fingerprint],
      );
      return rows.map((row) => row.head);
    },

    async trustsShowing(repositoryId, fingerprint, since) {
      const rows = await queries.rows(
        z.object({ trust: trustSchema }),
        `SELECT DISTINCT trust FROM scopes WHERE repository_id = $1 AND fingerprints @> ARRAY[$2::text]
           AND ($3::timestamptz IS NULL OR noted_at >= $3)`,
        [repositoryId, fingerprint, since],
      );
      return rows.map((row) => row.trust);
    },

    async broughtBy(repositoryId, fingerprint) {
      const [row] = await queries.rows(
        z.object({ pusher: z.string().nullable(), author: z.string().nullable() }),
        `SELECT facts->>'pusher' AS pusher, trust->>'login' AS author FROM scopes
         WHERE repository_id = $1 AND fingerprints @> ARRAY[$2::text]
         ORDER BY first_noted_at, id COLLATE "C" LIMIT 1`,
        [repositoryId, fingerprint],
      );
      return [row?.pusher, row?.author].flatMap((login) => login ?? []);
    },

    pointedHeadsShowing: (repositoryId, fingerprint) =>
      queries.rows(
        pointedHeadSchema,
        `SELECT head, (ARRAY['pull_request', 'default_branch', 'red_tag', 'other'])[min(rank)] AS urgency FROM (
           SELECT s.head, s.as_of, CASE
             WHEN j.key LIKE 'pull_request:%' OR j.key LIKE 'merge_group:%' THEN 1
             WHEN j.key = 'push:refs/heads/' || r.default_branch THEN 2
             WHEN j.key LIKE 'push:refs/tags/%' AND c.conclusion = 'failure' THEN 3
             ELSE 4 END AS rank
           FROM scopes AS s
           JOIN subjects AS j ON j.repository_id = s.repository_id AND j.head = s.head
           JOIN repositories AS r ON r.id = s.repository_id
           LEFT JOIN check_runs AS c ON c.repository_id = s.repository_id AND c.head = s.head
           WHERE s.repository_id = $1 AND s.fingerprints @> ARRAY[$2::text]
         ) AS pointed GROUP BY head ORDER BY min(rank), max(as_of) DESC, head COLLATE "C"`,
        [repositoryId, fingerprint],
      ),

    async refs(repositoryId) {
      const rows = await queries.rows(
        z.object({ key: z.string(), head: z.string().nullable() }),
        "SELECT key, head FROM subjects WHERE repository_id = $1 AND key LIKE 'push:%' ORDER BY key",
        [repositoryId],
      );
      return new Map(rows.map(({ key, head }) => [key.slice("push:".length), head]));
    },
  };
}
