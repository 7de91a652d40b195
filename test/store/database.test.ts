import { Client } from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { createLog } from "../../src/server/log.ts";
import { listen } from "../../src/store/listen.ts";
import { migrate, openDatabase } from "../../src/store/index.ts";
import type { Database } from "../../src/store/index.ts";
import { addressOf, testDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";

let opened: TestDatabase;
let database: Database;
beforeAll(async () => {
  opened = await testDatabase({ migrated: false });
  ({ database } = opened);
  await database.script("CREATE TABLE numbers (n bigint PRIMARY KEY)");
});
afterAll(() => opened.close());

const numbers = z.object({ n: z.int() });

test("a bigint is a number where it fits, and refused by its schema where it does not", async () => {
  const [row] = await database.rows(numbers, "SELECT 9007199254740991 AS n");
  expect(row).toEqual({ n: Number.MAX_SAFE_INTEGER });
  await expect(database.rows(numbers, "SELECT 9007199254740993 AS n")).rejects.toBeInstanceOf(z.ZodError);
});

test("what fails in a transaction leaves nothing behind, and its error comes through", async () => {
  const failing = database.transaction(async (queries) => {
    await queries.run("INSERT INTO numbers VALUES (1)");
    throw new RangeError("stop");
  });
  await expect(failing).rejects.toThrow(RangeError);
  expect(await database.rows(numbers, "SELECT n FROM numbers")).toEqual([]);
});

test("a transaction whose failed statement was swallowed does not count as committed", async () => {
  const swallowing = database.transaction(async (queries) => {
    await queries.run("SELECT 1 / 0").catch(() => undefined);
  });
  await expect(swallowing).rejects.toThrow("rolled back");
});

test("a deadlock is an error that may pass; a broken constraint is not", async () => {
  await database.script("INSERT INTO numbers VALUES (10), (20)");
  const locked = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  const lock = (first: number, second: number, mine: 0 | 1): Promise<void> =>
    database.transaction(async (queries) => {
      await queries.run("SELECT n FROM numbers WHERE n = $1 FOR UPDATE", [first]);
      locked[mine].resolve();
      await Promise.all(locked.map(({ promise }) => promise));
      await queries.run("SELECT n FROM numbers WHERE n = $1 FOR UPDATE", [second]);
    });
  const outcomes = await Promise.allSettled([lock(10, 20, 0), lock(20, 10, 1)]);
  const errors = outcomes.flatMap((outcome): unknown[] =>
    outcome.status === "rejected" ? [outcome.reason] : [],
  );
  expect(errors).toMatchObject([{ code: "database_conflict", retry: "soon" }]);
  await expect(database.run("INSERT INTO numbers VALUES (10)")).rejects.toMatchObject({ code: "23505" });
});

test("a connection that the server ends is an error that may pass, and the next statement works", async () => {
  const ended = database.transaction(async (queries) => {
    const [row] = await queries.rows(z.object({ pid: z.int() }), "SELECT pg_backend_pid() AS pid");
    await database.run("SELECT pg_terminate_backend($1)", [row?.pid]);
    await queries.run("SELECT 1");
  });
  await expect(ended).rejects.toMatchObject({ code: "database_unavailable", retry: "soon" });
  expect(await database.rows(numbers, "SELECT 1 AS n")).toEqual([{ n: 1 }]);
});

test("notifications arrive, and the listener comes back after its connection was lost", async () => {
  const heard: (string | null)[] = [];
  let check = (): void => {};
  const until = async (condition: () => boolean): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    check = () => condition() && resolve();
    check();
    await promise;
  };
  const listener = await database.listen("test_channel", (payload) => {
    heard.push(payload);
    check();
  });
  onTestFinished(() => listener.close());
  expect(listener.working()).toBe(true);
  await database.run("SELECT pg_notify('test_channel', 'one')");
  await until(() => heard.includes("one"));
  expect(heard[0]).toBeNull();
  await database.run(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'",
  );
  await until(() => heard.filter((payload) => payload === null).length === 2);
  await database.run("SELECT pg_notify('test_channel', 'two')");
  await until(() => heard.includes("two"));
});

