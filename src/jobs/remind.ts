/**
 * Reminds people of one open issue. The request is noted before it is made and the comment has a hidden marker, so a job
 * that starts again after a kill finds what it said. When a reminder is due is decided in `policy`.
 */
import { isKnownActive } from "../domain/index.ts";
import type { CurrentRepository } from "../domain/index.ts";
import { assignPeople, commentOn, isCommentOf, labelledSince, listComments } from "../github/index.ts";
import type { GitHubClient } from "../github/index.ts";
import { planReminder, SNOOZE_LABEL } from "../policy/index.ts";
import type { ReminderPlan } from "../policy/index.ts";
import { isReminder, renderReminder } from "../report/index.ts";
import type { IssueAt, Leak, RecordStore } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { readOwnIssue } from "./issue-now.ts";
import { newJob } from "./job.ts";
import type { RemindJob } from "./job.ts";
import { loadRepository } from "./load-repository.ts";

const DAY_MS = 24 * 60 * 60_000;
const HOUR_MS = 60 * 60_000;
/** After the last configured day, the time in which a reminder that was put off may still be given. */
const LATE_DAYS = 30;

/** GitHub's clock and this one differ by less. */
const CLOCKS_MS = 5 * 60_000;

/** Issues that one sweep stores jobs for. */
const MAX_A_SWEEP = 500;

/** What an issue is about, and for whom. */
interface Subject {
  readonly about: "leak" | "leaks" | "drill" | "neutral";
  readonly since: Date;
  readonly days: readonly number[];
  readonly assign: readonly string[];
  /** When Stripe last accepted a key of the issue, if that is its last answer. */
  readonly activeAt: Date | null;
}

/** Reminds people of the issue if that is due, and notes when to look again. */
export async function remind(context: JobContext, job: Omit<RemindJob, "kind">): Promise<void> {
  const { reminders } = context.record;
  const issue = { repositoryId: job.repositoryId, issueNumber: job.issueNumber };
  const repository = await loadRepository(context, job.repositoryId);
  if (repository === null) return;
  const subject = await subjectOf(context, repository, issue);
  // Looked at again once a day, in case it becomes one.
  if (subject === null) return reminders.wait(issue, new Date(context.now().getTime() + DAY_MS));
  const { lastAt, askedAt } = await reminders.find(issue);
  const plan = (snoozedAt: Date | null): ReminderPlan =>
    planReminder({ ...subject, weekly: subject.activeAt !== null, lastAt, snoozedAt, now: context.now() });
  const first = plan(null);
  if (!first.due) return reminders.wait(issue, first.nextAt);
  const octokit = await context.github.installation(repository.installationId);
  const read = await readOwnIssue(context, octokit, repository, issue.issueNumber);
  // A closed issue is reviewed by its own job, and one that is gone gets a successor.
  if (read.kind !== "own" || read.issue.state !== "open")
    return reminders.wait(issue, new Date(context.now().getTime() + DAY_MS));

  const second = plan(await labelledSince(octokit, repository, issue.issueNumber, SNOOZE_LABEL));
  if (!second.due) return reminders.wait(issue, second.nextAt);
  const givenAt = await give(context, octokit, repository, issue, { subject, last: second.last, askedAt });
  await reminders.given(issue, givenAt);
  await reminders.wait(issue, new Date(context.now().getTime() + HOUR_MS));
}

interface Reminder {
  readonly subject: Subject;
  readonly last: boolean;
  /** A reminder was requested, and its answer is not on record. */
  readonly askedAt: Date | null;
}

/** @returns when the comment was made, which may be in an earlier attempt */
async function give(
  context: JobContext,
  octokit: GitHubClient,
  repository: CurrentRepository,
  issue: IssueAt,
  { subject, last, askedAt }: Reminder,
): Promise<Date> {
  const assign = last ? subject.assign : [];
  const said = askedAt === null ? null : await saidSince(context, octokit, repository, issue, askedAt);
  if (said === null) {
    const at = context.now();
    await context.record.reminders.asked(issue, at);
    const days = Math.floor((at.getTime() - subject.since.getTime()) / DAY_MS);
    const { about, activeAt } = subject;
    const body = renderReminder({ about, days, activeAt, assigned: assign, snoozeLabel: SNOOZE_LABEL, at });
    await commentOn(octokit, repository, issue.issueNumber, body);
  }
  if (assign.length > 0) await assignPeople(octokit, repository, issue.issueNumber, assign);
  return said ?? context.now();
}

