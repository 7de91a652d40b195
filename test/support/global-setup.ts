/**
 * What a run of the tests starts once for all of its files: a PostgreSQL server, and a cache of compiled code for the
 * processes that tests start, each of which would compile half a second otherwise.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { createLog } from "../../src/server/log.ts";
import { startEmbeddedServer } from "../../src/store/embedded/index.ts";
import { environmentOf } from "./app-environment.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Address of a PostgreSQL server on which tests make databases of their own. */
    databaseServer: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [endServer, removeCache] = await Promise.all([startDatabaseServer(project), makeCodeCache(project)]);
  return async () => {
    await Promise.all([endServer(), removeCache()]);
  };
}

/**
 * One PostgreSQL server for a run of the tests: the embedded one, without fsync, or the operator's that TEST_DATABASE_URL
 * names, whose user must be allowed to create databases.
 */
async function startDatabaseServer(project: TestProject): Promise<() => Promise<void>> {
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

/**
 * Node fills the cache when a process ends by itself, which most apps of tests do not: so one is started without the
 * environment that it needs. Tests do not wait for it.
 */
async function makeCodeCache(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), "rollcall-code-"));
  project.provide("codeCache", directory);
  const filling = spawn(process.execPath, ["src/main.ts"], {
    cwd: join(import.meta.dirname, "../.."),
    env: { ...environmentOf(directory), APP_ID: "none" },
    stdio: "ignore",
  });
  const filled = once(filling, "exit");
  return async () => {
    await filled;
    await rm(directory, { recursive: true, force: true });
  };
}
