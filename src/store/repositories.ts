/**
 * The repositories of the record over PostgreSQL: name and visibility as deliveries described them, and the app's progress
 * with each. Deliveries arrive in any order, so a difference makes a repository unsure until GitHub is asked.
 */
import { z } from "zod";
import { installationIdSchema, REPOSITORY_STATES } from "../domain/index.ts";
import type { Queries } from "./database.ts";
import { json } from "./queries.ts";
import type { Repositories } from "./record.ts";

const rowSchema = z.object({
  id: z.coerce.number(),
  installationId: installationIdSchema,
  owner: z.string(),
  name: z.string(),
  private: z.boolean(),
  defaultBranch: z.string().nullable(),
  state: z.enum(REPOSITORY_STATES),
  unsure: z.boolean(),
  installationDoubt: z.boolean(),
  coveredSince: z.date().nullable(),
  baselineAt: z.date().nullable(),
  historyReadAt: z.date().nullable(),
  issuesReadAt: z.date().nullable(),
  hasUnknownIssues: z.boolean(),
  refsComparedAt: z.date().nullable(),
  refsNotedAt: z.date().nullable(),
});

const COLUMNS = `id, installation_id AS "installationId", owner, name, private, default_branch AS "defaultBranch", state,
  unsure, installation_doubt AS "installationDoubt", covered_since AS "coveredSince", baseline_at AS "baselineAt", history_read_at AS "historyReadAt", issues_read_at AS "issuesReadAt", has_unknown_issues AS "hasUnknownIssues",
  refs_compared_at AS "refsComparedAt", refs_noted_at AS "refsNotedAt"`;