/** When the app's last reminder since then was made; null: there is none. */
async function saidSince(
  context: JobContext,
  octokit: GitHubClient,
  repository: CurrentRepository,
  issue: IssueAt,
  askedAt: Date,
): Promise<Date | null> {
  const { login } = await context.github.app();
  const comments = await listComments(octokit, repository, issue.issueNumber);
  const said = comments.findLast(
    (comment) =>
      isCommentOf(login, comment) &&
      isReminder(comment.body ?? "") &&
      comment.created_at.getTime() >= askedAt.getTime() - CLOCKS_MS,
  );
  return said?.created_at ?? null;
}

async function subjectOf(
  context: JobContext,
  repository: CurrentRepository,
  issue: IssueAt,
): Promise<Subject | null> {
  const { record } = context;
  const { configuration } = await context.configuration.read(repository, { kind: "now" });
  const { remindAfter: days, assign } = configuration.issues;
  if ((await record.issues.neutral(repository.id))?.number === issue.issueNumber)
    return neutralSubject(context, issue, days, assign);

  const since = await record.reminders.openSince(issue);
  if (since !== null) {
    const rows = await record.leaks.withIssue(issue.repositoryId, issue.issueNumber);
    const keys = new Set(rows.map(({ fingerprint }) => fingerprint));
    const about = repository.private ? (keys.size > 1 ? "leaks" : "leak") : "neutral";
    const activeAt = repository.private ? await activeSince(context, rows) : null;
    return { about, since, days, assign, activeAt };
  }
  const drill = await record.owners.drillOf(issue);
  if (drill?.openedAt === null || drill?.closedAt !== null) return null;
  const people = configuration.drill?.assign ?? [];
  return { about: "drill", since: drill.openedAt, days, assign: people, activeAt: null };
}

/** Of the neutral issue nothing counts but when it was opened last: not the state of a leak, nor whether a key works. */
async function neutralSubject(
  context: JobContext,
  { repositoryId }: IssueAt,
  days: readonly number[],
  assign: readonly string[],
): Promise<Subject | null> {
  const since = await context.record.reminders.neutralSince(repositoryId);
  const end = (since?.getTime() ?? 0) + (Math.max(0, ...days) + LATE_DAYS) * DAY_MS;
  if (since === null || context.now().getTime() > end) return null;
  return { about: "neutral", since, days, assign, activeAt: null };
}

/** When Stripe last accepted a key of these open leaks, if that is its last answer. */
async function activeSince(context: JobContext, rows: readonly Leak[]): Promise<Date | null> {
  const times: number[] = [];
  for (const { repositoryId, fingerprint, state } of rows) {
    if (state !== "open") continue;
    const activity = (await context.record.activities.find(repositoryId, [fingerprint])).get(fingerprint);
    if (activity !== undefined && isKnownActive(activity) && activity.askedAt !== null)
      times.push(activity.askedAt.getTime());
  }
  return times.length === 0 ? null : new Date(Math.max(...times));
}

/**
 * Stores jobs for the issues that may need a reminder.
 *
 * @returns how many
 */
export async function sweepReminders(record: RecordStore, now: Date): Promise<number> {
  const issues = await record.reminders.due(now, MAX_A_SWEEP);
  // A job that failed is tried again by the queue; one that was given up, once an hour.
  const slot = Math.floor(now.getTime() / HOUR_MS);
  await record.transaction(async (transaction) => {
    for (const { repositoryId, issueNumber } of issues) {
      const repository = await transaction.repositories.find(repositoryId);
      if (repository === null) continue;
      const { installationId } = repository;
      const job = { kind: "remind", repositoryId, installationId, issueNumber } as const;
      await transaction.enqueue([newJob(job, `${repositoryId} ${issueNumber} ${slot}`, "report")]);
    }
  });
  return issues.length;
}
