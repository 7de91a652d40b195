import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { enqueue, UnknownPayloadError } from "../../src/queue/index.ts";
import type { NewJob } from "../../src/queue/index.ts";
import type { Database } from "../../src/store/index.ts";
import { testDatabase } from "../support/database.ts";
import type { TestDatabase } from "../support/database.ts";
import { newJob } from "../../bench/new-job.ts";
import { startNotedWorkers } from "../support/queue-jobs.ts";

let opened: TestDatabase;
let database: Database;
beforeAll(async () => {
  opened = await testDatabase();
  ({ database } = opened);
});
beforeEach(() => database.script("DELETE FROM jobs; UPDATE job_lanes SET turn = 0"));
afterAll(() => opened.close());

class Soon extends Error {
  readonly retry = "soon";
}
class Never extends Error {
  readonly retry = "never";
}

async function statesOf(): Promise<Record<string, string>> {
  const rows = await database.rows(
    z.object({ id: z.string(), state: z.string() }),
    "SELECT id, state FROM jobs",
  );
  return Object.fromEntries(rows.map(({ id, state }) => [id, state]));
}

function many(count: number, fields: (index: number) => Partial<NewJob>): NewJob[] {
  return Array.from({ length: count }, (_, index) => newJob(`job ${index}`, fields(index)));
}

test("a job begins when its transaction commits, without any poll", async () => {
  const { notes } = await startNotedWorkers(database, undefined, { pollMs: 600_000 });
  await database.transaction(async (queries) => {
    await enqueue(queries, [newJob("a")]);
    await queries.run("SELECT 1");
    expect(notes.begun).toEqual([]);
  });
  await notes.until(() => notes.done.length === 1);
});

test("a transaction that fails leaves no job", async () => {
  const failing = database.transaction(async (queries) => {
    await enqueue(queries, [newJob("a")]);
    throw new Error("stop");
  });
  await expect(failing).rejects.toThrow("stop");
  expect(await statesOf()).toEqual({});
});

test("jobs stored before the start are done after it", async () => {
  await enqueue(database, [newJob("a"), newJob("b")]);
  const { notes } = await startNotedWorkers(database);
  await notes.until(() => notes.done.length === 2);
  expect(notes.done).toEqual(["a", "b"]);
});

test.each([
  ["stored", "enqueued_at = now() + interval '5 years'"],
  ["failed first", "failures = 1, failing_since = now() + interval '5 years'"],
  ["failed again", "failures = 1, failing_since = now() - interval '1 hour'"],
])("a delayed job that was %s while the clock was years ahead is done now", async (_name, change) => {
  await enqueue(database, [newJob("a", { runAfter: new Date(Date.now() + 3_600_000) }), newJob("b")]);
  await database.script(`UPDATE jobs SET run_after = now() + interval '5 years', ${change} WHERE id = 'a'`);
  const { notes } = await startNotedWorkers(database);
  await notes.until(() => notes.done.length === 2);
  expect(notes.done).toContain("a");
});

test("a job that is planned for next week waits", async () => {
  await enqueue(database, [newJob("a", { runAfter: new Date(Date.now() + 7 * 86_400_000) }), newJob("b")]);
  const { notes } = await startNotedWorkers(database);
  await notes.until(() => notes.done.length === 1);
  expect(await statesOf()).toMatchObject({ a: "delayed" });
});

test("a job whose id is known is not stored again: waiting, running or done", async () => {
  const held = Promise.withResolvers<void>();
  expect(await enqueue(database, [newJob("a"), newJob("a"), newJob("b")])).toEqual(["a", "b"]);
  expect(await enqueue(database, [newJob("a"), newJob("c")])).toEqual(["c"]);
  const { notes } = await startNotedWorkers(database, () => held.promise);
  await notes.until(() => notes.begun.length === 1);
  expect(await enqueue(database, [newJob("a")])).toEqual([]);
  held.resolve();
  await notes.until(() => notes.done.length === 3);
  expect(await enqueue(database, [newJob("a")])).toEqual([]);
  expect(notes.begun).toEqual(["a", "b", "c"]);
});

