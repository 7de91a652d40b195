/** What the record says of the histories of a whole installation: the same over PostgreSQL and in memory. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { installationIdSchema } from "../../src/domain/index.ts";
import { createRecord } from "../../src/store/index.ts";
import type { RecordStore } from "../../src/store/index.ts";
import { KEY_STANDINGS } from "../../src/store/history-report-record.ts";
import { aRepository, useDatabase } from "../support/job-context.ts";
import { MemoryRecord } from "../support/memory-record.ts";

const database = useDatabase();

const KEYS = ["1", "2", "3"].map((digit) => digit.repeat(20));
const aTime = fc.nat(8).map((second) => new Date(Date.UTC(2026, 10, 21, 12, 0, second)));

/** Installations of this file alone: the database has other repositories. */
let installations = 880_000;

const aStep = fc.record({
  repository: fc.nat(2),
  keys: fc.subarray(KEYS),
  standing: fc.constantFrom(...KEY_STANDINGS),
  accountCreated: fc.option(fc.constantFrom("2019-01-02", "2024-05-06")),
  isAtTip: fc.boolean(),
  at: aTime,
  what: fc.constantFrom("plan", "plan", "plan", "added", "told", "archived", "asked", "failed"),
});
type Step = typeof aStep extends fc.Arbitrary<infer One> ? One : never;

async function take(record: RecordStore, id: number, step: Step): Promise<void> {
  const { keys, at, accountCreated, isAtTip } = step;
  const { historyKeys, histories, repositories } = record;
  const planned = keys.map((fingerprint, index) => ({
    fingerprint,
    standing: index === 0 ? step.standing : ("issue" as const),
    accountCreated: index === 1 ? null : accountCreated,
    isAtTip,
  }));
  if (step.what === "plan") await historyKeys.plan(id, planned);
  if (step.what === "added") await historyKeys.added(id, keys, at);
  if (step.what === "told") await historyKeys.told(id, keys, at);
  if (step.what === "archived") await repositories.setState(id, isAtTip ? "archived" : "active", false);
  if (step.what === "asked") await histories.ask([id], at);
  if (step.what === "failed")
    await histories.fail(id, { state: isAtTip ? "failed" : "too_large", problem: "It failed.", dueAt: at });
}

async function shown({ historyKeys }: RecordStore, installationId: number): Promise<unknown> {
  const waiting = await historyKeys.installationsWaiting();
  return {
    next: await historyKeys.next(installationId),
    unfinished: await historyKeys.unfinished(installationId),
    lastAddedAt: await historyKeys.lastAddedAt(installationId),
    counts: await historyKeys.counts(installationId),
    unread: await historyKeys.unread(installationId, 2),
    histories: await historyKeys.histories(installationId, 2),
    waiting: waiting.filter((one) => one.installationId === installationId),
  };
}

test("which key of an installation is next, which are unfinished and how many there are", async () => {
  const sql = createRecord(database(), { enqueue: async () => {} });
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { maxLength: 20 }), async (steps) => {
      const memory = new MemoryRecord(() => {}).open();
      installations += 1;
      const installationId = installationIdSchema.parse(installations);
      const repositories = ["one", "two", "three"].map((name) => aRepository({ name, installationId }));
      for (const record of [sql, memory])
        for (const repository of repositories) await record.repositories.note(repository);

      for (const step of steps) {
        const id = repositories[step.repository]?.id ?? 0;
        await take(sql, id, step);
        await take(memory, id, step);
        expect(await shown(memory, installationId)).toEqual(await shown(sql, installationId));
      }
    }),
    { numRuns: 60 },
  );
});
