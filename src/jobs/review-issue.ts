/**
 * Looks at an issue of the app after something happened to it, and brings the leaks, the checks and the issue itself into
 * line. `policy/leak-life.ts` decides; this reads what is true and does what follows, in an order in which a job that is
 * killed can begin again.
 */
import { isAtLeast, stateOfRows } from "../domain/index.ts";
import type { CurrentRepository, KeyActivity, LeakStateName } from "../domain/index.ts";
import { isCommentOf, readLastChange, setIssueState } from "../github/index.ts";
import type { GitHubClient, Issue, LastChange } from "../github/index.ts";
import { decideLife } from "../policy/index.ts";
import type { Closer, Configuration, IssueNow, LifeDecision, Refusal } from "../policy/index.ts";
import type { Leak } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { reviewDrill } from "./drill.ts";
import { closerOf, isOurs, readOwnIssue, reasonOf, UnsettledIssueError } from "./issue-now.ts";
import { newJob } from "./job.ts";
import type { ReviewIssueJob } from "./job.ts";
import { activityOf, verificationOf } from "./key-activity.ts";
import { changeLeakState } from "./leak-state.ts";
import { loadRepository } from "./load-repository.ts";
import { explainRefusal, isLeftClosed } from "./refused-closing.ts";
import { reviewNeutral } from "./review-neutral.ts";
import { sayOnce } from "./say-once.ts";

/** The leak of a row was cleared by its box in an issue that lists many: closing that issue says nothing of it. */
export const BY_BOX = "box";

/** The rows of one key, and the state they have together. */
export interface LeakGroup {
  readonly rows: readonly Leak[];
  readonly first: Leak;
  readonly state: LeakStateName;
}

/** An issue under review. */
interface Review {
  readonly context: JobContext;
  readonly octokit: GitHubClient;
  readonly repository: CurrentRepository;
  readonly issue: Issue;
  readonly configuration: Configuration;
}

/**
 * Reviews one issue. The queue runs one such job of an issue at a time.
 *
 * @throws UnsettledIssueError, GitHubError
 */
export async function reviewIssue(context: JobContext, job: Omit<ReviewIssueJob, "kind">): Promise<void> {
  const repository = await loadRepository(context, job.repositoryId);
  if (repository === null) return;
  const groups = groupsOf(await context.record.leaks.withIssue(repository.id, job.number));
  if (groups.length === 0) {
    if (await isOfOwner(context, repository, job.number)) return;
    if (await reviewNeutral(context, repository, job.number)) return;
    // A marker that the record does not know: the issue was opened twice, or before the record was lost. Or its number is
    // just being recorded; the next sweep looks once for all of them.
    return context.record.repositories.setIssuesReadAt(repository.id, null);
  }
  const octokit = await context.github.installation(repository.installationId);
  const [read, { configuration }] = await Promise.all([
    readOwnIssue(context, octokit, repository, job.number),
    context.configuration.read(repository, { kind: "now" }),
  ]);
  if (read.kind === "foreign") return;
  if (read.kind === "gone") return goOnElsewhere(context, job, groups);
  const review: Review = { context, octokit, repository, issue: read.issue, configuration };
  const change = await lastChangeOf(review, groups);
  const decisions = await decide(review, groups, change);
  if (decisions.some(({ decision }) => decision.kind === "ask_again")) throw new UnsettledIssueError();
  for (const { group, decision } of decisions) {
    if (decision.kind !== "change") continue;
    await changeLeakState(context, group.first, {
      from: group.state,
      to: decision.to,
      actor: decision.actor,
      how: decision.how,
      ...(change === null ? {} : { settles: change.id }),
    });
  }
  await reopen(review, decisions, change);
  await askForReason(review, groups, change);
}

/** A drill, which is reviewed, or the owner's summary, which nobody needs to close. */
async function isOfOwner(
  context: JobContext,
  repository: CurrentRepository,
  number: number,
): Promise<boolean> {
  if (await reviewDrill(context, repository, number)) return true;
  const summary = await context.record.owners.summary(repository.installationId);
  return summary?.repositoryId === repository.id && summary.issueNumber === number;
}

