import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runEvidence } from "../../src/evidence/index.ts";
import { evidenceSchema } from "../../src/report/index.ts";
import { createLog } from "../../src/server/log.ts";
import { createRecord, migrate, openDatabase } from "../../src/store/index.ts";
import type { Database, RecordStore } from "../../src/store/index.ts";
import { testDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { openFolder } from "../support/folders.ts";
import { aRepository } from "../support/job-context.ts";
import { madeFinding } from "../support/reported.ts";

const FOUND = new Date("2026-11-20T10:00:00Z");
const ROLLED = new Date("2026-11-21T11:30:00Z");
const NOW = new Date("2026-11-24T12:00:00Z");

function recordOn(database: Database): RecordStore {
  return createRecord(database, { enqueue: async () => {} });
}

/** One leak in two repositories, rolled; one that is open; and two drills. */
async function fill(record: RecordStore): Promise<void> {
  const [shop, web] = [aRepository(), aRepository({ name: "web" })];
  const [rolled, open] = [madeFinding(), madeFinding()];
  for (const repository of [shop, web]) {
    await record.repositories.note(repository);
    await record.leaks.add(
      repository.id,
      [{ leak: rolled, reportRepositoryId: shop.id, locations: [rolled] }],
      FOUND,
    );
    const issue = {
      repositoryId: shop.id,
      number: 3,
      url: "https://github.com/acme/shop/issues/3",
      digest: null,
    };
    await record.leaks.issueOpened(repository.id, [rolled.fingerprint], issue);
    const event = { from: "open", to: "rolled", actor: "ann", how: "attested", at: ROLLED } as const;
    await record.leaks.changeState(repository.id, rolled.fingerprint, event);
  }
  await record.leaks.add(shop.id, [{ leak: open, reportRepositoryId: shop.id, locations: [open] }], FOUND);
  const drill = { installationId: 5, repositoryId: shop.id, issueUrl: null, tasks: 5 };
  await record.owners.putDrill({
    ...drill,
    number: 1,
    issueNumber: 8,
    askedAt: FOUND,
    openedAt: FOUND,
    closedAt: ROLLED,
    ...{
      closedBy: "bob",
      outcome: "attested",
      tasksDone: 4,
    },
  });
  await record.owners.putDrill({
    ...drill,
    number: 2,
    issueNumber: 9,
    askedAt: ROLLED,
    openedAt: ROLLED,
    closedAt: null,
    ...{
      closedBy: null,
      outcome: null,
      tasksDone: 0,
    },
  });
}

async function filled(): Promise<TestDatabase> {
  const opened = await testDatabase();
  onTestFinished(() => opened.close());
  await fill(recordOn(opened.database));
  return opened;
}

async function aFolder(): Promise<string> {
  const folder = await openFolder("rollcall-test-");
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function run(args: readonly string[], environment: Record<string, string | undefined>) {
  let [out, err] = ["", ""];
  const code = await runEvidence(args, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    environment,
    now: () => NOW,
  });
  return { code, out, err };
}

test("the rows of one leak are one leak, with who cleared it, how, and after how long", async () => {
  const { url } = await filled();
  const { code, out } = await run(["--format", "json"], { DATABASE_URL: url });
  const { leaks, drills } = evidenceSchema.parse(JSON.parse(out));
  expect(code).toBe(1);
  expect(leaks).toHaveLength(2);
  expect(leaks.find(({ state }) => state === "rolled")).toMatchObject({
    repositories: ["acme/shop", "acme/web"],
    issue: "https://github.com/acme/shop/issues/3",
    foundAt: FOUND.toISOString(),
    clearedAt: ROLLED.toISOString(),
    clearedBy: "ann",
    clearedHow: "attested",
    verified: false,
    secondsToClear: 25.5 * 3600,
  });
  expect(leaks.flatMap(({ history }) => history)).toHaveLength(5);
  expect(drills).toMatchObject([
    {
      owner: "acme",
      number: 1,
      closedBy: "bob",
      outcome: "attested",
      secondsTaken: 25.5 * 3600,
      stepsTicked: 4,
    },
    { owner: "acme", number: 2, closedAt: null, outcome: null },
  ]);
});

test("an attested leak and drill are called attested and not verified", async () => {
  const { url } = await filled();
  const { out } = await run([], { DATABASE_URL: url });
  expect(out).toContain("2 leaks (1 open, 1 rolled), 2 drills");
  expect(out).toContain("attested by @ann, not verified");
  expect(out).toContain("done, attested by @bob, not verified");
  expect(out).toContain("1 day 1 hour");
});

test("the exit code says whether a printed leak is open", async () => {
  const { url } = await filled();
  const codeOf = async (...args: string[]) => (await run(args, { DATABASE_URL: url })).code;
  expect(await codeOf()).toBe(1);
  expect(await codeOf("--state", "rolled")).toBe(0);
  expect(await codeOf("--state", "rolled", "--state", "open")).toBe(1);
  expect(await codeOf("--help")).toBe(0);
});

test.each([
  [["--state", "lost"], "--state must be one of: open, rolled, dismissed"],
  [["--format", "xml"], "--format must be one of: text, json, csv"],
  [["all"], "Unexpected argument"],
])("%j is refused", async (args, message) => {
  const { code, out, err } = await run(args, {});
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain(message);
});

test("what cannot be read is an error that says what to do, and no empty record", async () => {
  const folder = await aFolder();
  const nothing = await run([], { DATA_DIR: folder });
  expect(nothing).toMatchObject({ code: 2, out: "" });
  expect(nothing.err).toContain("There is no database in DATA_DIR");
  const wrong = await run([], { DATABASE_URL: "mysql://host/secret" });
  expect(wrong.err).toContain("DATABASE_URL must be a postgres:// address");
  expect(wrong.err).not.toContain("secret");
  const unmigrated = await testDatabase({ migrated: false });
  onTestFinished(() => unmigrated.close());
  expect((await run([], { DATABASE_URL: unmigrated.url })).err).toContain("The database has schema 0");
});

/** The command as a process, as it runs next to the app. */
async function spawned(args: readonly string[], directory: string) {
  const child = spawn(process.execPath, ["src/leaks.ts", ...args], {
    cwd: join(import.meta.dirname, "../.."),
    env: { PATH: process.env["PATH"] ?? "", DATA_DIR: directory, DATABASE_URL: "" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  await once(child, "close");
  const code = child.exitCode;
  return { code, out, err };
}

test("the embedded database is read while its process runs, and when it is stopped", async () => {
  const directory = await aFolder();
  const open = () => openDatabase({ directory, url: null, log: createLog("silent") });
  const database = await open();
  await migrate(database);
  await fill(recordOn(database));
  const running = await spawned(["--format", "csv"], directory);
  await database.close();
  const stopped = await spawned(["--format", "csv"], directory);
  expect(running).toMatchObject({ code: 1, err: "" });
  expect(stopped).toEqual(running);
  expect(running.out.split("\r\n")).toHaveLength(6);
  // The folder was given back, and the database shut down: the app starts as if nothing had been there.
  await (await open()).close();
});