test("installations take turns, however many jobs they have", async () => {
  await enqueue(
    database,
    many(20, () => ({ installationId: 1 })),
  );
  await enqueue(database, [newJob("second", { installationId: 2 }), newJob("also", { installationId: 2 })]);
  await enqueue(database, [newJob("third", { installationId: 3 })]);
  const { notes } = await startNotedWorkers(database);
  await notes.until(() => notes.done.length === 23);
  expect(notes.done.slice(0, 6)).toEqual(["job 0", "second", "third", "job 1", "also", "job 2"]);
});

test("an installation that was served often does not wait longer afterwards", async () => {
  await enqueue(
    database,
    many(50, () => ({ installationId: 1 })),
  );
  const { notes, workers } = await startNotedWorkers(database);
  await notes.until(() => notes.done.length === 50);
  await workers.stop(1000);
  for (const round of [1, 2, 3]) {
    await enqueue(database, [newJob(`old ${round}`, { installationId: 1 })]);
    await enqueue(database, [newJob(`new ${round}`, { installationId: 2 })]);
  }
  const again = await startNotedWorkers(database);
  await again.notes.until(() => again.notes.done.length === 6);
  expect(again.notes.done).toEqual(["old 1", "new 1", "old 2", "new 2", "old 3", "new 3"]);
});

test("a job with priority goes before the others of its installation only", async () => {
  await enqueue(
    database,
    many(5, () => ({ installationId: 1 })),
  );
  await enqueue(database, [newJob("other", { installationId: 2 })]);
  await enqueue(database, [newJob("first", { installationId: 1, priority: 1 })]);
  const { notes } = await startNotedWorkers(database);
  await notes.until(() => notes.done.length === 7);
  expect(notes.done.indexOf("first")).toBeLessThan(3);
  expect(notes.done.indexOf("first")).toBeLessThan(notes.done.indexOf("job 1"));
  expect(notes.done.indexOf("other")).toBeLessThan(3);
});

test("trusted jobs go before strangers', and those before the backlog", async () => {
  await enqueue(database, [
    newJob("backlog", { lane: "backlog" }),
    newJob("stranger", { lane: "stranger" }),
    newJob("trusted"),
  ]);
  const scans = { lanes: ["trusted", "stranger", "backlog"], workers: 1 } as const;
  const { notes } = await startNotedWorkers(database, undefined, { pools: { scans } });
  await notes.until(() => notes.done.length === 3);
  expect(notes.done).toEqual(["trusted", "stranger", "backlog"]);
});

test("strangers and backlog never take the last free worker", async () => {
  const held = Promise.withResolvers<void>();
  await enqueue(
    database,
    many(9, (index) => ({ lane: index % 2 === 0 ? "stranger" : "backlog", installationId: index })),
  );
  const scans = { lanes: ["trusted", "stranger", "backlog"], workers: 3 } as const;
  const { notes } = await startNotedWorkers(
    database,
    (job) => (job.lane === "trusted" ? Promise.resolve() : held.promise),
    {
      pools: { scans },
    },
  );
  await notes.until(() => notes.begun.length === 2);
  await enqueue(database, [newJob("push", { installationId: 77 })]);
  await notes.until(() => notes.done.includes("push"));
  expect(notes.begun).toHaveLength(3);
  held.resolve();
  await notes.until(() => notes.done.length === 10);
});

test("the flood of one installation leaves the last worker to the others", async () => {
  const held = Promise.withResolvers<void>();
  await enqueue(
    database,
    many(30, () => ({ installationId: 1 })),
  );
  const scans = { lanes: ["trusted", "stranger", "backlog"], workers: 3 } as const;
  const { notes } = await startNotedWorkers(
    database,
    (job) => (job.installationId === 1 ? held.promise : Promise.resolve()),
    {
      pools: { scans },
    },
  );
  await notes.until(() => notes.begun.length === 2);
  await enqueue(database, [newJob("other", { installationId: 2 })]);
  await notes.until(() => notes.done.includes("other"));
  expect(notes.begun).toHaveLength(3);
  held.resolve();
  await notes.until(() => notes.done.length === 31);
});

