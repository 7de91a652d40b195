import { describe, expect, test } from "vitest";
import { z } from "zod";
import { NO_FACTS } from "../../src/domain/index.ts";
import type { Gap, Repository, ScopeFinding } from "../../src/domain/index.ts";
import { expireRecord, KEEP_MS } from "../../src/jobs/expire-record.ts";
import { endScopes, failScope, finishScope, noteScope } from "../../src/jobs/scope-life.ts";
import { createRecord } from "../../src/store/index.ts";
import type { RecordStore } from "../../src/store/index.ts";
import { aRepository, NOW, useDatabase } from "../support/job-context.ts";
import { TABLES_OF_REPOSITORY } from "../../src/store/retention.ts";
import { MemoryRecord } from "../support/memory-record.ts";
import { atHead, HEAD, madeFinding, OLDER } from "../support/reported.ts";

const database = useDatabase();
const REF = "refs/heads/topic";
const DAY_MS = 24 * 60 * 60_000;
const LATER = new Date(NOW.getTime() + KEEP_MS.ended + DAY_MS);
const TOO_LARGE: Gap = { reason: "too_large", commit: HEAD, path: "a.zip", detail: "" };

interface Told {
  readonly findings?: readonly ScopeFinding[];
  readonly gaps?: readonly Gap[];
  readonly reading?: "read" | "failed" | "none";
  readonly conclusion?: "success" | "failure";
  readonly pending?: boolean;
  /** Whether the branch still is at the head. */
  readonly deleted?: boolean;
  readonly after?: (record: RecordStore, repository: Repository) => Promise<void>;
}

/** A push of a branch at HEAD, read and shown, whose branch is deleted then. */
async function tell(record: RecordStore, repository: Repository, told: Told): Promise<void> {
  const { id } = repository;
  const { findings = [], gaps = [], reading = "read", conclusion = "success", pending = false } = told;
  await record.repositories.note(repository);
  const push = { kind: "push", ref: REF, before: OLDER, after: HEAD } as const;
  const trust = { kind: "writer" } as const;
  const noted = { repositoryId: id, scope: push, defaultBranch: false, facts: NO_FACTS, trust, asOf: NOW };
  await record.transaction(async (within) => {
    const { scope } = await noteScope(within, noted, true, NOW);
    const result = { commits: [HEAD], findings, coverage: { commits: 1, files: 1, gaps } };
    const target = { repositoryId: id, installationId: 5 };
    if (reading === "read") await finishScope(within, target, scope, result, NOW);
    if (reading === "failed") await failScope(within, scope, "It failed.", NOW);
    if (told.deleted !== false) await endScopes(within, id, `push:${REF}`, NOW, NOW);
  });
  await record.checks.claim(id, HEAD, "w", NOW, LATER);
  const run = { externalId: "x", runId: 1, conclusion, pending, annotations: [], digest: "d" } as const;
  await record.checks.saveRun(id, HEAD, "w", run, null);
  const wanted = (await record.checks.find(id, HEAD))?.wanted ?? 0;
  await record.checks.settle(id, HEAD, "w", wanted);
  await told.after?.(record, repository);
}

async function keeps(record: RecordStore, { id }: Repository): Promise<boolean> {
  const [scopes, check] = [await record.scopes.atHead(id, HEAD), await record.checks.find(id, HEAD)];
  expect(scopes.length > 0).toBe(check !== null);
  return check !== null;
}