/** The repositories of the record over PostgreSQL. */
export function createRepositories(queries: Queries): Repositories {
  return {
    async find(id) {
      const [row] = await queries.rows(rowSchema, `SELECT ${COLUMNS} FROM repositories WHERE id = $1`, [id]);
      return row ?? null;
    },

    async note({ id, installationId, owner, name, private: hidden, defaultBranch }) {
      await queries.run(
        `INSERT INTO repositories (id, installation_id, owner, name, private, default_branch, state, unsure)
         VALUES ($1, $2, $3, $4, $5, $6, 'active', false)
         ON CONFLICT (id) DO UPDATE
         SET default_branch = $6, owner = $3, name = $4, private = $5, state = 'active', removed_at = null,
             installation_doubt = repositories.installation_doubt OR repositories.installation_id <> $2
               OR repositories.state = 'removed',
             unsure = repositories.unsure OR repositories.owner <> $3 OR repositories.name <> $4
               OR repositories.private <> $5 OR repositories.state <> 'active'
         WHERE (repositories.installation_id, repositories.owner, repositories.name, repositories.private,
           repositories.default_branch, repositories.state) IS DISTINCT FROM ($2, $3, $4, $5, $6, 'active')`,
        [id, installationId, owner, name, hidden, defaultBranch],
      );
    },

    async confirm({ id, installationId, owner, name, private: hidden, defaultBranch }, state) {
      const rows = await queries.rows(
        z.object({ id: z.coerce.number() }),
        `UPDATE repositories SET owner = $3, name = $4, private = $5, default_branch = $6, state = $7, unsure = false,
           removed_at = null WHERE id = $1 AND installation_id = $2 AND NOT installation_doubt RETURNING id`,
        [id, installationId, owner, name, hidden, defaultBranch, state],
      );
      return rows.length > 0;
    },

    async noteInstalled(repositories, since) {
      await queries.run(
        `INSERT INTO repositories (id, installation_id, owner, name, private, state, unsure, covered_since)
         SELECT (r->>'id')::bigint, (r->>'installationId')::bigint, r->>'owner', r->>'name', (r->>'private')::boolean,
           'active', true, $2::timestamptz
         FROM jsonb_array_elements($1::jsonb) AS r
         ON CONFLICT (id) DO UPDATE
         SET installation_doubt = repositories.state <> 'removed'
               AND (repositories.installation_doubt OR repositories.installation_id <> excluded.installation_id),
             installation_id = CASE WHEN repositories.state = 'removed' THEN excluded.installation_id
               ELSE repositories.installation_id END,
             covered_since = coalesce(repositories.covered_since, excluded.covered_since),
             owner = excluded.owner, name = excluded.name,
             private = excluded.private, state = 'active', unsure = true, removed_at = null`,
        [json(repositories), since],
      );
    },

    async settleInstallation(id, from, is) {
      await queries.run(
        `UPDATE repositories SET installation_doubt = false, installation_id = coalesce($3, installation_id),
           state = CASE WHEN $3::bigint IS NULL THEN 'removed' ELSE state END, unsure = unsure OR $3 IS NOT NULL
         WHERE id = $1 AND installation_id = $2 AND installation_doubt`,
        [id, from, is],
      );
    },

    async remove(installationId, ids) {
      await queries.run(
        `UPDATE repositories SET state = 'removed' WHERE installation_id = $1 AND ($2::bigint[] IS NULL OR id = ANY($2))`,
        [installationId, ids === null ? null : [...ids]],
      );
    },

    async setState(id, state, unsure) {
      await queries.run("UPDATE repositories SET state = $2, unsure = unsure OR $3 WHERE id = $1", [
        id,
        state,
        unsure,
      ]);
    },

    async setBaselineAt(id, at) {
      await queries.run("UPDATE repositories SET baseline_at = $2 WHERE id = $1", [id, at]);
    },

    async setHistoryReadAt(id, at) {
      await queries.run("UPDATE repositories SET history_read_at = $2 WHERE id = $1", [id, at]);
    },

    async setIssuesReadAt(id, at) {
      await queries.run("UPDATE repositories SET issues_read_at = $2 WHERE id = $1", [id, at]);
    },

    async setUnknownIssues(id, has) {
      await queries.run("UPDATE repositories SET has_unknown_issues = $2 WHERE id = $1", [id, has]);
    },

    async toMatch(before, limit) {
      const rows = await queries.rows(
        z.object({ id: z.coerce.number() }),
        `SELECT id FROM repositories WHERE state = 'active' AND (issues_read_at IS NULL OR issues_read_at < $1 OR ${inTheFuture("issues_read_at")})
           AND (EXISTS (SELECT FROM leaks WHERE report_repository_id = repositories.id)
             OR EXISTS (SELECT FROM neutral_issues WHERE repository_id = repositories.id AND number IS NOT NULL))
         ORDER BY issues_read_at NULLS FIRST, id LIMIT $2`,
        [before, limit],
      );
      return rows.map((row) => row.id);
    },

    async setRefsComparedAt(id, at) {
      await queries.run("UPDATE repositories SET refs_compared_at = $2 WHERE id = $1", [id, at]);
    },

    async setRefsNotedAt(id, at) {
      await queries.run("UPDATE repositories SET refs_noted_at = $2 WHERE id = $1", [id, at]);
    },

    async hidden(ids) {
      const rows = await queries.rows(
        z.object({ id: z.coerce.number() }),
        "SELECT id FROM repositories WHERE id = ANY($1::bigint[]) AND private ORDER BY id",
        [[...ids]],
      );
      return rows.map((row) => row.id);
    },

    async withoutBaseline(limit) {
      const rows = await queries.rows(
        z.object({ id: z.coerce.number() }),
        "SELECT id FROM repositories WHERE state = 'active' AND baseline_at IS NULL ORDER BY id LIMIT $1",
        [limit],
      );
      return rows.map((row) => row.id);
    },

    async toCompare(before, limit) {
      const rows = await queries.rows(
        z.object({ id: z.coerce.number() }),
        `SELECT id FROM repositories WHERE state = 'active' AND baseline_at < $1
           AND (refs_compared_at IS NULL OR refs_compared_at < $1 OR ${inTheFuture("refs_compared_at")})
         ORDER BY refs_compared_at NULLS FIRST, id LIMIT $2`,
        [before, limit],
      );
      return rows.map((row) => row.id);
    },
  };
}

/** Two days after a time that is a day ago at most: it was noted while a clock was wrong, and would never be due. */
function inTheFuture(column: "issues_read_at" | "refs_compared_at"): string {
  return `${column} > $1::timestamptz + interval '2 days'`;
}
