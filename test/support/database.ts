import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { inject } from "vitest";
import { createLog } from "../../src/server/log.ts";
import { migrate, openDatabase } from "../../src/store/index.ts";
import type { Database } from "../../src/store/index.ts";

export interface TestDatabase {
  readonly database: Database;
  /** Address of the database, for a process or a second pool. */
  readonly url: string;
  /** Closes the database and drops it. */
  close(): Promise<void>;
}

/**
 * An empty database of its own on the server of this test run, which takes some ten milliseconds.
 *
 * @param options.migrated false: without the schema
 */
export async function testDatabase(options: { readonly migrated?: boolean } = {}): Promise<TestDatabase> {
  const server = inject("databaseServer");
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await onServer(server, `CREATE DATABASE ${name}`);
  const url = addressOf(server, name);
  const database = await openDatabase({ directory: null, url, log: createLog("silent") });
  if (options.migrated !== false) await migrate(database);
  return {
    database,
    url,
    async close() {
      await database.close();
      await onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/** The address of another database on the same server. */
export function addressOf(server: string, name: string): string {
  return server.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${name}`);
}

async function onServer(address: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: address });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
