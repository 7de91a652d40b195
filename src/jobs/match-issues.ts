/**
 * Matches the app's issues in a repository with the leaks of the record: an issue that was opened twice is closed, one
 * that the record lost is taken over, and one that changed without a delivery is reviewed.
 */
import type { CurrentRepository } from "../domain/index.ts";
import { listIssuesBy, setIssueState } from "../github/index.ts";
import type { GitHubClient, Issue } from "../github/index.ts";
import { boxesOf, markersOf } from "../report/index.ts";
import { boxIdsOf } from "./box-ticks.ts";
import type { JobContext } from "./context.ts";
import { withdrawUnrecorded } from "./former-issues.ts";
import { publishJob, reviewIssueJob, unheardTicksJob } from "./job.ts";
import type { MatchIssuesJob } from "./job.ts";
import { noteIssuesRead } from "./known-issues.ts";
import { changeLeaks } from "./leak-changes.ts";
import { loadRepository } from "./load-repository.ts";
import { groupsOf } from "./review-issue.ts";
import type { LeakGroup } from "./review-issue.ts";
import { sayOnce } from "./say-once.ts";

/** GitHub's clock and this one differ by less. */
const CLOCKS_MS = 5 * 60_000;

/** A delivery that failed is requested again within ten minutes. */
const LATE_MS = 60 * 60_000;

/** Matches all issues of one repository. Not while issues are opened there, which the queue sees to. */
export async function matchIssues(context: JobContext, job: MatchIssuesJob): Promise<void> {
  const repository = await loadRepository(context, job.repositoryId);
  if (repository === null) return;
  const octokit = await context.github.installation(repository.installationId);
  const { login } = await context.github.app();
  const all = await listIssuesBy(octokit, repository, login);
  const issues = await withdrawUnrecorded(context, repository, all);
  const groups = groupsOf(await context.record.leaks.reportedIn(repository.id));
  const kept = new Map<number, LeakGroup[]>();
  for (const group of groups) {
    // The neutral issue of a public repository has no marker of a key.
    const recorded = issues.find(({ number }) => number === group.first.issueNumber) ?? null;
    const issue = keptIssue(group, issuesOf(context, issues, group)) ?? recorded;
    if (issue === null) continue;
    kept.set(issue.number, [...(kept.get(issue.number) ?? []), group]);
    await takeOver(context, repository, group, issue);
  }
  await closeCopies(context, octokit, repository, issues, groups, kept);
  const different = [...kept].filter(([number, held]) => {
    const isOpen = issues.find((issue) => issue.number === number)?.state === "open";
    return held.some(({ state }) => (state === "open") !== isOpen);
  });
  // Deleted, or moved: the review finds out.
  const missing = groups.flatMap(({ first: { issueNumber }, state }) =>
    state !== "open" || issueNumber === null || issues.some(({ number }) => number === issueNumber)
      ? []
      : [issueNumber],
  );
  const neutral = await closedNeutral(context, repository, issues, kept);
  const toReview = new Set([...different.map(([number]) => number), ...missing, ...neutral]);
  const now = context.now();
  const name = `matched ${now.toISOString()}`;
  const unheard = issues.flatMap((issue) => unheardTicks(context, issue, kept.get(issue.number) ?? []));
  await context.record.transaction((record) =>
    record.enqueue([
      ...[...toReview].map((number) => reviewIssueJob(job, number, name)),
      ...unheard.map(({ number, ticked }) => unheardTicksJob(job, number, ticked, name)),
    ]),
  );
  await noteIssuesRead(context, repository.id, issues);
}

/** Boxes that are ticked for a while although their leaks are open: the delivery is lost, and with it who ticked them. */
function unheardTicks(
  context: JobContext,
  { number, state, body, updated_at: updatedAt }: Issue,
  held: readonly LeakGroup[],
): readonly { readonly number: number; readonly ticked: readonly string[] }[] {
  const isRecent = updatedAt !== undefined && context.now().getTime() - updatedAt.getTime() < LATE_MS;
  if (state !== "open" || isRecent) return [];
  const boxes = boxesOf(body ?? "");
  const ticked = held
    .filter((group) => group.state === "open")
    .flatMap(({ first }) => boxIdsOf(context, first).filter((id) => boxes.get(id) === true));
  return ticked.length === 0 ? [] : [{ number, ticked }];
}