export function groupsOf(rows: readonly Leak[]): readonly LeakGroup[] {
  return [...Map.groupBy(rows, ({ fingerprint }) => fingerprint).values()].flatMap((group) => {
    const [first] = group;
    const state = stateOfRows(group);
    return first === undefined || state === null ? [] : [{ rows: group, first, state }];
  });
}

/** The last closing or reopening, which is asked for only where it can matter. */
async function lastChangeOf(review: Review, groups: readonly LeakGroup[]): Promise<LastChange | null> {
  const { octokit, repository, issue } = review;
  if (issue.state === "open" && groups.every(({ state }) => state === "open")) return null;
  const change = await readLastChange(octokit, repository, issue.number);
  const expected = issue.state === "closed" ? "closed" : "reopened";
  if (issue.state === "open" && change === null) return null;
  // The two answers are of different moments.
  if (change?.kind !== expected) throw new UnsettledIssueError();
  return change;
}

interface Decided {
  readonly group: LeakGroup;
  readonly decision: LifeDecision;
  readonly closer: Closer | null;
  readonly activity: KeyActivity | null;
}

async function decide(
  review: Review,
  groups: readonly LeakGroup[],
  change: LastChange | null,
): Promise<readonly Decided[]> {
  const { context, octokit, repository, issue, configuration } = review;
  const isSettled = ({ rows }: LeakGroup): boolean =>
    change !== null && rows.every(({ settledEvent }) => settledEvent === change.id);
  const closer =
    change?.kind !== "closed" || groups.every(isSettled)
      ? null
      : await closerOf(context, octokit, repository, issue.number, change, rowsOf(groups));
  const ours = change !== null && (await isOurs(context, change));
  const decided: Decided[] = [];
  for (const group of groups) {
    const now = issueNow(issue, change, { settled: isSettled(group), closer, ours }, group);
    const activity = await activityAtClosing(context, group, now, configuration);
    const decision = decideLife({
      leak: leakNow(group),
      issue: now,
      verification: activity === null ? "unknown" : verificationOf(activity),
      visibility: repository.private ? "private" : "public",
      roles: configuration,
    });
    decided.push({ group, closer, activity, decision });
  }
  return decided;
}

/** What Stripe says of the key of an issue that a person closed as completed; null: it was not closed like that. */
async function activityAtClosing(
  context: JobContext,
  { first, state }: LeakGroup,
  issue: IssueNow,
  { attestRole }: Configuration,
): Promise<KeyActivity | null> {
  if (issue.state !== "closed" || issue.reason !== "completed" || issue.settled) return null;
  if (issue.closer.kind !== "person" || state !== "open") return null;
  // Whoever may not say that it is rolled does not make Rollcall ask either.
  if (!isAtLeast(issue.closer.role, attestRole)) return null;
  return await activityOf(context, first);
}

function rowsOf(groups: readonly LeakGroup[]): readonly Leak[] {
  return groups.flatMap(({ rows }) => rows);
}

function leakNow({ state, first, rows }: LeakGroup) {
  const { stateActor: actor, stateHow: how, stateAt: at } = first;
  return {
    state,
    cleared: state === "open" || how === null || at === null ? null : { actor, how, at },
    ticked: rows.some(({ settledEvent }) => settledEvent === BY_BOX),
    isNew: rows.every(({ stateHow }) => stateHow === null),
  };
}

function issueNow(
  issue: Issue,
  change: LastChange | null,
  known: { readonly settled: boolean; readonly closer: Closer | null; readonly ours: boolean },
  { first }: LeakGroup,
): IssueNow {
  if (issue.state === "open") {
    // Where Rollcall reopened it, the leak was open.
    if (change === null || known.ours) return { state: "open", reopened: null };
    const later = first.stateAt !== null && change.at > first.stateAt;
    return { state: "open", reopened: { by: change.actor?.login ?? null, settled: known.settled, later } };
  }
  const closer = known.ours ? ({ kind: "rollcall" } as const) : (known.closer ?? { kind: "unknown" });
  return { state: "closed", reason: reasonOf(issue), closer, settled: known.settled };
}

