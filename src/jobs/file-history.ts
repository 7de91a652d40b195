/**
 * Opens the issues of keys in the histories of one owner, one after the other: newest accounts first, at a pace that leaves
 * room for the issues of pushes. A key becomes a leak on record only when it is its turn, so no other job opens its issue
 * sooner. More than 20 keys of a repository become leaks together, and share an issue.
 */
import type { CurrentRepository } from "../domain/index.ts";
import { GitHubError } from "../github/index.ts";
import { byNewestAccount, isToFile } from "../policy/index.ts";
import type { HistoryKey } from "../policy/index.ts";
import { MAX_KEYS_PER_ISSUE } from "../report/index.ts";
import type { NewLeak } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { judgedHistory } from "./history-findings.ts";
import { issuePlaceOf } from "./issue-place.ts";
import { fileHistoryJob, verifyJob } from "./job.ts";
import type { FileHistoryJob } from "./job.ts";
import { MAX_ISSUES } from "./leak-issues.ts";
import { loadRepository } from "./load-repository.ts";
import { placeLeaks } from "./place-leaks.ts";
import { planHistory, publishNewRefs } from "./report-history.ts";
import { updateIssues } from "./update-issues.ts";

/** How long the key of a repository waits for a push that is being read. */
const PUSHES_FIRST_MS = 5000;
const MAX_WAIT_MS = 10 * 60_000;

/** Keys that became leaks on record, and whose issues are to tell of them. */
interface Begun {
  readonly repositoryId: number;
  readonly fingerprints: readonly string[];
}

/** Files the next key of the installation, if it is time. The queue runs one such job of an installation at a time. */
export async function fileHistory(context: JobContext, job: FileHistoryJob): Promise<void> {
  const { historyKeys } = context.record;
  const { installationId } = job;
  for (;;) {
    const begun = await historyKeys.unfinished(installationId);
    if (begun === null) break;
    await finish(context, begun);
  }
  const repositoryId = await historyKeys.next(installationId);
  if (repositoryId === null) return;
  const last = await historyKeys.lastAddedAt(installationId);
  const due = new Date((last?.getTime() ?? 0) + context.limits.historyIssueMs);
  // One in the future was noted while the clock was wrong: nothing would be filed until then.
  const isPaced = last !== null && last <= context.now();
  if (isPaced && context.now() < due) return later(context, job, due);
  // Pushes first: their report opens the issue of a key that they bring.
  if (await isPushBeingRead(context, repositoryId))
    return later(context, job, new Date(context.now().getTime() + PUSHES_FIRST_MS));
  const added = await addNext(context, repositoryId);
  if (added !== null) await finish(context, added);
  if ((await historyKeys.next(installationId)) === null) return;
  const next =
    added === null ? context.now() : new Date(context.now().getTime() + context.limits.historyIssueMs);
  await later(context, job, next);
}

/** A push that could not be read for longer may wait for days. */
async function isPushBeingRead(context: JobContext, repositoryId: number): Promise<boolean> {
  const now = context.now();
  const [oldest] = await context.record.scopes.unread(new Date(now.getTime() + 1), 1, repositoryId);
  return oldest !== undefined && now.getTime() - oldest.notedAt.getTime() < MAX_WAIT_MS;
}

/** All who ask for the same time store one job. */
async function later(context: JobContext, job: FileHistoryJob, due: Date): Promise<void> {
  const next = { ...fileHistoryJob(job, `due ${due.toISOString()}`), runAfter: due };
  await context.record.transaction((record) => record.enqueue([next]));
}

/**
 * Makes leaks of the next keys of a repository.
 *
 * @returns null if none of them is to be filed any more
 */
async function addNext(context: JobContext, repositoryId: number): Promise<Begun | null> {
  const repository = await loadRepository(context, repositoryId);
  if (repository === null) return null;
  // What was planned some time ago may be settled by now, or the owner has decided otherwise.
  await planHistory(context, repository);
  const waiting = new Set(await context.record.historyKeys.waiting(repositoryId));
  const { keys, leaks } = await judgedHistory(context, repository);
  const ready = keys
    .filter((key) => isToFile(key) && waiting.has(key.finding.fingerprint))
    .toSorted(byNewestAccount);
  const fresh = ready.filter(({ finding }) => !leaks.has(finding.fingerprint));
  const batch = fresh.length > MAX_ISSUES ? fresh.slice(0, MAX_KEYS_PER_ISSUE) : ready.slice(0, 1);
  if (batch.length === 0) return null;
  const { details } = await issuePlaceOf(context, repository);
  const place = details[0]?.id ?? repositoryId;
  const fingerprints = batch.map(({ finding }) => finding.fingerprint);
  const now = context.now();
  await context.record.transaction(async (record) => {
    await record.lock([repositoryId]);
    await record.leaks.add(
      repositoryId,
      batch.map((key) => newLeak(key, place)),
      now,
    );
    await record.historyKeys.added(repositoryId, fingerprints, now);
  });
  return { repositoryId, fingerprints };
}

/** A key that is on record, rolled or dismissed in another repository of the owner, gets that state: it is not seen again. */
function newLeak({ finding, places }: HistoryKey, reportRepositoryId: number): NewLeak {
  const { fingerprint, kind, mode, confidence, redacted, account, accountCreated } = finding;
  return {
    leak: { fingerprint, kind, mode, confidence, redacted, account, accountCreated },
    reportRepositoryId,
    locations: places.map((place) => place.finding),
    fromHistory: true,
  };
}

/** Opens the issues of leaks, or has the issues that they have tell more, and has Stripe asked. */
async function finish(context: JobContext, { repositoryId, fingerprints }: Begun): Promise<void> {
  const repository = await loadRepository(context, repositoryId);
  if (repository !== null) await tellIssues(context, repository, fingerprints);
  const now = context.now();
  await context.record.transaction(async (record) => {
    await record.lock([repositoryId]);
    await record.historyKeys.told(repositoryId, fingerprints, now);
    if (repository === null) return;
    const target = { repositoryId, installationId: repository.installationId };
    const which = { fingerprints, again: false };
    await record.enqueue([verifyJob(target, which, `history ${now.toISOString()}`)]);
    // Not after each of hundreds.
    if ((await record.historyKeys.waiting(repositoryId)).length === 0)
      await publishNewRefs(record, repository, now);
  });
}

async function tellIssues(
  context: JobContext,
  repository: CurrentRepository,
  fingerprints: readonly string[],
): Promise<void> {
  const which = new Set(fingerprints);
  try {
    await placeLeaks(context, repository, await issuePlaceOf(context, repository));
    // Nobody is told in a comment of places that are years old.
    await updateIssues(context, repository, which, { told: which });
  } catch (error) {
    if (!(error instanceof GitHubError) || !isRefusal(error)) throw error;
    // The leaks are on record, with the reason: the sweep tries again each hour. The others need not wait for that.
    context.log.warn({ err: error, repository: repository.id }, "no place takes the issues of a history");
  }
}

/** Not what stops every request, and ends by itself. */
function isRefusal({ code }: GitHubError): boolean {
  return code !== "rate_limited" && code !== "unavailable" && code !== "unauthorized";
}