test("where LISTEN does not work, as behind a pooler in transaction mode, the log names that", async () => {
  const lines: string[] = [];
  const listener = await listen({
    connect: () => new Client({ connectionString: opened.url }),
    // The trial notification goes elsewhere, as it does where a pooler gives each statement another connection.
    queries: { ...database, run: () => database.run("SELECT pg_notify('elsewhere', '')") },
    channel: "pooled",
    notified: () => {},
    log: createLog("warn", { write: (line) => void lines.push(line) }),
    trialMs: 50,
  });
  expect(listener.working()).toBe(false);
  expect(lines.join("")).toContain("transaction mode");
  await listener.close();
});

test("of several processes that start at once, one migrates and the others wait for it", async () => {
  const fresh = await testDatabase({ migrated: false });
  onTestFinished(() => fresh.close());
  await Promise.all(Array.from({ length: 5 }, () => migrate(fresh.database)));
  const rows = await fresh.database.rows(z.unknown(), "SELECT version FROM schema_version");
  expect(rows).toHaveLength(1);
});

test.each([
  [
    "nothing listens",
    (url: string) => url.replace(/host=[^&]*/, "host=%2Fnowhere").replace(/@[^/?]*/, "@127.0.0.1:1"),
  ],
  ["the database is not there", (url: string) => addressOf(url, "no_such_database")],
])("where %s, the message names DATABASE_URL and not the address", async (_name, change) => {
  const url = change(opened.url);
  const opening = openDatabase({ directory: null, url, log: createLog("silent") });
  await expect(opening).rejects.toMatchObject({ code: "database_unavailable" });
  await expect(opening).rejects.toThrow("DATABASE_URL");
  const message = await opening.catch((error: unknown) => (error instanceof Error ? error.message : ""));
  expect(message).not.toContain("@");
  expect(message).not.toContain("no_such_database");
});

/** One connection that has lost the statements it kept, as behind a pooler in transaction mode. */
async function forgetful(): Promise<Database> {
  const own = await openDatabase({
    directory: null,
    url: opened.url,
    log: createLog("silent"),
    connections: 1,
  });
  onTestFinished(() => own.close());
  expect(await own.rows(numbers, "SELECT $1::integer AS n", [1])).toEqual([{ n: 1 }]);
  await own.script("DEALLOCATE ALL");
  return own;
}

const kept = z.object({ count: z.int() });
const KEPT = "SELECT count(*) AS count FROM pg_prepared_statements WHERE statement LIKE '%AS n%'";

test("a statement is kept on its connection, and runs without that where the server does not keep it", async () => {
  const own = await forgetful();
  expect(await own.rows(numbers, "SELECT $1::integer AS n", [2])).toEqual([{ n: 2 }]);
  expect(await own.rows(numbers, "SELECT $1::integer AS n", [3])).toEqual([{ n: 3 }]);
  expect(await own.rows(kept, KEPT)).toEqual([{ count: 0 }]);
});

test("a transaction whose statement was not kept is rolled back and may pass next time", async () => {
  const own = await forgetful();
  const ask = (): Promise<unknown> =>
    own.transaction((queries) => queries.rows(numbers, "SELECT $1::integer AS n", [4]));
  await expect(ask()).rejects.toMatchObject({ code: "database_conflict", retry: "soon" });
  expect(await ask()).toEqual([{ n: 4 }]);
});

test("a result type changed by a newer process's migration is still read", async () => {
  await database.script("CREATE TABLE widened (n integer); INSERT INTO widened VALUES (5)");
  const ask = (): Promise<unknown> => database.rows(numbers, "SELECT * FROM widened WHERE n = $1", [5]);
  expect(await ask()).toEqual([{ n: 5 }]);
  await database.script("ALTER TABLE widened ALTER n TYPE bigint");
  expect(await ask()).toEqual([{ n: 5 }]);
});