/** Reopens the issue if one of its leaks stays open, and says why, once. */
async function reopen(
  review: Review,
  decisions: readonly Decided[],
  change: LastChange | null,
): Promise<void> {
  const { context, octokit, repository, issue, configuration } = review;
  const reopening = decisions.filter(({ decision }) => decision.kind === "reopen");
  const [first] = reopening;
  if (first === undefined || change === null) return;
  const because = first.decision.kind === "reopen" ? first.decision.because : null;
  if (because !== null) {
    const { number } = issue;
    if (await isLeftClosed(context, repository, number, await reopenings(context, first.group))) return;
    const { closer, activity } = first;
    const refused = { repository, number, because, closer, activity, changeId: change.id };
    await explainRefusal(context, { ...refused, roles: configuration });
    for (const { group, decision } of reopening) {
      if (decision.kind === "reopen" && decision.because !== null)
        await keepOpen(context, group, first.closer, decision.because, change);
    }
  } else if (!(await isStillOpen(review))) {
    return;
  }
  await setIssueState(octokit, repository, issue.number, "open");
}

/** The record, read after the issue: Rollcall clears a leak first and closes its issue then. */
async function isStillOpen({ context, repository, issue }: Review): Promise<boolean> {
  const rows = await context.record.leaks.withIssue(repository.id, issue.number);
  return groupsOf(rows).some(({ state }) => state === "open");
}

/** Keeps in the history that a closing did not count. A leak that was cleared before is open now. */
async function keepOpen(
  context: JobContext,
  { first, state }: LeakGroup,
  closer: Closer | null,
  because: Refusal,
  change: LastChange,
): Promise<void> {
  await changeLeakState(context, first, {
    from: state,
    to: "open",
    actor: closer?.kind === "person" ? closer.login : null,
    how: because === "still_active" ? "still_active" : "kept_open",
    settles: change.id,
  });
}

/** When closings of this leak's issue did not count. */
async function reopenings(context: JobContext, { first }: LeakGroup): Promise<readonly Date[]> {
  const events = await context.record.leaks.events(first.repositoryId, first.fingerprint);
  return events.filter(({ how }) => how === "kept_open").map(({ at }) => at);
}

/** A dismissal without a word by the person who made it: they are asked for the reason, once. */
async function askForReason(
  { context, repository, issue }: Review,
  groups: readonly LeakGroup[],
  change: LastChange | null,
): Promise<void> {
  if (issue.state !== "closed" || issue.state_reason !== "not_planned" || change === null) return;
  const rows = await context.record.leaks.withIssue(repository.id, issue.number);
  const dismissed = groupsOf(rows).filter(({ state }) => state === "dismissed");
  const login = dismissed.find(({ first }) => first.settledEvent === change.id)?.first.stateActor ?? null;
  if (login === null || groups.length === 0) return;
  await sayOnce(context, repository, issue.number, { kind: "ask_reason", login }, `reason:${change.id}`, {
    unless: (comments) => comments.some((comment) => isCommentOf(login, comment)),
  });
}

/**
 * The issue was deleted or moved: an open leak gets another one, in the place that is right now. Not those that have got one
 * since GitHub was asked.
 */
async function goOnElsewhere(
  context: JobContext,
  { repositoryId: placeId, number }: Omit<ReviewIssueJob, "kind">,
  groups: readonly LeakGroup[],
): Promise<void> {
  const { record } = context;
  for (const repositoryId of new Set(rowsOf(groups).map((row) => row.repositoryId))) {
    const known = await record.repositories.find(repositoryId);
    if (known === null) continue;
    const target = { repositoryId, installationId: known.installationId };
    await record.transaction(async (transaction) => {
      await transaction.lock([repositoryId]);
      const rows = await transaction.leaks.withIssue(placeId, number);
      const own = rows.filter((row) => row.repositoryId === repositoryId);
      if (own.length === 0) return;
      await transaction.leaks.issueGone(
        repositoryId,
        own.map(({ fingerprint }) => fingerprint),
      );
      const job = newJob(
        { kind: "report", ...target, scopeId: null },
        `${repositoryId} gone ${number}`,
        "report",
      );
      await transaction.enqueue([{ ...job, again: true }]);
    });
  }
}
