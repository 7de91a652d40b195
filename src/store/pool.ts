/**
 * A database over node-postgres: a pool for statements and transactions, and one connection for each channel that is
 * listened to. Works behind a pooler in transaction mode too: only `listen` depends on the session, and says when it does
 * not work.
 */
import { setTimeout as wait } from "node:timers/promises";
import { Client, Pool as ClientPool, TypeOverrides } from "pg";
import type { ClientConfig, PoolClient } from "pg";
import type { Logger } from "pino";
import { NO_MEASURES } from "../measure/index.ts";
import type { DatabaseWork, Measures } from "../measure/index.ts";
import { listen } from "./listen.ts";
import type { Listener, Notified } from "./listen.ts";
import { queriesOn } from "./queries.ts";
import type { Queries, Runner } from "./queries.ts";
import { statementError } from "./statement-error.ts";
import { createStatementNames } from "./statement-names.ts";
import type { StatementNames } from "./statement-names.ts";
import { StoreError } from "./store-error.ts";

export type Connection = Pick<
  ClientConfig,
  "connectionString" | "host" | "port" | "user" | "password" | "database"
>;

const CONNECT_MS = 5000;
const END_MS = 1000;
/** Backends cost memory: after a burst the pool shrinks again. */
const IDLE_MS = 10_000;
/** No statement of this program takes seconds, so one that does is stuck. */
const SESSION = "SET statement_timeout = '60s'; SET idle_in_transaction_session_timeout = '60s'";

/** Type of bigint, whose values node-postgres leaves as text. */
const BIGINT = 20;

const types = new TypeOverrides();
types.setTypeParser(BIGINT, "text", safeNumber);

/** GitHub's ids and counts fit. A larger value stays text, which a schema then refuses. */
function safeNumber(text: string): number | string {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

export interface Pool extends Queries {
  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>;
  script(sql: string): Promise<void>;
  listen(channel: string, notified: Notified): Promise<Listener>;
  connections(): Connections;
  close(): Promise<void>;
}

/** The connections of a pool. */
export interface Connections {
  readonly open: number;
  readonly idle: number;
  /** Work that waits for one. */
  readonly waiting: number;
}

/** @param max connections of the pool */
export function createPool(
  connection: Connection,
  max: number,
  log: Logger,
  measures: Measures = NO_MEASURES,
): Pool {
  const config = {
    ...connection,
    types,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_MS,
    application_name: "rollcall",
  };
  const pool = new ClientPool({
    ...config,
    max,
    idleTimeoutMillis: IDLE_MS,
    verify: (client, done) => void setUp(client, done),
  });
  // A lost connection shows in the statement that needed it; without these handlers it would end the process.
  pool.on("error", (error) => log.debug({ err: error }, "lost an idle database connection"));
  pool.on("connect", (client) => client.on("error", () => {}));
  const names = createStatementNames(() =>
    log.warn(
      "The database does not keep prepared statements, so each is parsed again. DATABASE_URL probably goes through a pooler in transaction mode: a direct connection costs less.",
    ),
  );
  const queries = queriesOn(timed(pool, measures), names, "nothing");
  const listeners = new Set<Listener>();
  return {
    ...queries,
    transaction: (work) => timing(measures, "transaction", () => inTransaction(pool, names, work)),
    script: (sql) => queries.run(sql),
    async listen(channel, notified) {
      const listener = await listen({
        connect: () => new Client(config),
        queries,
        channel,
        notified,
        log,
      });
      listeners.add(listener);
      return listener;
    },
    connections: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    async close() {
      for (const listener of listeners) await listener.close();
      // A hanging statement must not delay the stop: the server closes the connection, or the end of the process does.
      await Promise.race([pool.end(), wait(END_MS, undefined, { ref: false })]);
    },
  };
}

/** The same, with how long each statement took, from the wait for a connection to the answer. */
function timed(runner: Runner, measures: Measures): Runner {
  return { query: (statement) => timing(measures, "statement", () => runner.query(statement)) };
}

async function timing<Result>(
  measures: Measures,
  what: DatabaseWork,
  work: () => Promise<Result>,
): Promise<Result> {
  const started = performance.now();
  const told = (code: string | null): void =>
    measures.databaseAnswered(what, (performance.now() - started) / 1000, code);
  try {
    const result = await work();
    told(null);
    return result;
  } catch (error) {
    told(codeOf(error));
    throw error;
  }
}

/** The code of PostgreSQL or of the connection; null for an error that is not the database's. */
function codeOf(error: unknown): string | null {
  if (error instanceof StoreError) return codeOf(error.cause) ?? error.code;
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

async function setUp(client: PoolClient, done: (error?: Error) => void): Promise<void> {
  try {
    await client.query(SESSION);
    done();
  } catch (error) {
    done(error instanceof Error ? error : new Error("The session could not be set up."));
  }
}

async function inTransaction<Result>(
  pool: ClientPool,
  names: StatementNames,
  work: (queries: Queries) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect().catch((error: unknown) => {
    throw statementError(error);
  });
  const queries = queriesOn(client, names, "transaction");
  let broken = false;
  try {
    await queries.run("BEGIN");
    const result = await work(queries);
    await commit(client);
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => (broken = true));
    throw error;
  } finally {
    client.release(broken);
  }
}

async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query("COMMIT").catch((error: unknown) => {
    throw statementError(error);
  });
  // PostgreSQL answers ROLLBACK, without an error, if a statement failed and its error was swallowed.
  if (command !== "COMMIT") throw new Error("A statement of this transaction failed; it was rolled back.");
}