/**
 * The neutral issue of a public repository, where no leak has it as its issue and it was closed since the last look: the
 * delivery may be lost.
 */
async function closedNeutral(
  context: JobContext,
  repository: CurrentRepository,
  issues: readonly Issue[],
  kept: ReadonlyMap<number, readonly LeakGroup[]>,
): Promise<readonly number[]> {
  const neutral = await context.record.issues.neutral(repository.id);
  const lastLook = (await context.record.repositories.find(repository.id))?.issuesReadAt ?? null;
  const issue = issues.find(({ number }) => number === neutral?.number);
  if (issue?.state !== "closed" || kept.has(issue.number)) return [];
  const { closed_at: at } = issue;
  const isOld = lastLook !== null && at instanceof Date && at.getTime() < lastLook.getTime() - CLOCKS_MS;
  return isOld ? [] : [issue.number];
}

function issuesOf(context: JobContext, issues: readonly Issue[], { first }: LeakGroup): readonly Issue[] {
  const { reportRepositoryId, fingerprint } = first;
  const markers = new Set([
    context.marker(reportRepositoryId, fingerprint),
    ...context.formerMarkers(reportRepositoryId, fingerprint),
  ]);
  return issues.filter(({ body }) => markersOf(body ?? "").some((marker) => markers.has(marker)));
}

/** The issue of a leak: the oldest open one; without any, the one on record, or the newest. */
function keptIssue({ first }: LeakGroup, issues: readonly Issue[]): Issue | null {
  const recorded = issues.find(({ number }) => number === first.issueNumber);
  const sorted = issues.toSorted((a, b) => a.number - b.number);
  const open = sorted.find(({ state }) => state === "open");
  if (recorded?.state === "closed") return recorded;
  return open ?? recorded ?? sorted.at(-1) ?? null;
}

async function takeOver(
  context: JobContext,
  repository: CurrentRepository,
  { rows }: LeakGroup,
  { number, html_url: url }: Issue,
): Promise<void> {
  for (const { repositoryId, fingerprint, issueNumber } of rows) {
    if (issueNumber === number) continue;
    const opened = { repositoryId: repository.id, number, url, digest: null };
    const heads = await changeLeaks(context, repositoryId, [fingerprint], (record) =>
      record.leaks.issueOpened(repositoryId, [fingerprint], opened),
    );
    await publishLater(context, repositoryId, heads);
  }
}

/** The checks name the issue. */
async function publishLater(
  context: JobContext,
  repositoryId: number,
  heads: readonly string[],
): Promise<void> {
  const source = await context.record.repositories.find(repositoryId);
  if (source === null) return;
  const { installationId } = source;
  const name = `matched ${context.now().toISOString()}`;
  await context.record.transaction((record) =>
    record.enqueue(heads.map((head) => publishJob({ repositoryId, installationId }, head, name, "backlog"))),
  );
}

/** Closes each open issue of which every key has its issue elsewhere, with a link to that. */
async function closeCopies(
  context: JobContext,
  octokit: GitHubClient,
  repository: CurrentRepository,
  issues: readonly Issue[],
  groups: readonly LeakGroup[],
  kept: ReadonlyMap<number, readonly LeakGroup[]>,
): Promise<void> {
  const numbers = new Map([...kept].flatMap(([number, held]) => held.map((group) => [group, number])));
  for (const issue of issues) {
    if (issue.state !== "open" || kept.has(issue.number)) continue;
    const held = groups.filter((group) => issuesOf(context, [issue], group).length > 0);
    const original = held.flatMap((group) => numbers.get(group) ?? [])[0];
    // A marker without a leak on record may be of a key that is found again later.
    if (original === undefined || markersOf(issue.body ?? "").length > held.length) continue;
    const comment = { kind: "duplicate", number: original } as const;
    await sayOnce(context, repository, issue.number, comment, "duplicate");
    await setIssueState(octokit, repository, issue.number, "duplicate");
  }
}
