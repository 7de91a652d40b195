/**
 * The summary issue of an owner, in the private place that the owner's file names: opened once, found again by its hidden
 * line, and updated in place when there is something new.
 */
import { createHash } from "node:crypto";
import { canBeAccepted, subjectOfGap } from "../domain/index.ts";
import type { CurrentRepository } from "../domain/index.ts";
import { createIssue, listIssuesBy, setIssueState, updateIssue } from "../github/index.ts";
import { isOwnerSummary, renderOwnerSummary } from "../report/index.ts";
import type { OwnerSummary, SummaryHistory, SummaryLeak, SummaryUnread } from "../report/index.ts";
import type { OwnersLeak, SummaryRecord, UnfiledKey } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { historyProgress } from "./history-progress.ts";
import { HISTORY_OFF, isHistoryWanted } from "./history-setting.ts";
import { readOwnIssue } from "./issue-now.ts";
import { loadRepository } from "./load-repository.ts";

const WEEK_MS = 7 * 24 * 60 * 60_000;

/** Rows that are read of the record: more would not fit one issue. */
const MAX_LEAKS = 5000;
const MAX_UNREAD = 300;
const MAX_UNFILED = 200;

/** Brings the owner's summary up to date. Call for one owner at a time. */
export async function writeSummary(context: JobContext, place: CurrentRepository): Promise<void> {
  const { owners } = context.record;
  const { installationId } = place;
  const known = await summaryIn(context, place);
  const summary = await summaryOf(context, place);
  const digest = digestOf(summary);
  const octokit = await context.github.installation(installationId);
  const { issueNumber } = known;
  if (issueNumber === null) {
    await owners.putSummary(installationId, { ...known, askedAt: context.now() });
    const issue = await createIssue(octokit, place, { ...summary, labels: [] });
    await owners.putSummary(installationId, { ...known, issueNumber: issue.number, digest });
    return;
  }
  if (digest === known.digest) return;
  const read = await readOwnIssue(context, octokit, place, issueNumber);
  if (read.kind !== "own") {
    // Deleted or moved: the next run opens another.
    await owners.putSummary(installationId, { ...known, issueNumber: null, askedAt: null, digest: null });
    return;
  }
  await updateIssue(octokit, place, issueNumber, summary);
  await owners.putSummary(installationId, { ...known, digest });
}

/** The summary on record, or as it is found again in the place. */
async function summaryIn(context: JobContext, place: CurrentRepository): Promise<SummaryRecord> {
  const { owners } = context.record;
  const known = await owners.summary(place.installationId);
  if (known?.repositoryId === place.id && known.issueNumber !== null) return known;
  if (known !== null && known.repositoryId !== place.id) await leaveFormerPlace(context, known);
  const empty = { repositoryId: place.id, issueNumber: null, askedAt: null, digest: null };
  // Nothing was asked for since the record knows the place, so there is nothing to find.
  if (known?.repositoryId === place.id && known.askedAt === null) return empty;
  const octokit = await context.github.installation(place.installationId);
  const { login } = await context.github.app();
  const issues = (await listIssuesBy(octokit, place, login)).filter(({ body }) => isOwnerSummary(body ?? ""));
  const found = issues.find(({ state }) => state === "open") ?? issues[0];
  const summary = { ...empty, issueNumber: found?.number ?? null };
  await owners.putSummary(place.installationId, summary);
  return summary;
}

/** The owner named another place: the summary in the one before would grow old. */
async function leaveFormerPlace(
  context: JobContext,
  { repositoryId, issueNumber }: SummaryRecord,
): Promise<void> {
  const former = await loadRepository(context, repositoryId);
  if (former === null || issueNumber === null) return;
  const octokit = await context.github.installation(former.installationId);
  const read = await readOwnIssue(context, octokit, former, issueNumber);
  if (read.kind === "own") await setIssueState(octokit, former, issueNumber, "not_planned");
}

async function summaryOf(context: JobContext, place: CurrentRepository): Promise<OwnerSummary> {
  const { installationId } = place;
  const { owners } = context.record;
  const at = context.now();
  const since = new Date(at.getTime() - WEEK_MS);
  return renderOwnerSummary({
    githubUrl: context.githubUrl,
    open: (await owners.openLeaks(installationId, MAX_LEAKS)).map(leakOf),
    openCount: await owners.countOpenLeaks(installationId),
    rolled: (await owners.rolledLeaks(installationId, since, MAX_LEAKS)).map(leakOf),
    unread: await unreadOf(context, installationId),
    history: await historyOf(context, place, at),
    drills: await owners.drills(installationId),
    at,
  });
}

/** How far the reading of histories is, and what of them gets no issue. */
async function historyOf(
  context: JobContext,
  place: CurrentRepository,
  at: Date,
): Promise<SummaryHistory | null> {
  if (!(await isHistoryWanted(context, place))) return null;
  const { installationId } = place;
  const { historyKeys } = context.record;
  const counts = await historyKeys.counts(installationId);
  const unread = await historyKeys.unread(installationId, MAX_UNREAD);
  return {
    progress: await historyProgress(context.record, installationId, at),
    unread: unread
      .filter(({ problem }) => problem !== HISTORY_OFF)
      .map(({ owner, name, problem, gaps }) => ({
        repository: `${owner}/${name}`,
        problem,
        gaps,
      })),
    unfiled: (await historyKeys.unfiled(installationId, MAX_UNFILED)).map(unfiledOf),
    unfiledCount: counts.summary,
    waitingCount: counts.waiting,
    strangerCount: counts.stranger,
  };
}

function unfiledOf({ owner, name, past, isAtTip }: UnfiledKey): SummaryHistory["unfiled"][number] {
  const { kind, mode, confidence, redacted, account, commit } = past.finding;
  const key = { kind, mode, confidence, redacted, account, commit };
  return { ...key, repository: `${owner}/${name}`, origin: past.origin, isAtTip };
}

function leakOf({ owner, name, ...leak }: OwnersLeak): SummaryLeak {
  return { ...leak, repository: `${owner}/${name}` };
}

/** Commits with something unread that no person accepted; each once. */
async function unreadOf(context: JobContext, installationId: number): Promise<readonly SummaryUnread[]> {
  const heads = await context.record.owners.unreadHeads(installationId, MAX_UNREAD);
  const unread = new Map<string, SummaryUnread>();
  for (const { repositoryId, owner, name, head, problem, gaps } of heads) {
    const subjects = gaps.filter(canBeAccepted).flatMap((gap) => subjectOfGap(gap) ?? []);
    const accepted = await context.record.acceptedGaps.find(repositoryId, subjects);
    const left = gaps.filter((gap) => !canBeAccepted(gap) || !accepted.has(subjectOfGap(gap) ?? ""));
    if (problem === null && left.length === 0) continue;
    const key = `${repositoryId} ${head}`;
    if (!unread.has(key)) unread.set(key, { repository: `${owner}/${name}`, head, problem, gaps: left });
  }
  return [...unread.values()];
}

function digestOf({ title, body }: OwnerSummary): string {
  return createHash("sha256")
    .update(JSON.stringify([title, body]))
    .digest("hex")
    .slice(0, 32);
}
