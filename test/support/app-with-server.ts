import { rm } from "node:fs/promises";
import { Client } from "pg";
import { onTestFinished } from "vitest";
import { createLog } from "../../src/server/log.ts";
import { startEmbeddedServer } from "../../src/store/embedded/index.ts";
import { openFolder } from "./folders.ts";
import { installApp } from "./installed-app.ts";

/** The app over a PostgreSQL server of its own, which the test can stop. */
export async function appWithServer() {
  const directory = await openFolder("rollcall-gone-");
  const start = () => startEmbeddedServer({ directory, log: createLog("silent") });
  let server = await start();
  const { host, port, user, password, database } = server.connection;
  const query = new URLSearchParams({ host, port: String(port) });
  const url = `postgres://${user}:${password}@/${database}?${query.toString()}`;
  onTestFinished(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 10 });
  });
  const app = await installApp({ as: "real", environment: { DATABASE_URL: url } });
  return {
    app,
    stop: () => server.stop(),
    async startAgain() {
      server = await start();
    },
    async run(...statements: readonly string[]) {
      const client = new Client({ connectionString: url });
      await client.connect();
      for (const sql of statements) await client.query(sql);
      await client.end();
    },
  };
}
