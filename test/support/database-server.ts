import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { createLog } from "../../src/server/log.ts";
import { startEmbeddedServer } from "../../src/store/embedded/index.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Address of a PostgreSQL server on which tests make databases of their own. */
    databaseServer: string;
  }
}

/**
 * One PostgreSQL server for a run of the tests: the embedded one, without fsync, or the operator's that TEST_DATABASE_URL
 * names, whose user must be allowed to create databases.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env["TEST_DATABASE_URL"];
  if (given !== undefined && given !== "") {
    project.provide("databaseServer", given);
    return async () => {};
  }
  const directory = await mkdtemp(join(tmpdir(), "rollcall-server-"));
  const settings = {
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    max_connections: "300",
  };
  const server = await startEmbeddedServer({ directory, settings, log: createLog("silent") });
  const { host, port, user, password, database } = server.connection;
  const query = new URLSearchParams({ host, port: String(port) });
  project.provide("databaseServer", `postgres://${user}:${password}@/${database}?${query.toString()}`);
  return async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  };
}