test("a hold begins while every other worker is busy", async () => {
  const held = Promise.withResolvers<void>();
  await enqueue(database, [newJob("a"), newJob("b", { lane: "report" }), newJob("c", { lane: "sweep" })]);
  const { notes } = await startNotedWorkers(database, (job) =>
    job.lane === "hold" ? Promise.resolve() : held.promise,
  );
  await notes.until(() => notes.begun.length === 3);
  await enqueue(database, [newJob("hold", { lane: "hold", exclusiveKey: "check:1" })]);
  await notes.until(() => notes.done.includes("hold"));
  expect(notes.done).toEqual(["hold"]);
  held.resolve();
});

test("jobs of one key run one at a time, and hold no worker while they wait", async () => {
  const held = Promise.withResolvers<void>();
  let most = 0;
  let now = 0;
  await enqueue(
    database,
    many(6, (index) => ({ exclusiveKey: "repository:1", lane: index % 2 === 0 ? "trusted" : "stranger" })),
  );
  await enqueue(database, [newJob("one more", { exclusiveKey: "repository:1" })]);
  await enqueue(database, [newJob("free", { exclusiveKey: "repository:2", installationId: 6 })]);
  const scans = { lanes: ["trusted", "stranger", "backlog"], workers: 4 } as const;
  const { notes } = await startNotedWorkers(
    database,
    async (job) => {
      if (job.exclusiveKey !== "repository:1") return;
      now += 1;
      most = Math.max(most, now);
      await held.promise;
      now -= 1;
    },
    { pools: { scans } },
  );
  await notes.until(() => notes.done.includes("free") && notes.begun.length === 2);
  held.resolve();
  await notes.until(() => notes.done.length === 8);
  expect(most).toBe(1);
});

test("an error that may pass is retried until it does", async () => {
  let failures = 3;
  const { notes } = await startNotedWorkers(database, async () => {
    failures -= 1;
    if (failures >= 0) throw new Soon("later");
  });
  await enqueue(database, [newJob("a")]);
  await notes.until(() => notes.done.length === 1);
  expect(notes.begun).toEqual(["a", "a", "a", "a"]);
  expect(notes.buried).toEqual([]);
});

test("a retry holds up no other job of its key", async () => {
  const slow = { soon: { firstMs: 3_600_000, maxMs: 3_600_000, giveUpAfterMs: 1e9 } };
  await enqueue(database, [newJob("a", { exclusiveKey: "k" }), newJob("b", { exclusiveKey: "k" })]);
  const { notes } = await startNotedWorkers(
    database,
    async (job) => {
      if (job.id === "a") throw new Soon("later");
    },
    { retries: { ...slow, hours: slow.soon, triesOfUnknown: 1 } },
  );
  await notes.until(() => notes.done.includes("b"));
  expect(await statesOf()).toMatchObject({ a: "delayed" });
});

test("a job that can never succeed is reported once and kept as failed", async () => {
  const { notes, workers } = await startNotedWorkers(database, async () => {
    throw new Never("The repository is gone.");
  });
  await enqueue(database, [newJob("a")]);
  await notes.until(() => notes.buried.length === 1);
  await workers.stop(1000);
  expect(notes.begun).toEqual(["a"]);
  expect(notes.buried).toEqual([{ id: "a", problem: "The repository is gone." }]);
  expect(await statesOf()).toEqual({ a: "failed" });
});

test("a permanent failure is reported until the report succeeds", async () => {
  let tries = 0;
  const { notes } = await startNotedWorkers(
    database,
    async () => {
      throw new Never("no");
    },
    {
      bury: async () => {
        tries += 1;
        if (tries < 4) throw new Soon("GitHub is unreachable");
      },
    },
  );
  await enqueue(database, [newJob("a")]);
  await notes.until(() => notes.buried.length === 1);
  expect(tries).toBe(4);
});

test("an error that does not say whether it may pass is tried a few times; its words stay in the log", async () => {
  const { notes } = await startNotedWorkers(database, async () => {
    throw new TypeError("a secret is not a function");
  });
  await enqueue(database, [newJob("a")]);
  await notes.until(() => notes.buried.length === 1);
  expect(notes.begun).toEqual(["a", "a", "a"]);
  expect(notes.buried[0]?.problem).not.toContain("secret");
});

