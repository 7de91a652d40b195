/** Opens the database as it is, running or not, and describes it. A stopped embedded server runs while it is asked. */
import type { Logger } from "pino";
import type { DatabaseFacts } from "../diagnosis/index.ts";
import { describeDatabase, hasDatabase, openExistingDatabase, StoreError } from "../store/index.ts";

/** @param url null: the embedded one, in `directory` */
export async function lookAtDatabase(
  directory: string,
  url: string | null,
  log: Logger,
): Promise<DatabaseFacts> {
  if (url === null && !(await hasDatabase(directory))) return { kind: "none_yet" };
  try {
    const database = await openExistingDatabase({ directory, url, log });
    try {
      return { kind: "open", isEmbedded: url === null, ...(await describeDatabase(database)) };
    } finally {
      await database.close();
    }
  } catch (error) {
    if (error instanceof StoreError) return { kind: "failed", code: error.code, message: error.message };
    // Its message may hold the address.
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    return { kind: "failed", code, message: `The database does not answer as PostgreSQL does (${code}).` };
  }
}
