import { expect, test } from "vitest";
import { z } from "zod";
import type { CommitScan } from "../../src/domain/index.ts";
import { createRecord, migrate } from "../../src/store/index.ts";
import { testDatabase } from "../support/database.ts";
import { aRepository, NOW, useDatabase } from "../support/job-context.ts";
import { madeFinding } from "../support/reported.ts";

const database = useDatabase();
const noQueue = { enqueue: async (): Promise<void> => {} };
const SHA = "c".repeat(40);

const complete: CommitScan = { sha: SHA, parents: ["p"], files: 2, findings: [madeFinding()], gaps: [] };
const withGap: CommitScan = {
  ...complete,
  findings: [],
  gaps: [{ reason: "api_failed", commit: SHA, path: null, detail: "" }],
};

test("the schema is brought up once: a second start changes nothing", async () => {
  const record = createRecord(database(), noQueue);
  const { id } = aRepository();
  await record.commitScans.save(id, "1", [complete], NOW);
  await migrate(database());
  expect(await record.commitScans.find(id, "1", [SHA])).toEqual(new Map([[SHA, complete]]));
});

test("a schema of a later version is refused, and left as it is", async () => {
  const opened = await testDatabase();
  const later = opened.database;
  await later.run("UPDATE schema_version SET version = 999");
  await expect(migrate(later)).rejects.toMatchObject({ code: "newer_schema" });
  const rows = await later.rows(z.object({ version: z.int() }), "SELECT version FROM schema_version");
  expect(rows).toEqual([{ version: 999 }]);
  await opened.close();
});

test.each([
  ["a complete scan", complete, withGap, complete],
  ["a scan with gaps", withGap, complete, complete],
  ["a scan with gaps, by another with gaps,", withGap, { ...withGap, files: 9 }, { ...withGap, files: 9 }],
])("%s is replaced only where nothing is lost", async (_name, first, second, kept) => {
  const record = createRecord(database(), noQueue);
  const { id } = aRepository();
  await record.commitScans.save(id, "1", [first], NOW);
  await record.commitScans.save(id, "1", [second], NOW);
  expect((await record.commitScans.find(id, "1", [SHA])).get(SHA)).toEqual(kept);
});

test("scans of another version of the detector, or another repository, do not count", async () => {
  const record = createRecord(database(), noQueue);
  const { id } = aRepository();
  await record.commitScans.save(id, "1", [complete], NOW);
  expect((await record.commitScans.find(id, "2", [SHA])).size).toBe(0);
  expect((await record.commitScans.find(aRepository().id, "1", [SHA])).size).toBe(0);
});

test("what fails in a transaction leaves nothing behind", async () => {
  const record = createRecord(database(), noQueue);
  const repository = aRepository();
  const half = record.transaction(async (within) => {
    await within.repositories.note(repository);
    throw new Error("stop");
  });
  await expect(half).rejects.toThrow("stop");
  expect(await record.repositories.find(repository.id)).toBeNull();
});

test("two transactions about one repository come one after the other", async () => {
  const record = createRecord(database(), noQueue);
  const { id } = aRepository();
  const order: string[] = [];
  const held = Promise.withResolvers<void>();
  const first = record.transaction(async (within) => {
    await within.lock([id]);
    order.push("first");
    await held.promise;
    order.push("first ends");
  });
  const second = record.transaction(async (within) => {
    await within.lock([id]);
    order.push("second");
  });
  while (order.length === 0) await new Promise((resolve) => setImmediate(resolve));
  held.resolve();
  await Promise.all([first, second]);
  expect(order.filter((each) => each !== "second")).toEqual(["first", "first ends"]);
  expect(order.indexOf("second")).not.toBe(1);
});

test("2,000 repositories of an installation are noted by one statement", async () => {
  const record = createRecord(database(), noQueue);
  const repositories = Array.from({ length: 2000 }, () => aRepository());
  await record.repositories.noteInstalled(repositories, NOW);
  expect(await record.repositories.find(repositories.at(-1)?.id ?? 0)).toMatchObject({ unsure: true });
});
