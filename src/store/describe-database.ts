/** What `npm run doctor` asks of a database. Changes nothing. */
import { z } from "zod";
import type { Database } from "./database.ts";
import { readSchema } from "./migrate.ts";

export interface DatabaseDescription {
  /** PostgreSQL's own, such as `18.4`. */
  readonly version: string;
  readonly schema: number;
  /** The newest schema that this program knows. */
  readonly knownSchema: number;
  readonly isReadOnly: boolean;
  readonly mayCreateTables: boolean;
  /** Whether one connection hears of another; not so behind a pooler in transaction mode. */
  readonly hasNotifications: boolean;
}

const rowSchema = z.object({ version: z.string(), is_read_only: z.boolean(), may_create: z.boolean() });

/** A channel of its own, so no process that runs is woken. */
const CHANNEL = "rollcall_doctor";

/** @throws StoreError */
export async function describeDatabase(database: Database): Promise<DatabaseDescription> {
  const [row] = await database.rows(
    rowSchema,
    `SELECT current_setting('server_version') AS version,
            pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean AS is_read_only,
            coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create`,
  );
  const { schema, known } = await readSchema(database);
  const listener = await database.listen(CHANNEL, () => {});
  const hasNotifications = listener.working();
  await listener.close();
  return {
    // Distributions add their own words, such as "15.18 (Debian 15.18-0+deb12u1)".
    version: row?.version.split(" ")[0] ?? "",
    schema,
    knownSchema: known,
    isReadOnly: row?.is_read_only ?? false,
    mayCreateTables: row?.may_create ?? false,
    hasNotifications,
  };
}
