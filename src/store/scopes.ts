import { z } from "zod";
import {
  coverageSchema,
  headOf,
  keyOf,
  provesWriter,
  scopeFindingSchema,
  scopeSchema,
} from "../domain/index.ts";
import type { Scope } from "../domain/index.ts";
import type { Database } from "./database.ts";

const scopeRecordSchema = z.object({
  key: z.string(),
  head: z.string(),
  scope: scopeSchema,
  default_branch: z.boolean(),
  active: z.boolean(),
  done: z.boolean(),
  commits: z.array(z.string()),
  findings: z.array(scopeFindingSchema),
  coverage: coverageSchema,
});

/** One scope at one head, as far as it was scanned. */
export type ScopeRecord = Readonly<z.infer<typeof scopeRecordSchema>>;

/** Head of the row that says when a key ended. Its `commits` are the heads that this retired. */
const NO_HEAD = "";

const COLUMNS = "key, head, scope, default_branch, active, done, commits, findings, coverage";

export function createScopes(database: Database) {
  return {
    /**
     * Notes that a scope is to be scanned. It becomes the active one of its key and retires earlier heads, unless a
     * delivery about a later state (`asOf`) was here first: deliveries arrive in any order, and then this one is
     * recorded as retired; where that state has the same head and another base, it stays as it is. Times that are equal
     * retire nothing, for they have whole seconds on GitHub's side.
     *
     * @param asOf null: to be read again as it stands, with its time and its being active unchanged
     * @returns the heads that lost an active scope, whose check runs may now say less
     */
    async begin(
      repositoryId: number,
      scope: Scope,
      defaultBranch: boolean,
      asOf: Date | null,
    ): Promise<{ retired: string[] }> {
      const [key, head] = [keyOf(scope), headOf(scope)];
      return database.transaction(async (queries) => {
        const rows = await queries.rows(
          z.object({ head: z.string(), active: z.boolean(), as_of: z.date() }),
          "SELECT head, active, as_of FROM scopes WHERE repository_id = $1 AND key = $2",
          [repositoryId, key],
        );
        const same = rows.find((row) => row.head === head);
        const time = asOf ?? same?.as_of ?? new Date(0);
        const outdated = rows.some((row) => row.as_of > time);
        const active = outdated || asOf === null ? (same?.active ?? !outdated) : true;
        await queries.run(
          `INSERT INTO scopes (repository_id, key, head, scope, default_branch, as_of, active, done, commits, findings, coverage)
           VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7, false, '[]', '[]', '{"commits":0,"files":0,"gaps":[]}')
           ON CONFLICT (repository_id, key, head) DO UPDATE
           SET scope = $4::jsonb, default_branch = $5, as_of = greatest(scopes.as_of, $6), active = $7, done = false
           WHERE scopes.as_of <= $6 OR scopes.scope = $4::jsonb`,
          [repositoryId, key, head, JSON.stringify(scope), defaultBranch, time, active],
        );
        const retired = await queries.rows(
          z.object({ head: z.string() }),
          "UPDATE scopes SET active = false WHERE repository_id = $1 AND key = $2 AND head <> $3 AND active AND as_of < $4 RETURNING head",
          [repositoryId, key, head, time],
        );
        return { retired: retired.map((row) => row.head) };
      });
    },

    /** Keeps what was read, unless the scope of this head has another base by now: then this is no reading of it. */
    async finish(
      repositoryId: number,
      scope: Scope,
      result: Pick<ScopeRecord, "commits" | "findings" | "coverage">,
    ): Promise<void> {
      await database.run(
        `UPDATE scopes SET done = true, commits = $4::jsonb, findings = $5::jsonb, coverage = $6::jsonb
         WHERE repository_id = $1 AND key = $2 AND head = $3 AND scope = $7::jsonb`,
        [
          repositoryId,
          keyOf(scope),
          headOf(scope),
          JSON.stringify(result.commits),
          JSON.stringify(result.findings),
          JSON.stringify(result.coverage),
          JSON.stringify(scope),
        ],
      );
    },

    /**
     * Ends every scope of a key: its ref was deleted, its pull request closed. A delivery about an earlier state that comes
     * late does not bring it back, also where it is the first that the record hears of.
     *
     * @returns the heads it was active for; asked again with the same time, the same heads
     */
    async retire(repositoryId: number, key: string, asOf: Date): Promise<string[]> {
      return database.transaction(async (queries) => {
        const retired = await queries.rows(
          z.object({ head: z.string() }),
          `UPDATE scopes SET active = false
           WHERE repository_id = $1 AND key = $2 AND active AND as_of <= $3 RETURNING head`,
          [repositoryId, key, asOf],
        );
        const [end] = await queries.rows(
          z.object({ commits: z.array(z.string()) }),
          `INSERT INTO scopes (repository_id, key, head, scope, default_branch, as_of, active, done, commits, findings, coverage)
           VALUES ($1, $2, $3, '{}', false, $4, false, true, $5::jsonb, '[]', '{}')
           ON CONFLICT (repository_id, key, head) DO UPDATE
           SET as_of = greatest(scopes.as_of, $4),
               commits = CASE WHEN scopes.as_of = $4 THEN scopes.commits || $5::jsonb ELSE $5::jsonb END
           RETURNING commits`,
          [repositoryId, key, NO_HEAD, asOf, JSON.stringify(retired.map((row) => row.head))],
        );
        return [...new Set(end?.commits)];
      });
    },

    /** All scopes at a head, active and retired. */
    async atHead(repositoryId: number, head: string): Promise<ScopeRecord[]> {
      return database.rows(
        scopeRecordSchema,
        `SELECT ${COLUMNS} FROM scopes WHERE repository_id = $1 AND head = $2 ORDER BY key`,
        [repositoryId, head],
      );
    },

    async find(repositoryId: number, key: string, head: string): Promise<ScopeRecord | null> {
      const [row] = await database.rows(
        scopeRecordSchema,
        `SELECT ${COLUMNS} FROM scopes WHERE repository_id = $1 AND key = $2 AND head = $3`,
        [repositoryId, key, head],
      );
      return row ?? null;
    },

    /**
     * Heads of refs that were pushed and read without a gap: what they hold needs no second look. Not where nobody is
     * known to have brought it: a leak in it is filed when a ref holds it.
     */
    async readHeads(repositoryId: number): Promise<string[]> {
      const rows = await database.rows(
        z.object({ head: z.string(), scope: scopeSchema }),
        `SELECT head, scope FROM scopes
         WHERE repository_id = $1 AND active AND done AND key LIKE 'push:%' AND coverage->'gaps' = '[]'::jsonb`,
        [repositoryId],
      );
      const trusted = rows.filter(({ scope }) => scope.kind === "push" && provesWriter(scope.ref));
      return [...new Set(trusted.map((row) => row.head))];
    },

    /** Heads whose active scopes show a credential, whose check runs change when its state does. */
    async headsShowing(repositoryId: number, fingerprint: string): Promise<string[]> {
      const rows = await database.rows(
        z.object({ head: z.string() }),
        `SELECT DISTINCT head FROM scopes WHERE repository_id = $1 AND active AND done
         AND findings @> jsonb_build_array(jsonb_build_object('finding', jsonb_build_object('fingerprint', $2::text)))`,
        [repositoryId, fingerprint],
      );
      return rows.map((row) => row.head);
    },
  };
}
