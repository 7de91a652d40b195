import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { enqueue } from "../../src/queue/index.ts";
import { claim } from "../../src/queue/claim.ts";
import { settle } from "../../src/queue/settle.ts";
import { parkBlocked, releaseDead, releaseParked } from "../../src/queue/upkeep.ts";
import { createLog } from "../../src/server/log.ts";
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

const DEAD = "00000000-0000-4000-8000-000000000001";
const LIVING = "00000000-0000-4000-8000-000000000002";

const rowSchema = z.object({ state: z.string(), crashes: z.int(), lease: z.number().nullable() });

async function rowOf(id: string): Promise<z.infer<typeof rowSchema>> {
  const [row] = await database.rows(
    rowSchema,
    "SELECT state, crashes, extract(epoch FROM lease_until)::float8 AS lease FROM jobs WHERE id = $1",
    [id],
  );
  if (row === undefined) throw new Error(`No job ${id}.`);
  return row;
}

function take(worker: string, leaseMs = 60_000): ReturnType<typeof claim> {
  return claim(database, { lane: "trusted", worker, leaseMs, without: null });
}

test("a dead process's job starts again when its lease ends, and not before", async () => {
  await enqueue(database, [
    newJob("over", { exclusiveKey: "k" }),
    newJob("running"),
    newJob("next", { exclusiveKey: "k" }),
  ]);
  await take(DEAD, -1);
  await take(LIVING);
  const { notes } = await startNotedWorkers(database);
  await notes.until(() => notes.done.length === 2);
  expect(notes.done).toEqual(["over", "next"]);
  expect(await rowOf("running")).toMatchObject({ state: "active", crashes: 0 });
});

test("a living process keeps the leases of its jobs", async () => {
  const held = Promise.withResolvers<void>();
  await enqueue(database, [newJob("a")]);
  const { notes } = await startNotedWorkers(database, () => held.promise, { leaseMs: 3000 });
  await notes.until(() => notes.begun.length === 1);
  const { lease } = await rowOf("a");
  await expect.poll(async () => (await rowOf("a")).lease).toBeGreaterThan((lease ?? 0) + 0.4);
  expect(await rowOf("a")).toMatchObject({ state: "active", crashes: 0 });
  held.resolve();
  await notes.until(() => notes.done.length === 1);
});

test("a worker that lost its lease gets an abort signal, and cannot settle the job of its successor", async () => {
  const lost = Promise.withResolvers<void>();
  await enqueue(database, [newJob("a")]);
  const { notes } = await startNotedWorkers(
    database,
    async ({ signal }) => {
      if (notes.begun.length > 1) return;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      lost.resolve();
    },
    { leaseMs: 600, pollMs: 600_000 },
  );
  await notes.until(() => notes.begun.length === 1);
  // In one transaction, or the worker itself may take the job again between the two.
  const next = await database.transaction(async (queries) => {
    await queries.run("UPDATE jobs SET state = 'ready', worker = NULL, lease_until = NULL");
    return claim(queries, { lane: "trusted", worker: LIVING, leaseMs: 60_000, without: null });
  });
  await lost.promise;
  expect(await rowOf("a")).toMatchObject({ state: "active" });
  if (next === null) throw new Error("The job was free.");
  expect(await settle(database, DEAD, next, { kind: "done" })).toBeNull();
  expect(await settle(database, LIVING, { ...next, claims: next.claims - 1 }, { kind: "done" })).toBeNull();
  expect(await settle(database, LIVING, next, { kind: "done" })).toEqual([]);
});

test("a job that processes die over waits longer each time, and is given up in the end", async () => {
  await enqueue(database, [newJob("bad")]);
  for (let crash = 1; crash <= 10; crash += 1) {
    await database.run("UPDATE jobs SET state = 'ready', run_after = NULL");
    expect(await take(DEAD, -1)).toMatchObject({ id: "bad", problem: null });
    await releaseDead(database, false);
    expect(await rowOf("bad")).toMatchObject({ state: crash === 1 ? "ready" : "delayed", crashes: crash });
  }
  await database.run("UPDATE jobs SET run_after = now()");
  const { notes } = await startNotedWorkers(database);
  await notes.until(() => notes.buried.length === 1);
  expect(notes.begun).toEqual([]);
  expect(notes.buried[0]?.problem).toContain("10 times");
});

