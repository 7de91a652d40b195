import { createHash } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { installationIdSchema } from "../../src/domain/index.ts";
import type { CurrentRepository, Notice, Repository } from "../../src/domain/index.ts";
import type { JobContext } from "../../src/jobs/index.ts";
import {
  acceptDeliveries,
  createConfigurationReader,
  DEFAULT_LIMITS,
  PushWatch,
  runJob,
} from "../../src/jobs/index.ts";
import type { Webhook } from "../../src/notify/index.ts";
import { NO_MEASURES } from "../../src/measure/index.ts";
import { createLog } from "../../src/server/log.ts";
import { findKey, scanContent } from "../../src/scan/index.ts";
import type { FindKey, HistoryRead } from "../../src/scan/index.ts";
import { KeyedLock } from "../../src/source/index.ts";
import type { GitSource, HistoryMirror } from "../../src/source/index.ts";
import type { Stripe } from "../../src/stripe/index.ts";
import type { Database, RecordStore } from "../../src/store/index.ts";
import { testDatabase } from "./database.ts";
import type { TestDatabase } from "./database.ts";
import { FakeGitHub } from "./fake-github.ts";
import { FakeQueue } from "./fake-queue.ts";
import { MemoryRecord } from "./memory-record.ts";

export const NOW = new Date("2026-11-21T12:00:00Z");

/** One database for a file of tests; each test has its own repository in it. */
export function useDatabase(): () => Database {
  let opened: TestDatabase | null = null;
  beforeAll(async () => {
    opened = await testDatabase();
  });
  afterAll(() => opened?.close());
  return () => {
    if (opened === null) throw new Error("The database is open within tests only.");
    return opened.database;
  };
}

let repositories = 0;

export function aRepository(fields: Partial<Repository> = {}): CurrentRepository {
  repositories += 1;
  return {
    id: repositories,
    owner: "acme",
    name: "shop",
    private: true,
    defaultBranch: "main",
    ...fields,
    installationId: installationIdSchema.parse(fields.installationId ?? 5),
  };
}

/** What jobs work with: a record, a queue and a GitHub in memory, and no git. */
export interface FakeContext extends JobContext {
  readonly github: FakeGitHub;
  readonly queue: FakeQueue;
  /** Branches that GitHub shows, by full name. */
  readonly branches: Map<string, string>;
  /** The time; a test may change it. */
  clock: Date;
  /** Accepts a delivery of these notices, by default one that was never accepted before. */
  accept(notices: readonly Notice[], id?: string): Promise<void>;
  /** Does every job that is due, one after the other, until none is left. */
  settle(): Promise<void>;
}

async function noGit(): Promise<never> {
  throw new Error("These tests need no git.");
}

function withoutGit(branches: ReadonlyMap<string, string>): GitSource {
  return {
    prepare: noGit,
    prepareTips: noGit,
    readBlob: noGit,
    listRefs: async () => [...branches].map(([ref, sha]) => ({ ref, sha, peeled: null })),
    async *read() {
      yield await noGit();
    },
  };
}

function withoutHistory(
  branches: ReadonlyMap<string, string>,
  listRefs?: GitSource["listRefs"],
): HistoryMirror {
  return {
    listRefs: listRefs ?? (async () => [...branches].map(([ref, sha]) => ({ ref, sha, peeled: null }))),
    fetch: async (_refs, _of, _signal, read) => read({ gitDirectory: "/", tips: [], fetchedBytes: 0 }),
    remove: async () => {},
  };
}

async function emptyHistory(): Promise<HistoryRead> {
  return { findings: [], gaps: [], holders: [], atTip: [], objects: 0, bytes: 0 };
}

const noStripe: Stripe = {
  activityOf: () => Promise.reject(new Error("These tests do not ask Stripe.")),
};

let deliveries = 0;

export function aContext(
  parts: {
    readonly record?: (record: RecordStore) => RecordStore;
    readonly git?: Partial<GitSource>;
    readonly history?: HistoryMirror;
    readonly readHistory?: JobContext["readHistory"];
    readonly webhook?: Webhook;
    readonly stripe?: Stripe;
    readonly findKey?: FindKey;
  } = {},
): FakeContext {
  const [github, queue] = [new FakeGitHub(), new FakeQueue()];
  const opened = new MemoryRecord((jobs) => queue.store(jobs)).open();
  const record = parts.record?.(opened) ?? opened;
  const context: FakeContext = {
    github,
    queue,
    record,
    branches: new Map(),
    clock: NOW,
    configuration: createConfigurationReader(github, () => context.clock),
    lock: new KeyedLock(),
    scanContent,
    findKey: parts.findKey ?? findKey,
    stripe: parts.stripe ?? noStripe,
    githubUrl: "https://github.com",
    openGit: () => ({ ...withoutGit(context.branches), ...parts.git }),
    openHistory: () => parts.history ?? withoutHistory(context.branches, parts.git?.listRefs),
    pushes: new PushWatch(),
    readHistory: parts.readHistory ?? emptyHistory,
    marker: (repositoryId, fingerprint) =>
      createHash("sha256").update(`${repositoryId}:${fingerprint}`).digest("hex").slice(0, 40),
    webhook: parts.webhook ?? null,
    formerMarkers: () => [],
    limits: DEFAULT_LIMITS,
    measures: NO_MEASURES,
    log: createLog("silent"),
    now: () => context.clock,
    async accept(notices, id) {
      deliveries += 1;
      await acceptDeliveries(record, [{ id: id ?? `delivery ${deliveries}`, notices }], context.clock);
    },
    async settle() {
      for (;;) {
        const [next] = queue.due(context.clock.getTime());
        if (next === undefined) return;
        next.state = "active";
        try {
          await runJob(context, next.job);
          next.state = "done";
        } catch (error) {
          next.state = "failed";
          throw error;
        }
      }
    },
  };
  return context;
}
