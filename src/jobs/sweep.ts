/**
 * The sweep and the recurring jobs. The sweep finds the differences between the record and the work done, and stores jobs
 * for them; it does nothing else.
 */
import type { RecordStore } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { expireRecord } from "./expire-record.ts";
import { sweepHistories } from "./feed-histories.ts";
import { fileHistoryJob, matchJob, newJob, placeJob, publishJob, scanJob, verifyJob } from "./job.ts";
import type { JobTarget } from "./job.ts";
import { sweepReminders } from "./remind.ts";
import { sweepNotices } from "./tell-webhook.ts";
import { sweepOwners } from "./tend-owner.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** What a sweep finds in this time gets one job. */
const SLOT_MS = 5 * MINUTE_MS;
/** Anything younger is still being worked on. */
const SETTLE_MS = 2 * MINUTE_MS;
/** Of each kind, in one sweep. */
const MAX_A_SWEEP = 500;
/** Leaks stay open for weeks, so all repositories that have some are looked at each time. */
const MAX_WITH_LEAKS = 20_000;

/** How much a sweep found and stored jobs for. */
export interface SweepCounts {
  readonly unreadScopes: number;
  readonly unreportedRepositories: number;
  readonly staleChecks: number;
  readonly repositoriesToCompare: number;
  readonly repositoriesToMatch: number;
  readonly repositoriesToVerify: number;
  readonly repositoriesToWelcome: number;
}

/**
 * Finds whatever was left behind, for whatever reason: scopes noted but not read, live leaks without an issue, checks that
 * differ from the record, repositories whose refs were not compared today or that were never welcomed, people who have to be
 * told or reminded. It only stores jobs, under the names of the
 * first attempt, so it does not repeat work that is still under way. Last it deletes what was kept long enough.
 */
export async function sweep(context: JobContext): Promise<SweepCounts> {
  const { record } = context;
  const now = context.now();
  const settled = new Date(now.getTime() - SETTLE_MS);
  const counts = {
    unreadScopes: await sweepScopes(record, settled),
    unreportedRepositories: await sweepLeaks(record, now),
    staleChecks: await sweepChecks(record, settled),
    repositoriesToCompare: await sweepRefs(record, now),
    repositoriesToMatch: await sweepIssues(record, now),
    repositoriesToVerify: await sweepActivities(record, now),
    repositoriesToWelcome: await sweepUnwelcomed(record, now),
  };
  await sweepHistoryKeys(record, now);
  await sweepNotices(context, now);
  await sweepReminders(record, now);
  await sweepOwners(record, now);
  await sweepHistories(record, now);
  await expireRecord(record, now);
  await enqueueNext(context, "sweep", now);
  return counts;
}

/**
 * Call at each start: stores the recurring jobs, each once over all processes.
 *
 * @param options `alone`: no other process works on this record, so claims of a dead one are released
 */
export async function startRecurring(
  record: RecordStore,
  now: Date,
  { alone }: { readonly alone: boolean },
): Promise<void> {
  if (alone) await record.checks.releaseAll();
  const slot = Math.floor(now.getTime() / MINUTE_MS);
  await record.transaction((transaction) =>
    transaction.enqueue([
      { ...newJob({ kind: "sweep" }, `start ${slot}`, "sweep"), again: true },
      { ...newJob({ kind: "fetch_deliveries" }, `start ${slot}`, "sweep"), again: true },
    ]),
  );
}

/** Stores the next run of a recurring job: at the next full interval, the same for every process. */
export async function enqueueNext(
  { record, limits }: Pick<JobContext, "record" | "limits">,
  kind: "sweep" | "fetch_deliveries",
  now: Date,
): Promise<void> {
  const every = kind === "sweep" ? limits.sweepEveryMs : limits.fetchEveryMs;
  const slot = Math.floor(now.getTime() / every) + 1;
  const next = newJob({ kind }, `slot ${slot}`, "sweep", new Date(slot * every));
  // Done already if the clock was set back: without `again` the chain would end there.
  await record.transaction((transaction) => transaction.enqueue([{ ...next, again: true }]));
}

async function sweepScopes(record: RecordStore, before: Date): Promise<number> {
  const scopes = await record.scopes.unread(before, MAX_A_SWEEP);
  await record.transaction(async (transaction) => {
    for (const scope of scopes) {
      const target = await targetOf(transaction, scope.repositoryId);
      if (target !== null) {
        await transaction.enqueue([
          scanJob(target, scope, scope.trust.kind === "author" ? "stranger" : "trusted"),
        ]);
      }
    }
  });
  return scopes.length;
}

