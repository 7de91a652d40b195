import { z } from "zod";
import type { Database } from "./database.ts";
import { sql as record } from "./migrations/0001-record.ts";
import { StoreError } from "./store-error.ts";

/** In order; the version of the schema is the number of those applied. A published one never changes. */
const MIGRATIONS: readonly string[] = [record];

/**
 * Brings the schema to the version of this program, each step in its own transaction.
 *
 * @throws StoreError `newer_schema` where a later version of the program was here already
 */
export async function migrate(database: Database): Promise<void> {
  await database.run("CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL)");
  const [row] = await database.rows(z.object({ version: z.int() }), "SELECT version FROM schema_version");
  const version = row?.version ?? 0;
  if (version > MIGRATIONS.length) {
    throw new StoreError(
      "newer_schema",
      `The database has schema ${version}, this version knows ${MIGRATIONS.length}. Start the newer version again, or restore a copy.`,
    );
  }
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < version) continue;
    await database.script(
      `BEGIN; ${sql} DELETE FROM schema_version; INSERT INTO schema_version VALUES (${index + 1}); COMMIT;`,
    );
  }
}