test("a job that is done begins again only where that is asked for", async () => {
  const { notes } = await startNotedWorkers(database);
  await enqueue(database, [newJob("a")]);
  await notes.until(() => notes.done.length === 1);
  await expect.poll(statesOf).toEqual({ a: "done" });
  expect(await enqueue(database, [newJob("a")])).toEqual([]);
  expect(await enqueue(database, [newJob("a", { again: true })])).toEqual(["a"]);
  await notes.until(() => notes.done.length === 2);
});

test("a delivery that comes again revives a job that failed for good", async () => {
  let broken = true;
  const { notes } = await startNotedWorkers(database, async () => {
    if (broken) throw new Never("401");
  });
  await enqueue(database, [newJob("a", { payload: { v: 1, of: "first" } })]);
  await notes.until(() => notes.buried.length === 1);
  broken = false;
  let stored: readonly string[] = [];
  // The row counts as failed a moment after the failure was told.
  while (stored.length === 0)
    stored = await enqueue(database, [newJob("a", { payload: { v: 1, of: "second" } })]);
  await notes.until(() => notes.done.length === 1);
  expect(stored).toEqual(["a"]);
});

test("a job of another version is kept, and done by a version that knows it", async () => {
  await enqueue(database, [
    newJob("new", { payload: { v: 99 }, exclusiveKey: "k" }),
    newJob("old", { exclusiveKey: "k" }),
  ]);
  const older = await startNotedWorkers(database, async (job) => {
    if (job.id === "new") throw new UnknownPayloadError("version 99");
  });
  await older.notes.until(() => older.notes.done.includes("old"));
  await older.workers.stop(1000);
  expect(await statesOf()).toEqual({ new: "unknown", old: "done" });
  const newer = await startNotedWorkers(database);
  await newer.notes.until(() => newer.notes.done.includes("new"));
});

test("a job waits for its time", async () => {
  const later = new Date(Date.now() + 3_600_000);
  await enqueue(database, [newJob("later", { runAfter: later }), newJob("now", { runAfter: new Date(0) })]);
  const { notes } = await startNotedWorkers(database);
  await notes.until(() => notes.done.includes("now"));
  expect(await statesOf()).toMatchObject({ later: "delayed" });
  await database.run("UPDATE jobs SET run_after = now() WHERE id = 'later'");
  await notes.until(() => notes.done.includes("later"));
});

test("a stop waits for what runs, and begins nothing new", async () => {
  const running = Promise.withResolvers<void>();
  await enqueue(database, [newJob("a"), newJob("b")]);
  const { notes, workers } = await startNotedWorkers(database, () => running.promise);
  await notes.until(() => notes.begun.length === 1);
  const stopped = workers.stop(10_000);
  running.resolve();
  await stopped;
  expect(notes.done).toEqual(["a"]);
  expect(await statesOf()).toEqual({ a: "done", b: "ready" });
});

test("a job of a lane that has no turn yet is stored and done", async () => {
  await database.run("DELETE FROM job_lanes WHERE lane = 'sweep'");
  await enqueue(database, [newJob("a", { lane: "sweep" }), newJob("b", { lane: "sweep" })]);
  const { notes } = await startNotedWorkers(database);
  await notes.until(() => notes.done.length === 2);
  await database.run("INSERT INTO job_lanes VALUES ('sweep', 0)");
  expect(notes.done).toEqual(["a", "b"]);
});

test("5,000 jobs are stored by one statement, in their order", async () => {
  const jobs = many(5000, (index) => ({ lane: "backlog", exclusiveKey: `repository:${index % 1000}` }));
  expect(await enqueue(database, jobs)).toHaveLength(5000);
  const counts = await database.rows(
    z.object({ state: z.string(), count: z.int() }),
    "SELECT state, count(*) AS count FROM jobs GROUP BY state ORDER BY state",
  );
  expect(counts).toEqual([
    { state: "parked", count: 4000 },
    { state: "ready", count: 1000 },
  ]);
});

test("a name that PostgreSQL's JSON cannot hold is stored with those characters replaced", async () => {
  expect(await enqueue(database, [newJob("a", { payload: { v: 1, name: "a\0b\uD800c" } })])).toEqual(["a"]);
  const rows = await database.rows(z.unknown(), "SELECT payload FROM jobs");
  expect(rows).toEqual([{ payload: { v: 1, name: "a\uFFFDb\uFFFDc" } }]);
});
