/**
 * Asks whether keys still work, and does what follows: a leak whose key is dead is closed with the time that it took, one
 * that was said to be rolled and still works is opened again, and checks and issues say what is new. Each step may be done
 * twice, and a leak stays due until all of them are.
 */
import type { KeyActivity, LeakStateName } from "../domain/index.ts";
import { setIssueState } from "../github/index.ts";
import { scheduled, stateAfterAsking } from "../policy/index.ts";
import { activityText } from "../report/index.ts";
import type { LifeComment } from "../report/index.ts";
import type { Leak } from "../store/index.ts";
import { takeTickBack } from "./box-ticks.ts";
import type { JobContext } from "./context.ts";
import { followHistory } from "./follow-history.ts";
import { newJob, publishJob } from "./job.ts";
import type { JobTarget, UpdateIssuesJob, VerifyJob } from "./job.ts";
import { activityOf, knownActivity } from "./key-activity.ts";
import { changeLeakState } from "./leak-state.ts";
import { loadRepository } from "./load-repository.ts";
import { groupsOf } from "./review-issue.ts";
import type { LeakGroup } from "./review-issue.ts";
import { sayOnce } from "./say-once.ts";

/** Keys that one job asks about; the sweep finds the others. */
const MAX_KEYS = 200;
/** Checks that are published again for one key. */
const MAX_CHECKS = 50;

const MINUTE_MS = 60_000;
/** Two pushes of one key ask once. */
const FRESH_MS = 10 * MINUTE_MS;

/** The queue runs one such job of an installation at a time. */
export async function verifyLeaks(context: JobContext, job: VerifyJob): Promise<void> {
  const { record } = context;
  const fingerprints =
    job.fingerprints ??
    (await record.activities.due(context.now(), MAX_KEYS, job.repositoryId)).map((due) => due.fingerprint);
  const leaks = await record.leaks.find(job.repositoryId, fingerprints);
  for (const leak of [...leaks.values()].slice(0, MAX_KEYS))
    await verifyLeak(context, leak, job.again ? 0 : FRESH_MS);
}

async function verifyLeak(context: JobContext, leak: Leak, freshMs: number): Promise<void> {
  const { record } = context;
  const [group] = groupsOf(await record.leaks.sharing(leak.reportRepositoryId, leak.fingerprint));
  if (group === undefined || group.state === "dismissed") return;
  const before = await knownActivity(record, group.rows);
  if (isUnfinished(before)) {
    const isDone = await carryOut(context, group, before);
    // Whoever clicked wants to know what is true now.
    if (isDone && freshMs === 0) await verifyLeak(context, leak, freshMs);
    return;
  }
  const activity = await activityOf(context, leak, { freshMs });
  if (stateAfterAsking(group.state, group.first.stateHow, activity) !== null)
    await carryOut(context, group, activity);
  else if (isNews(before, activity)) await show(context, group, activity);
}

/**
 * Changes the state of the leak, tells its issue and shows it in the checks.
 *
 * @returns false if the issue is about to be opened, which would then stay open: the sweep comes back
 */
async function carryOut(context: JobContext, group: LeakGroup, activity: KeyActivity): Promise<boolean> {
  const { first, state } = group;
  await keep(context, group, { ...activity, nextAt: activity.askedAt });
  // A leak that is open has an issue soon. One that is not may have lost it for good.
  if (state === "open" && first.issueNumber === null && first.reportProblem === null) return false;
  const next = stateAfterAsking(state, first.stateHow, activity);
  if (next !== null)
    await changeLeakState(context, first, { from: state, to: next.to, actor: null, how: next.how });

  await tellIssue(context, group, activity, next?.to ?? state);
  await show(context, group, activity);
  await keep(context, group, scheduled(activity, context.now()));
  return true;
}

/**
 * Whether an answer had consequences that were not all carried out: until then the leak is due since the moment of the
 * answer, so a process that is killed is continued.
 */
function isUnfinished({ askedAt, nextAt }: KeyActivity): boolean {
  return askedAt !== null && nextAt?.getTime() === askedAt.getTime();
}

/** Keeps the answer for every row of the leak. */
async function keep(context: JobContext, { rows }: LeakGroup, activity: KeyActivity): Promise<void> {
  for (const { repositoryId, fingerprint } of rows)
    await context.record.activities.put(repositoryId, fingerprint, activity);
}

/** Whether checks and issues say something else now. */
function isNews(before: KeyActivity, after: KeyActivity): boolean {
  return activityText(before) !== activityText(after);
}

/** Closes or reopens the issue of the leak, and says why. An issue of many keys is closed when all of them are. */
async function tellIssue(
  context: JobContext,
  { first, rows, state: former }: LeakGroup,
  activity: KeyActivity,
  state: LeakStateName,
): Promise<void> {
  const { issueNumber: number, reportRepositoryId } = first;
  const place = await loadRepository(context, reportRepositoryId);
  if (number === null || place === null || !place.private) return;
  const groups = groupsOf(await context.record.leaks.withIssue(place.id, number));
  const found = Math.min(...rows.map(({ foundAt }) => foundAt.getTime()));
  const { redacted } = first;
  const tookMs = (activity.since ?? context.now()).getTime() - found;
  const comment: LifeComment =
    state === "open"
      ? { kind: "works_after_all", redacted, activity }
      : { kind: "verified", redacted, activity, tookMs, closes: former === "open" };
  const occasion = `${comment.kind} ${first.fingerprint} ${activity.since?.toISOString() ?? ""}`;
  await sayOnce(context, place, number, comment, occasion);
  const octokit = await context.github.installation(place.installationId);
  if (state === "open") {
    await takeTickBack(context, octokit, place, number, first);
    await setIssueState(octokit, place, number, "open");
  } else if (groups.every((group) => group.state !== "open")) {
    await setIssueState(octokit, place, number, "completed");
  }
}

/** Publishes the checks that show the key again, and has its issue written again. */
async function show(context: JobContext, { rows }: LeakGroup, { askedAt }: KeyActivity): Promise<void> {
  const { record } = context;
  const now = context.now();
  const occasion = `verified ${(askedAt ?? now).toISOString()}`;
  for (const { repositoryId, fingerprint } of rows) {
    await record.transaction(async (transaction) => {
      await transaction.lock([repositoryId]);
      const known = await transaction.repositories.find(repositoryId);
      if (known === null) return;
      const target: JobTarget = { repositoryId, installationId: known.installationId };
      const pointed = await transaction.scopes.pointedHeadsShowing(repositoryId, fingerprint);
      const heads = pointed.slice(0, MAX_CHECKS).map(({ head }) => head);
      await transaction.checks.touch(repositoryId, heads, now);
      const update: UpdateIssuesJob = { kind: "update_issues", ...target, fingerprints: [fingerprint] };
      await transaction.enqueue([
        ...heads.map((head) => ({ ...publishJob(target, head, occasion, "report"), again: true })),
        newJob(update, `${repositoryId} ${fingerprint} ${occasion}`, "report"),
        ...(await followHistory(transaction, [repositoryId], now)),
      ]);
    });
  }
}
