/**
 * The database of the app: PostgreSQL as a child process over the data folder, or the operator's server. Either way the
 * data folder is locked: it also holds fetched repositories, which two processes must not share.
 */
import { mkdir } from "node:fs/promises";
import type { Logger } from "pino";
import { z } from "zod";
import type { Measures } from "../measure/index.ts";
import { folderError, hasCluster, runningServer, startEmbeddedServer } from "./embedded/index.ts";
import type { EmbeddedServer } from "./embedded/index.ts";
import { lockFolder } from "./folder-lock.ts";
import type { Listener, Notified } from "./listen.ts";
import { createPool } from "./pool.ts";
import type { Connection, Connections } from "./pool.ts";
import type { Queries } from "./queries.ts";
import { StoreError } from "./store-error.ts";

export type { Queries } from "./queries.ts";

export interface Database extends Queries {
  /** Runs `work` in one transaction; rolled back when it throws. */
  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>;
  /** Several statements without parameters. */
  script(sql: string): Promise<void>;
  /**
   * Waits for NOTIFY on a channel.
   *
   * @param notified called with the payload, and with null if a notification may have been missed
   */
  listen(channel: string, notified: Notified): Promise<Listener>;
  /** No other process can use this database, so anything marked as running at the start was left by a dead one. */
  readonly exclusive: boolean;
  connections(): Connections;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** The data folder, locked for this process; null in tests, which have no folder. */
  readonly directory: string | null;
  /** `postgres://…`; null for the server in the data folder. */
  readonly url: string | null;
  readonly log: Logger;
  /** Connections at the same time; default 10. */
  readonly connections?: number;
  readonly measures?: Measures;
}

const DEFAULT_CONNECTIONS = 10;

/** PostgreSQL 15, as `server_version_num` gives it. */
const MIN_SERVER_VERSION = 150_000;

/**
 * Opens the database.
 *
 * @throws StoreError `data_folder_in_use`, `data_folder_unusable`, `other_database_version`, `database_unavailable`
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { directory, url, log, connections = DEFAULT_CONNECTIONS } = options;
  const release = directory === null ? async () => {} : await takeFolder(directory);
  let server: EmbeddedServer | null = null;
  try {
    if (url !== null) return await connected({ connectionString: url }, false, release);
    if (directory === null) throw new TypeError("A database needs a folder or an address.");
    server = await startEmbeddedServer({ directory, log });
    const own = server;
    return await connected(own.connection, true, async () => {
      await own.stop();
      await release();
    });
  } catch (error) {
    await server?.stop();
    await release();
    throw error;
  }

  async function connected(
    connection: Connection,
    exclusive: boolean,
    after: () => Promise<void>,
  ): Promise<Database> {
    const pool = createPool(connection, connections, log, options.measures);
    try {
      if (!exclusive) await checkServer(pool);
    } catch (error) {
      await pool.close();
      throw error;
    }
    return {
      ...pool,
      exclusive,
      async close() {
        await pool.close();
        await after();
      },
    };
  }
}

/**
 * Opens a database that Rollcall made before, to look into it: the operator's, that of the process that runs over the data
 * folder, or the one in the data folder, whose server runs as long as the database is open.
 *
 * @throws StoreError as `openDatabase`, and `data_folder_unusable` if there is no database
 */
export async function openExistingDatabase(
  options: Pick<DatabaseOptions, "url" | "log"> & { readonly directory: string },
): Promise<Database> {
  const { directory, url, log } = options;
  if (url !== null) return openDatabase({ directory: null, url, log, connections: 1 });
  if (!(await hasCluster(directory))) {
    throw new StoreError(
      "data_folder_unusable",
      `There is no database in DATA_DIR "${directory}". Name the folder of a Rollcall that has run, or set DATABASE_URL.`,
    );
  }
  try {
    return await openDatabase({ directory, url: null, log, connections: 1 });
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== "data_folder_in_use") throw error;
    const pool = createPool(await runningServer(directory), 1, log);
    return { ...pool, exclusive: false };
  }
}

/** Whether Rollcall has made a database in the data folder. */
export async function hasDatabase(directory: string): Promise<boolean> {
  return hasCluster(directory);
}

async function takeFolder(directory: string): Promise<() => Promise<void>> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return await lockFolder(directory);
  } catch (cause) {
    throw folderError(directory, cause);
  }
}

/** The address is never named: it can hold a password. */
async function checkServer(queries: Queries): Promise<void> {
  const [row] = await queries
    .rows(z.object({ version: z.coerce.number() }), "SELECT current_setting('server_version_num') AS version")
    .catch((cause: unknown) => {
      throw new StoreError(
        "database_unavailable",
        `The server of DATABASE_URL cannot be reached or refuses the login (${reasonOf(cause)}).`,
        { cause },
      );
    });
  if ((row?.version ?? 0) >= MIN_SERVER_VERSION) return;
  throw new StoreError(
    "other_database_version",
    "The server of DATABASE_URL is older than PostgreSQL 15. Use 15 or newer.",
  );
}

/** The code of the innermost error, such as `ECONNREFUSED` or `28P01`: its message can hold the address. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
