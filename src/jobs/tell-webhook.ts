/**
 * Tells the operator's webhook what became of a leak: one message for each change of its state, in order. A change waits
 * in the record from the transaction that made it, so no kill loses one; a message that may have arrived is sent again
 * with the same id.
 */
import { untoldNotices } from "../policy/index.ts";
import type { LeakNotice } from "../policy/index.ts";
import { renderLeakMessage } from "../report/index.ts";
import type { Leak, RecordTransaction } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { newJob } from "./job.ts";
import type { NotifyJob } from "./job.ts";

/** The message about a new leak waits this long for its issue, so that it can link to it. */
const ISSUE_MS = 10 * 60_000;

/** Messages are tried for three days, as everything else is. */
const GIVE_UP_MS = 72 * 60 * 60_000;

/** Leaks whose changes one sweep stores jobs for. */
const MAX_A_SWEEP = 500;

/** Sends every message that is due about one leak. A failure leaves the rest for the next attempt. */
export async function tellWebhook(
  context: JobContext,
  { repositoryId, fingerprint }: NotifyJob,
): Promise<void> {
  const { record, webhook } = context;
  if (webhook === null) return record.outbox.toldAll(context.now());
  const { notices, silent } = untoldNotices(await record.outbox.changes(repositoryId, fingerprint));
  const rows = await record.leaks.sharing(repositoryId, fingerprint);
  const [first] = rows;
  for (const notice of notices) {
    if (first !== undefined) {
      if (waitsForIssue(notice, rows, context.now())) return;
      const body = await messageOf(context, notice, first, rows);
      await webhook.send({ id: idOf(notice), body }, context.now());
    }
    await record.outbox.told(notice.numbers, context.now());
  }
  if (silent.length > 0) await record.outbox.told(silent, context.now());
}

/** The same for each attempt, and no other message's, even after the record was lost and numbers begin again. */
function idOf({ change }: LeakNotice): string {
  return `leak_${change.number}_${change.at.getTime()}`;
}

function waitsForIssue({ kind, change }: LeakNotice, rows: readonly Leak[], now: Date): boolean {
  const isFiled = rows.some(({ issueUrl }) => issueUrl !== null);
  return kind === "opened" && !isFiled && now.getTime() - change.at.getTime() < ISSUE_MS;
}

async function messageOf(
  context: JobContext,
  { kind, before, after, change }: LeakNotice,
  leak: Leak,
  rows: readonly Leak[],
): Promise<string> {
  const { kind: keyKind, mode, confidence, redacted, fingerprint, account } = leak;
  const names = await Promise.all(
    rows.map(async ({ repositoryId }) => {
      const repository = await context.record.repositories.find(repositoryId);
      return repository === null ? [] : [`${repository.owner}/${repository.name}`];
    }),
  );
  return renderLeakMessage({
    kind,
    sequence: change.number,
    at: change.at,
    state: after,
    previousState: before,
    actor: change.actor,
    how: change.how,
    key: { kind: keyKind, mode, confidence, redacted, fingerprint, account },
    foundAt: new Date(Math.min(...rows.map(({ foundAt }) => foundAt.getTime()))),
    repositories: names.flat(),
    issueUrl: rows.find(({ issueUrl }) => issueUrl !== null)?.issueUrl ?? null,
  });
}

/**
 * Stores the job that tells the webhook of changes of these leaks. Call it in the transaction that changed them.
 *
 * @param occasion names the change
 */
export async function enqueueNotices(
  { webhook }: JobContext,
  record: RecordTransaction,
  leaks: readonly Pick<Leak, "reportRepositoryId" | "fingerprint">[],
  occasion: string,
): Promise<void> {
  if (webhook === null) return;
  const jobs = leaks.map(({ reportRepositoryId: repositoryId, fingerprint }) => {
    const job = newJob(
      { kind: "notify", repositoryId, fingerprint },
      `${repositoryId} ${fingerprint} ${occasion}`,
      "report",
    );
    return { ...job, again: true };
  });
  await record.enqueue(jobs);
}

/**
 * Finds changes that wait to be told, and stores their jobs.
 *
 * @returns how many leaks have one
 */
export async function sweepNotices(context: JobContext, now: Date): Promise<number> {
  const { record, webhook } = context;
  if (webhook === null) {
    await record.outbox.toldAll(now);
    return 0;
  }
  const waiting = await record.outbox.waiting(MAX_A_SWEEP);
  const leaks = waiting.map(({ repositoryId: reportRepositoryId, fingerprint }) => ({
    reportRepositoryId,
    fingerprint,
  }));
  await record.transaction((transaction) => enqueueNotices(context, transaction, leaks, "sweep"));
  return waiting.length;
}

/** Gives up the messages of a leak that could not be delivered for three days. */
export async function giveUpNotices(
  context: JobContext,
  { repositoryId, fingerprint }: NotifyJob,
  problem: string,
): Promise<void> {
  const { record, log } = context;
  const oldest = context.now().getTime() - GIVE_UP_MS;
  const changes = await record.outbox.changes(repositoryId, fingerprint);
  const late = changes.filter(({ told, at }) => !told && at.getTime() <= oldest);
  log.error(
    { repository: repositoryId, fingerprint, changes: late.length, problem },
    "the webhook was not told",
  );
  await record.outbox.told(
    late.map(({ number }) => number),
    context.now(),
  );
}
