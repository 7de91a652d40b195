/**
 * Asks whether keys still work, and does what follows: a leak whose key is dead is closed with the time that it took, one
 * that was said to be rolled and still works is opened again, and checks and issues say what is new. Each step may be done
 * twice, and a leak stays due until all of them are.
 */
import type { KeyActivity, LeakStateName } from "../domain/index.ts";
import { setIssueState } from "../github/index.ts";
import { scheduled, stateAfterAsking } from "../policy/index.ts";
import { activityText } from "../report/index.ts";
import type { AnsweredKey } from "../report/index.ts";
import type { Leak } from "../store/index.ts";
import { takeTickBack } from "./box-ticks.ts";
import type { JobContext } from "./context.ts";
import { followHistory } from "./follow-history.ts";
import { unlessGone } from "./issue-now.ts";
import { newJob, publishJob } from "./job.ts";
import type { JobTarget, UpdateIssuesJob, VerifyJob } from "./job.ts";
import { activityOf, knownActivity } from "./key-activity.ts";
import { changeLeakState } from "./leak-state.ts";
import { loadRepository } from "./load-repository.ts";
import { groupsOf } from "./review-issue.ts";
import type { LeakGroup } from "./review-issue.ts";
import { sayEachOnce } from "./say-once.ts";

/** Keys that one job asks about; the sweep finds the others. */
const MAX_KEYS = 200;
/** Checks that are published again for one key. */
const MAX_CHECKS = 50;

const MINUTE_MS = 60_000;
/** Two pushes of one key ask once. */
const FRESH_MS = 10 * MINUTE_MS;

/** What an answer has made of a leak, and its issue and checks do not say yet. */
interface Outcome {
  readonly group: LeakGroup;
  readonly activity: KeyActivity;
  readonly state: LeakStateName;
}

/** The queue runs one such job of an installation at a time. */
export async function verifyLeaks(context: JobContext, job: VerifyJob): Promise<void> {
  const { record } = context;
  const fingerprints =
    job.fingerprints ??
    (await record.activities.due(context.now(), MAX_KEYS, job.repositoryId)).map((due) => due.fingerprint);
  const leaks = [...(await record.leaks.find(job.repositoryId, fingerprints)).values()].slice(0, MAX_KEYS);
  const finished = await verifyEach(context, leaks, job.again ? 0 : FRESH_MS);
  // Whoever clicked wants to know what is true now.
  if (job.again) await verifyEach(context, finished, 0);
}

/**
 * Asks about each leak, and then tells each issue once of all its keys.
 *
 * @returns leaks that were not asked about, because an earlier answer was not carried out yet: now it is
 */
async function verifyEach(
  context: JobContext,
  leaks: readonly Leak[],
  freshMs: number,
): Promise<readonly Leak[]> {
  const outcomes: Outcome[] = [];
  const continued: Leak[] = [];
  for (const leak of leaks) {
    const rows = await context.record.leaks.sharing(leak.reportRepositoryId, leak.fingerprint);
    const [group] = groupsOf(rows);
    if (group === undefined || group.state === "dismissed") continue;
    const before = await knownActivity(context.record, group.rows);
    const isLeft = isUnfinished(before);
    const activity = isLeft ? before : await activityOf(context, leak, { freshMs });
    const changes = stateAfterAsking(group.state, group.first.stateHow, activity) !== null;
    const outcome = isLeft || changes ? await decide(context, group, activity) : null;
    if (outcome !== null) outcomes.push(outcome);
    if (outcome !== null && isLeft) continued.push(leak);
    if (!isLeft && !changes && isNews(before, activity)) await show(context, group, activity);
  }
  await carryOut(context, outcomes);
  return continued;
}

/**
 * Changes the state of the leak as the answer says. It stays due until the rest is done too.
 *
 * @returns null if the issue is about to be opened, which would then stay open: the sweep comes back
 */
async function decide(context: JobContext, group: LeakGroup, activity: KeyActivity): Promise<Outcome | null> {
  const { first, state } = group;
  await keep(context, group, { ...activity, nextAt: activity.askedAt });
  // A leak that is open has an issue soon. One that is not may have lost it for good.
  if (state === "open" && first.issueNumber === null && first.reportProblem === null) return null;
  const next = stateAfterAsking(state, first.stateHow, activity);
  if (next !== null)
    await changeLeakState(context, first, { from: state, to: next.to, actor: null, how: next.how });
  return { group, activity, state: next?.to ?? state };
}

/** Tells the issues and shows the outcomes in the checks. */
async function carryOut(context: JobContext, outcomes: readonly Outcome[]): Promise<void> {
  const byIssue = Map.groupBy(
    outcomes,
    ({ group: { first } }) => `${first.reportRepositoryId} ${first.issueNumber}`,
  );
  for (const together of byIssue.values()) {
    for (const state of ["open", "rolled"] as const) {
      await unlessGone(() =>
        tellIssue(
          context,
          together.filter((outcome) => outcome.state === state),
          state,
        ),
      );
    }
    for (const { group, activity } of together) {
      await show(context, group, activity);
      await keep(context, group, scheduled(activity, context.now()));
    }
  }
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

/** Closes or reopens the issue of these leaks, and says why. An issue of many keys is closed when all of them are rolled. */
async function tellIssue(
  context: JobContext,
  outcomes: readonly Outcome[],
  state: "open" | "rolled",
): Promise<void> {
  const [one] = outcomes;
  if (one === undefined) return;
  const { issueNumber: number, reportRepositoryId } = one.group.first;
  const place = await loadRepository(context, reportRepositoryId);
  if (number === null || place === null || !place.private) return;
  const groups = groupsOf(await context.record.leaks.withIssue(place.id, number));
  const isOver = groups.every((group) => group.state !== "open");
  const kind = state === "open" ? "works_after_all" : "verified";
  const closes = isOver && outcomes.some(({ group }) => group.state === "open");
  await sayEachOnce(
    context,
    place,
    number,
    outcomes.map((outcome) => {
      const { group, activity } = outcome;
      const id = `${kind} ${group.first.fingerprint} ${activity.since?.toISOString() ?? ""}`;
      return { id, about: aboutKey(outcome, context.now()) };
    }),
    (keys) => (kind === "verified" ? { kind, keys, closes } : { kind, keys }),
  );
  const octokit = await context.github.installation(place.installationId);
  if (state === "open") {
    for (const { group } of outcomes) await takeTickBack(context, octokit, place, number, group.first);
    await setIssueState(octokit, place, number, "open");
  } else if (isOver) {
    await setIssueState(octokit, place, number, "completed");
  }
}

function aboutKey({ group: { first, rows }, activity }: Outcome, now: Date): AnsweredKey {
  const found = Math.min(...rows.map(({ foundAt }) => foundAt.getTime()));
  return { redacted: first.redacted, activity, tookMs: (activity.since ?? now).getTime() - found };
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
