import { generateKeyPairSync, createHmac } from "node:crypto";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { freePort } from "../../fixtures/free-port.ts";
import { parseEnvironment } from "../../src/server/environment.ts";
import { createLog } from "../../src/server/log.ts";
import { startServer } from "../../src/server/server.ts";
import type { RunningServer } from "../../src/server/server.ts";
import { StoreError } from "../../src/store/index.ts";
import { testDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { payloadOf } from "../support/deliveries.ts";
import { openFolder } from "../support/folders.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PEM = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const SECRET = "a secret of the tests";

let opened: TestDatabase;
beforeAll(async () => {
  opened = await testDatabase();
});
afterAll(() => opened.close());

/** A process of the app over the database of these tests, with an API that nothing answers. */
async function start(role: "all" | "web" | "worker"): Promise<RunningServer> {
  const folder = await openFolder("rollcall-role-");
  const environment = parseEnvironment({
    APP_ID: "1",
    PRIVATE_KEY: PEM,
    WEBHOOK_SECRET: SECRET,
    GHE_HOST: "127.0.0.1:9",
    GHE_PROTOCOL: "http",
    DATA_DIR: folder,
    DATABASE_URL: opened.url,
    ROLE: role,
    LOG_LEVEL: "silent",
  });
  if ("setup" in environment) throw new Error("The environment is whole.");
  // Port 0 is any free one, which Probot would replace.
  const server = await startServer({ ...environment, port: await freePort() }, createLog("silent"));
  onTestFinished(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  return server;
}

async function deliver({ port }: RunningServer, id: string): Promise<number> {
  const body = JSON.stringify(await payloadOf("push"));
  const answer = await fetch(`http://127.0.0.1:${port}/api/github/webhooks`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-github-event": "push",
      "x-github-delivery": id,
      "x-hub-signature-256": `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`,
    },
    body,
  });
  return answer.status;
}

const scanSchema = z.object({ state: z.string(), failures: z.int() });

async function scans(): Promise<z.infer<typeof scanSchema>[]> {
  return opened.database.rows(
    scanSchema,
    "SELECT state, failures FROM jobs WHERE payload->'job'->>'kind' = 'scan'",
  );
}

async function isStored(delivery: string): Promise<boolean> {
  const rows = await opened.database.rows(
    z.object({ id: z.string() }),
    "SELECT id FROM deliveries WHERE id = $1",
    [delivery],
  );
  return rows.length > 0;
}

test("a web process stores deliveries once and works on none; a worker takes them up and takes no webhooks", async () => {
  const web = await start("web");
  expect(await deliver(web, "one")).toBe(200);
  expect(await deliver(web, "one")).toBe(200);
  expect(await scans()).toMatchObject([{ state: "ready", failures: 0 }]);
  const worker = await start("worker");
  expect(await deliver(worker, "two")).toBe(404);
  expect((await fetch(`http://127.0.0.1:${worker.port}/ping`)).status).toBe(200);
  await expect.poll(async () => (await scans())[0]?.failures).toBeGreaterThan(0);
});

test("while the database is down, deliveries are refused and /ping answers; once it is back they are stored", async () => {
  const server = await start("web");
  await opened.database.script("ALTER TABLE jobs RENAME TO jobs_away");
  onTestFinished(() => opened.database.script("ALTER TABLE IF EXISTS jobs_away RENAME TO jobs"));
  expect(await deliver(server, "away")).toBeGreaterThanOrEqual(500);
  expect(await isStored("away")).toBe(false);
  expect((await fetch(`http://127.0.0.1:${server.port}/ping`)).status).toBe(200);
  await opened.database.script("ALTER TABLE jobs_away RENAME TO jobs");
  expect(await deliver(server, "back")).toBe(200);
  expect(await isStored("back")).toBe(true);
});

test("a stop does not wait for a connection that sends slowly or nothing", async () => {
  const server = await start("all");
  const silent = connect(server.port, "127.0.0.1");
  const slow = connect(server.port, "127.0.0.1");
  for (const socket of [silent, slow]) socket.on("error", () => {});
  onTestFinished(() => {
    silent.destroy();
    slow.destroy();
  });
  await Promise.all([once(silent, "connect"), once(slow, "connect")]);
  slow.write("POST /api/github/webhooks HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
  const closed = Promise.all(
    [silent, slow].map((socket) => new Promise((resolve) => socket.once("close", resolve))),
  );
  await server.stop();
  await closed;
  await expect(fetch(`http://127.0.0.1:${server.port}/ping`)).rejects.toThrow("fetch failed");
});

test("a database that cannot be reached at the start is a sentence", async () => {
  const environment = parseEnvironment({
    APP_ID: "1",
    PRIVATE_KEY: PEM,
    WEBHOOK_SECRET: SECRET,
    DATABASE_URL: "postgres://nobody:secret@127.0.0.1:1/none",
    DATA_DIR: await openFolder("rollcall-role-"),
  });
  if ("setup" in environment) throw new Error("The environment is whole.");
  const starting = startServer(environment, createLog("silent"));
  await expect(starting).rejects.toThrow(StoreError);
  await expect(starting).rejects.toThrow(
    "DATABASE_URL cannot be reached or refuses the login (ECONNREFUSED)",
  );
});