async function sweepLeaks(record: RecordStore, now: Date): Promise<number> {
  const unreported = await record.leaks.unreported(MAX_A_SWEEP);
  // The owner may have named another place, or a place may take issues again.
  const open = await record.leaks.withOpen(MAX_WITH_LEAKS);
  // This fails each time if issues are disabled: once an hour is enough.
  const slot = Math.floor(now.getTime() / (60 * MINUTE_MS));
  await record.transaction(async (transaction) => {
    for (const id of new Set([...unreported, ...open])) {
      const target = await targetOf(transaction, id);
      if (target !== null) await transaction.enqueue([placeJob(target, `sweep ${slot}`)]);
    }
  });
  return unreported.length;
}

async function sweepChecks(record: RecordStore, before: Date): Promise<number> {
  const stale = await record.checks.stale(before, MAX_A_SWEEP);
  await record.transaction(async (transaction) => {
    for (const { repositoryId, head, wanted } of stale) {
      const target = await targetOf(transaction, repositoryId);
      if (target !== null) {
        await transaction.enqueue([
          { ...publishJob(target, head, `sweep ${wanted}`, "trusted"), again: true },
        ]);
      }
    }
  });
  return stale.length;
}

async function sweepRefs(record: RecordStore, now: Date): Promise<number> {
  const repositories = await record.repositories.toCompare(new Date(now.getTime() - DAY_MS), MAX_A_SWEEP);
  const slot = Math.floor(now.getTime() / DAY_MS);
  await record.transaction(async (transaction) => {
    for (const id of repositories) {
      const target = await targetOf(transaction, id);
      if (target !== null)
        await transaction.enqueue([newJob({ kind: "compare_refs", ...target }, `${id} ${slot}`, "backlog")]);
    }
  });
  return repositories.length;
}

/** Issues are matched at once where one may have been opened twice, and else once a day, because deliveries get lost. */
async function sweepIssues(record: RecordStore, now: Date): Promise<number> {
  const repositories = await record.repositories.toMatch(new Date(now.getTime() - DAY_MS), MAX_A_SWEEP);
  const slot = Math.floor(now.getTime() / SLOT_MS);
  await record.transaction(async (transaction) => {
    for (const id of repositories) {
      const target = await targetOf(transaction, id);
      if (target !== null) await transaction.enqueue([matchJob(target, `sweep ${slot}`)]);
    }
  });
  return repositories.length;
}

/** Repositories whose installation no delivery told of, as after a loss of the record. */
async function sweepUnwelcomed(record: RecordStore, now: Date): Promise<number> {
  const repositories = await record.repositories.withoutBaseline(MAX_A_SWEEP);
  const slot = Math.floor(now.getTime() / (60 * MINUTE_MS));
  await record.transaction(async (transaction) => {
    for (const id of repositories) {
      const target = await targetOf(transaction, id);
      if (target !== null)
        await transaction.enqueue([newJob({ kind: "welcome", ...target }, `${id} sweep ${slot}`, "backlog")]);
    }
  });
  return repositories.length;
}

/** Keys that Stripe is to be asked about, those of one repository by one job. */
async function sweepActivities(record: RecordStore, now: Date): Promise<number> {
  const due = await record.activities.due(now, MAX_A_SWEEP);
  const repositories = new Set(due.map(({ repositoryId }) => repositoryId));
  const slot = Math.floor(now.getTime() / SLOT_MS);
  await record.transaction(async (transaction) => {
    for (const id of repositories) {
      const target = await targetOf(transaction, id);
      const which = { fingerprints: null, again: false };
      if (target !== null) await transaction.enqueue([verifyJob(target, which, `sweep ${slot}`)]);
    }
  });
  return repositories.size;
}

/** Keys of histories that get an issue: one job of an installation files them, each stores the next. */
async function sweepHistoryKeys(record: RecordStore, now: Date): Promise<void> {
  const waiting = await record.historyKeys.installationsWaiting();
  const slot = Math.floor(now.getTime() / SLOT_MS);
  await record.transaction((transaction) =>
    transaction.enqueue(waiting.map((target) => fileHistoryJob(target, `sweep ${slot}`))),
  );
}

async function targetOf(record: Pick<RecordStore, "repositories">, id: number): Promise<JobTarget | null> {
  const repository = await record.repositories.find(id);
  return repository === null ? null : { repositoryId: id, installationId: repository.installationId };
}