test("where every other process is dead, its jobs begin at once", async () => {
  await enqueue(database, [newJob("a")]);
  await take(DEAD);
  const { notes } = await startNotedWorkers({ ...database, exclusive: true });
  await notes.until(() => notes.done.length === 1);
  expect(notes.done).toEqual(["a"]);
});

test("jobs parked behind a process that died before it released them go on", async () => {
  await enqueue(database, [newJob("first", { exclusiveKey: "k" }), newJob("second", { exclusiveKey: "k" })]);
  const first = await take(DEAD);
  expect(await rowOf("second")).toMatchObject({ state: "parked" });
  await database.run("UPDATE jobs SET state = 'done', worker = NULL WHERE id = $1", [first?.id]);
  expect(await releaseParked(database)).toEqual(["trusted"]);
  expect(await rowOf("second")).toMatchObject({ state: "ready" });
});

test("a job that arrives while its key is busy is parked, and released with the key in every lane", async () => {
  await enqueue(database, [newJob("first", { exclusiveKey: "k" })]);
  const first = await take(LIVING);
  await enqueue(database, [
    newJob("second", { exclusiveKey: "k" }),
    newJob("other", { exclusiveKey: "k", lane: "stranger" }),
  ]);
  await enqueue(database, [newJob("third", { exclusiveKey: "k" })]);
  expect(await take(LIVING)).toBeNull();
  expect(await parkBlocked(database)).toBe(3);
  if (first === null) throw new Error("The job was free.");
  const lanes = await settle(database, LIVING, first, { kind: "done" });
  expect(lanes?.toSorted((a, b) => a.localeCompare(b))).toEqual(["stranger", "trusted"]);
  expect(await rowOf("second")).toMatchObject({ state: "ready" });
  expect(await rowOf("other")).toMatchObject({ state: "ready" });
  expect(await rowOf("third")).toMatchObject({ state: "parked" });
});

test("of many workers that claim jobs with one key at once, one gets one", async () => {
  await enqueue(database, [newJob("a", { exclusiveKey: "k" })]);
  await enqueue(database, [newJob("b", { exclusiveKey: "k" })]);
  await enqueue(database, [newJob("c", { exclusiveKey: "k" })]);
  const claims = await Promise.all(Array.from({ length: 8 }, () => take(LIVING)));
  expect(claims.filter((one) => one !== null)).toHaveLength(1);
});

test("two processes share the jobs, and each job runs once", async () => {
  const other = await startNotedWorkers(database);
  const one = await startNotedWorkers(database);
  const ids = Array.from({ length: 200 }, (_, index) => `job ${index}`);
  for (const id of ids)
    await enqueue(database, [newJob(id, { installationId: id.length, exclusiveKey: `k${id.length}` })]);
  const both = (): string[] => [...one.notes.done, ...other.notes.done];
  await Promise.race([one.notes, other.notes].map((notes) => notes.until(() => both().length === 200)));
  expect(new Set(both())).toEqual(new Set(ids));
  expect(both()).toHaveLength(200);
});

test("a stop hands back what does not end in time: another process begins it without waiting for the lease", async () => {
  await enqueue(database, [newJob("hangs"), newJob("later")]);
  const lines: string[] = [];
  const log = createLog("info", { write: (line) => void lines.push(line) });
  const hour = 3_600_000;
  const first = await startNotedWorkers(database, () => new Promise(() => {}), { leaseMs: hour, log });
  await first.notes.until(() => first.notes.begun.length === 1);
  await first.workers.stop(0);
  expect(lines.join("")).toContain("handed back");
  expect(lines.join("")).toContain('"id":"hangs"');
  expect(first.notes.begun).toEqual(["hangs"]);
  const second = await startNotedWorkers(database);
  await second.notes.until(() => second.notes.done.length === 2);
  expect(second.notes.done.toSorted()).toEqual(["hangs", "later"]);
});