describe.each([
  ["over PostgreSQL", () => createRecord(database(), { enqueue: async () => {} })],
  ["in memory", () => new MemoryRecord(() => {}).open()],
])("retention %s", (_name, open) => {
  test("a clean head that nothing points at goes after 90 days, and not before", async () => {
    const [record, repository] = [open(), aRepository()];
    await tell(record, repository, {});
    await expireRecord(record, new Date(NOW.getTime() + KEEP_MS.ended));
    expect(await keeps(record, repository)).toBe(true);
    await expireRecord(record, LATER);
    expect(await keeps(record, repository)).toBe(false);
    expect(await record.scopes.subject(repository.id, `push:${REF}`)).toBeNull();
  });

  test.each<[string, Told]>([
    ["its branch is still there", { deleted: false }],
    ["a key was found, whatever became of it", { findings: [atHead(madeFinding())] }],
    ["a part could not be read", { gaps: [TOO_LARGE] }],
    ["it was never read", { reading: "none" }],
    ["reading it failed", { reading: "failed" }],
    ["it is red", { conclusion: "failure" }],
    ["an answer of GitHub is missing", { pending: true }],
    ["a new run was asked for", { after: (record, { id }) => record.checks.wantNewRun(id, HEAD) }],
    ["its check is stale", { after: (record, { id }) => record.checks.touch(id, [HEAD], NOW) }],
    [
      "a pull request is at it",
      {
        after: (record, { id }) =>
          record.scopes.putSubject({ repositoryId: id, key: "pull_request:1", head: HEAD, asOf: NOW }),
      },
    ],
    [
      "it was read again lately",
      {
        after: async (record, { id }) => {
          const [scope] = await record.scopes.atHead(id, HEAD);
          if (scope !== undefined) await record.scopes.note({ ...scope, notedAt: LATER });
        },
      },
    ],
  ])("a head is kept while %s", async (_reason, told) => {
    const [record, repository] = [open(), aRepository()];
    await tell(record, repository, told);
    await expireRecord(record, LATER);
    expect(await keeps(record, repository)).toBe(true);
  });

  test("a head that is kept is examined again after 90 days", async () => {
    const [record, repository] = [open(), aRepository()];
    await tell(record, repository, { deleted: false });
    await expireRecord(record, LATER);
    await endScopes(record, repository.id, `push:${REF}`, LATER, NOW);
    await record.checks.claim(repository.id, HEAD, "w", NOW, LATER);
    await record.checks.settle(repository.id, HEAD, "w", 3);
    await expireRecord(record, LATER);
    expect(await keeps(record, repository)).toBe(true);
    await expireRecord(record, new Date(LATER.getTime() + KEEP_MS.ended + DAY_MS));
    expect(await keeps(record, repository)).toBe(false);
  });

  test("deliveries go after 4 days, scans of commits after 90", async () => {
    const [record, { id }] = [open(), aRepository()];
    const scan = { sha: HEAD, parents: [], files: 1, findings: [], gaps: [] };
    await record.deliveries.add(`${id}`, NOW);
    expect(await record.deliveries.countRedelivery(`${id}`, NOW)).toBe(1);
    await record.commitScans.save(id, "1", [scan], NOW);
    await expireRecord(record, new Date(NOW.getTime() + KEEP_MS.deliveries));
    expect(await record.deliveries.accepted([`${id}`])).toEqual(new Set([`${id}`]));
    await expireRecord(record, new Date(NOW.getTime() + KEEP_MS.deliveries + 1));
    expect(await record.deliveries.accepted([`${id}`])).toEqual(new Set());
    expect(await record.deliveries.countRedelivery(`${id}`, NOW)).toBe(1);
    expect((await record.commitScans.find(id, "1", [HEAD])).size).toBe(1);
    await expireRecord(record, new Date(NOW.getTime() + KEEP_MS.commitScans + 1));
    expect((await record.commitScans.find(id, "1", [HEAD])).size).toBe(0);
  });

  test("a repository goes with all it has 30 days after the app was removed from it", async () => {
    const [record, repository, other] = [open(), aRepository(), aRepository({ installationId: 6 })];
    const { id } = repository;
    await tell(record, repository, { findings: [atHead(madeFinding())] });
    await tell(record, other, { findings: [atHead(madeFinding())] });
    const finding = madeFinding();
    const leak = { leak: finding, reportRepositoryId: id, locations: [finding] };
    await record.leaks.add(id, [leak], NOW);
    await record.acceptedGaps.put(id, [{ subject: "s", login: "ann", at: NOW }]);
    await record.repositories.remove(5, [id]);
    await expireRecord(record, NOW);
    await expireRecord(record, new Date(NOW.getTime() + KEEP_MS.removed));
    expect(await keeps(record, repository)).toBe(true);
    await expireRecord(record, new Date(NOW.getTime() + KEEP_MS.removed + 1));
    expect(await keeps(record, repository)).toBe(false);
    expect(await record.repositories.find(id)).toBeNull();
    expect(await record.leaks.all(id)).toEqual([]);
    expect(await record.leaks.events(id, finding.fingerprint)).toEqual([]);
    expect((await record.acceptedGaps.find(id, ["s"])).size).toBe(0);
    expect(await keeps(record, other)).toBe(true);
  });

  test("a repository that the app was installed on again keeps what it has", async () => {
    const [record, repository] = [open(), aRepository()];
    await tell(record, repository, { findings: [atHead(madeFinding())] });
    await record.repositories.remove(5, [repository.id]);
    await expireRecord(record, NOW);
    await record.repositories.noteInstalled([repository], NOW);
    await record.repositories.remove(5, [repository.id]);
    // The 30 days begin again, with the sweep that sees the second removal.
    await expireRecord(record, LATER);
    expect(await keeps(record, repository)).toBe(true);
  });

  test("more than one step's worth goes in one sweep", async () => {
    const [record, repository] = [open(), aRepository()];
    const scans = Array.from({ length: 2500 }, (_, at) => ({
      sha: `${at}`,
      parents: [],
      files: 1,
      findings: [],
      gaps: [],
    }));
    await record.commitScans.save(repository.id, "1", scans, NOW);
    expect(await expireRecord(record, LATER)).toBeGreaterThanOrEqual(2500);
  });
});

test("every table with rows of a repository is emptied when it goes", async () => {
  const rows = await database().rows(
    z.object({ name: z.string() }),
    `SELECT table_name AS name FROM information_schema.columns
     WHERE table_schema = current_schema() AND column_name = 'repository_id'`,
  );
  expect(rows.map(({ name }) => name).toSorted()).toEqual([...TABLES_OF_REPOSITORY].toSorted());
});
