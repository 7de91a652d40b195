import { expect, test } from "vitest";
import { z } from "zod";
import type { CommitScan } from "../../src/domain/index.ts";
import { createStore, migrate } from "../../src/store/index.ts";
import { testDatabase } from "../support/database.ts";
import { aRepository, NOW, useDatabase } from "../support/job-context.ts";
import { madeFinding } from "../support/reported.ts";

const database = useDatabase();
const SHA = "c".repeat(40);

const complete: CommitScan = { sha: SHA, parents: ["p"], files: 2, findings: [madeFinding()], gaps: [] };
const withGap: CommitScan = {
  ...complete,
  findings: [],
  gaps: [{ reason: "api_failed", commit: SHA, path: null, detail: "" }],
};

test("the schema is brought up once: a second start changes nothing", async () => {
  const store = createStore(database());
  const { id } = aRepository();
  await store.commitScans.save(id, "1", [complete], NOW);
  await migrate(database());
  expect(await store.commitScans.find(id, "1", [SHA])).toEqual(new Map([[SHA, complete]]));
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
  const store = createStore(database());
  const { id } = aRepository();
  await store.commitScans.save(id, "1", [first], NOW);
  await store.commitScans.save(id, "1", [second], NOW);
  expect((await store.commitScans.find(id, "1", [SHA])).get(SHA)).toEqual(kept);
});

test("scans of another version of the detector, or another repository, are none", async () => {
  const store = createStore(database());
  const { id } = aRepository();
  await store.commitScans.save(id, "1", [complete], NOW);
  expect((await store.commitScans.find(id, "2", [SHA])).size).toBe(0);
  expect((await store.commitScans.find(aRepository().id, "1", [SHA])).size).toBe(0);
});

test("what fails in a transaction leaves nothing behind", async () => {
  const { id } = aRepository();
  const half = database().transaction(async (queries) => {
    await queries.run("INSERT INTO repositories VALUES ($1, 1, 'o', 'n', true, 'main')", [id]);
    throw new Error("stop");
  });
  await expect(half).rejects.toThrow("stop");
  const rows = await database().rows(z.unknown(), "SELECT 1 FROM repositories WHERE id = $1", [id]);
  expect(rows).toEqual([]);
});
