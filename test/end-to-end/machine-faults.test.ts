import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "../../fixtures/free-port.ts";
import { inheritedEnvironment } from "../support/app-environment.ts";
import { openFolder } from "../support/folders.ts";
import { appWithServer } from "../support/app-with-server.ts";
import { installApp } from "../support/installed-app.ts";
import type { InstalledApp } from "../support/installed-app.ts";
import { killPostmaster } from "../support/postmaster.ts";
import { fires, scrape } from "../support/promql/scrapes.ts";

const CANNOT = "deliveries cannot be stored and are answered with 503 until the database works";
const AGAIN = "deliveries can be stored again";

const readiness = async (app: InstalledApp): Promise<string> => {
  const answer = await app.monitor("/readyz");
  return `${answer.status} ${await answer.text()}`.trim();
};

/**
 * Pushes a key while something is wrong, and shows that it is refused, said, and not lost.
 *
 * @param problem what `/readyz` says meanwhile
 */
async function survives(
  app: InstalledApp,
  problem: RegExp,
  wrong: () => Promise<void>,
  right: () => Promise<void>,
) {
  const shop = await app.project();
  const clone = await shop.begun();
  const head = await clone.commit("Pay", {
    "pay.py": `stripe.api_key = "${app.key(shop.repository.name)}"\n`,
  });
  const before = await scrape(app);
  const [said, over] = [app.log.next(CANNOT), app.log.next(AGAIN)];
  await wrong();
  await clone.push("HEAD:main");
  await app.github.idle();
  const refused = app.github.deliveries.findLast(({ event }) => event === "push");
  expect(refused).toMatchObject({ statusCode: 503 });
  await said;
  await expect.poll(() => readiness(app)).toMatch(problem);
  expect((await app.monitor("/healthz")).status).toBe(200);
  const meanwhile = await scrape(app);
  for (const alert of ["RollcallNotReady", "RollcallDeliveriesFail"]) {
    expect(fires(alert, before, before)).toBe(false);
    expect(fires(alert, before, meanwhile)).toBe(true);
  }
  await right();
  await over;
  await expect.poll(() => readiness(app)).toBe("200 ok");
  // As Rollcall itself asks for every ten minutes.
  if (refused !== undefined) app.github.redeliver(refused);
  expect(await shop.completedCheck(head)).toMatchObject({ conclusion: "failure" });
}

describe("deliveries are refused, /readyz is red, and all is well again by itself when", () => {
  test("the database is gone and comes back, is read-only, and its disk is full", async () => {
    const server = await appWithServer();
    const { app } = server;
    await survives(
      app,
      /^503 The database is unreachable\.$/,
      () => server.stop(),
      () => server.startAgain(),
    );
    await survives(
      app,
      /^503 The database is read-only \(25006\)\.$/,
      () => server.run("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()"),
      () =>
        server.run(
          "SET default_transaction_read_only = off",
          "ALTER SYSTEM RESET default_transaction_read_only",
          "SELECT pg_reload_conf()",
        ),
    );
    // What PostgreSQL itself says of a full disk; it was tried with a real one.
    await survives(
      app,
      /^503 The disk of the database is full \(53100\)\.$/,
      () =>
        server.run(
          `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql
             AS $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$`,
          "CREATE TRIGGER full_disk BEFORE INSERT ON deliveries EXECUTE FUNCTION full_disk()",
        ),
      () => server.run("DROP TRIGGER full_disk ON deliveries"),
    );
    expect(await readiness(app)).toBe("200 ok");
  });
});

/** In the process: `SIGUSR2` sets the clock ahead by two days, and back again. */
const CLOCK = `
  const Real = Date;
  let ahead = 0;
  globalThis.Date = class extends Real {
    constructor(...given) {
      if (given.length === 0) super(Real.now() + ahead);
      else super(...given);
    }
    static now() {
      return Real.now() + ahead;
    }
  };
  process.on("SIGUSR2", () => (ahead = ahead === 0 ? 172_800_000 : 0));`;

test("a clock that is set ahead by two days and back is said, and no push is lost", async () => {
  const app = await installApp({
    as: "real",
    environment: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(CLOCK)}` },
  });
  const shop = await app.project();
  const clone = await shop.begun();
  const before = await scrape(app);
  for (const step of ["ahead", "back"]) {
    const said = app.log.next("the clock of this machine was set, or it was suspended");
    app.signal("SIGUSR2");
    await said;
    expect(await readiness(app)).toBe("200 ok");
    const head = await clone.commit(step, { [`${step}.py`]: `stripe.api_key = "${app.key(step)}"\n` });
    await clone.push("HEAD:main");
    expect(await shop.settledCheck(head)).toMatchObject({ conclusion: "failure" });
  }
  expect(shop.issues()).toHaveLength(2);
  expect(fires("RollcallClockSet", before, before)).toBe(false);
  expect(fires("RollcallClockSet", before, await scrape(app))).toBe(true);
});

test("SIGTERM in the middle of the start ends the process with 0, and its database with it", async () => {
  const folder = await openFolder("rollcall-start-");
  onTestFinished(async () => {
    await killPostmaster(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const child = spawn(process.execPath, ["src/main.ts"], {
    cwd: join(import.meta.dirname, "../.."),
    env: {
      ...inheritedEnvironment(),
      APP_ID: "1",
      PRIVATE_KEY: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      WEBHOOK_SECRET: "a secret of the tests",
      GHE_HOST: "127.0.0.1:9",
      GHE_PROTOCOL: "http",
      PORT: String(await freePort()),
      MONITOR_PORT: String(await freePort()),
      DATA_DIR: folder,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const begun = Promise.withResolvers<void>();
  child.stdout.on("data", (chunk: Buffer) => {
    if (chunk.toString().includes("monitoring is served")) begun.resolve();
  });
  await begun.promise;
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});
