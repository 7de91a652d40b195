import { z } from "zod";
import type { Database, Queries } from "./database.ts";
import { sql as record } from "./migrations/0001-record.ts";
import { sql as queue } from "./migrations/0002-queue.ts";
import { sql as retention } from "./migrations/0003-retention.ts";
import { sql as leakLife } from "./migrations/0004-leak-life.ts";
import { sql as issuePlaces } from "./migrations/0005-issue-places.ts";
import { sql as notice } from "./migrations/0007-notice.ts";
import { sql as activity } from "./migrations/0006-activity.ts";
import { sql as refs } from "./migrations/0008-refs.ts";
import { sql as history } from "./migrations/0009-history.ts";
import { sql as historyReports } from "./migrations/0010-history-reports.ts";
import { sql as unknownIssues } from "./migrations/0011-unknown-issues.ts";
import { StoreError } from "./store-error.ts";

/**
 * In order; the version of the schema is the number of applied migrations. A published one never changes. Each only adds,
 * so a process of the previous version keeps working while a newer one starts.
 */
const MIGRATIONS: readonly string[] = [
  record,
  queue,
  retention,
  leakLife,
  issuePlaces,
  activity,
  notice,
  refs,
  history,
  historyReports,
  unknownIssues,
];

/**
 * Checks that this program understands the schema, without changing it.
 *
 * @throws StoreError `newer_schema`, `older_schema`
 */
export async function checkSchema(queries: Queries): Promise<void> {
  const rows = await queries
    .rows(z.object({ version: z.int() }), "SELECT version FROM schema_version")
    .catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === UNDEFINED_TABLE) return [];
      throw error;
    });
  const version = rows[0]?.version ?? 0;
  if (version === MIGRATIONS.length) return;
  throw version > MIGRATIONS.length
    ? new StoreError(
        "newer_schema",
        `The database has schema ${version}, this version knows ${MIGRATIONS.length}. Use the version that runs.`,
      )
    : new StoreError(
        "older_schema",
        `The database has schema ${version}, this version needs ${MIGRATIONS.length}. Start this version of Rollcall once: it brings the schema up to date.`,
      );
}

/** PostgreSQL's code for a table that does not exist. */
const UNDEFINED_TABLE = "42P01";

/** Number of the lock for migrating, which one process at a time holds: chosen arbitrarily. */
const LOCK = 7_655_225;

/**
 * Brings the schema to the version of this program in one transaction, under a lock: if several processes start at once,
 * one migrates and the others wait.
 *
 * @throws StoreError `newer_schema` if a later version of the program migrated this database
 */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async (queries) => {
    // A step over a large table, and waiting for another process that runs it, may take long.
    await queries.run("SET LOCAL statement_timeout = 0");
    await queries.run("SELECT pg_advisory_xact_lock($1)", [LOCK]);
    await queries.run("CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL)");
    const [row] = await queries.rows(z.object({ version: z.int() }), "SELECT version FROM schema_version");
    const version = row?.version ?? 0;
    if (version === MIGRATIONS.length) return;
    if (version > MIGRATIONS.length) {
      throw new StoreError(
        "newer_schema",
        `The database has schema ${version}, this version knows ${MIGRATIONS.length}. Start the newer version again, or restore a copy.`,
      );
    }
    for (const sql of MIGRATIONS.slice(version)) await queries.run(sql);
    await queries.run("DELETE FROM schema_version");
    await queries.run("INSERT INTO schema_version VALUES ($1)", [MIGRATIONS.length]);
  });
}
