/**
 * Drills of rolling a key: opens the issue of one that is due, follows its task list, and records how it ended. A person's
 * word is all there is, and it is called that.
 */
import type { CurrentRepository } from "../domain/index.ts";
import {
  assignPeople,
  commentOn,
  createIssue,
  isCommentOf,
  listComments,
  listIssuesBy,
  readLastChange,
  setIssueState,
} from "../github/index.ts";
import type { GitHubClient, Issue } from "../github/index.ts";
import { dueDrill } from "../policy/index.ts";
import type { Drill } from "../policy/index.ts";
import {
  commentMarker,
  DRILL_STEPS,
  drillNumberOf,
  renderDrill,
  renderDrillReopened,
  renderDrillResult,
  tasksIn,
} from "../report/index.ts";
import type { DrillRecord } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { closerOf, readOwnIssue, reasonOf, UnsettledIssueError } from "./issue-now.ts";
import { loadRepository } from "./load-repository.ts";

/** Former drills that are taken over after the record was lost. */
const MAX_TAKEN_OVER = 50;

/** Opens the drill that is due, and looks at the one that is open. Call for one owner at a time. */
export async function tendDrills(
  context: JobContext,
  place: CurrentRepository,
  configured: Drill | null,
): Promise<void> {
  const { owners } = context.record;
  const known = await owners.drills(place.installationId);
  const drills = known.length > 0 || configured === null ? known : await takeOver(context, place);
  for (const drill of drills) if (drill.closedAt === null) await reviewRecorded(context, drill);
  const now = await owners.drills(place.installationId);
  const number = dueDrill(configured, now, context.now());
  if (number !== null) await openDrill(context, place, number, now.at(-1) ?? null, configured);
}

/** Drills of the place that the record does not know, because it was lost. */
async function takeOver(context: JobContext, place: CurrentRepository): Promise<DrillRecord[]> {
  const { owners } = context.record;
  for (const issue of (await drillIssuesIn(context, place)).slice(-MAX_TAKEN_OVER)) {
    const number = drillNumberOf(issue.body ?? "");
    if (number === null) continue;
    await owners.putDrill({
      ...newDrill(place, number, issue.created_at ?? context.now()),
      issueNumber: issue.number,
      issueUrl: issue.html_url,
      openedAt: issue.created_at ?? context.now(),
    });
  }
  return owners.drills(place.installationId);
}

/** Issues of drills that the app wrote, by number of the drill. */
async function drillIssuesIn(context: JobContext, place: CurrentRepository): Promise<readonly Issue[]> {
  const octokit = await context.github.installation(place.installationId);
  const { login } = await context.github.app();
  const numberOf = ({ body }: Issue): number => drillNumberOf(body ?? "") ?? 0;
  return (await listIssuesBy(octokit, place, login))
    .filter((issue) => numberOf(issue) > 0)
    .toSorted((a, b) => numberOf(a) - numberOf(b));
}

function newDrill(place: CurrentRepository, number: number, askedAt: Date): DrillRecord {
  return {
    installationId: place.installationId,
    number,
    repositoryId: place.id,
    askedAt,
    ...{
      issueNumber: null,
      issueUrl: null,
      openedAt: null,
      closedAt: null,
      closedBy: null,
      outcome: null,
    },
    ...{
      tasks: DRILL_STEPS,
      tasksDone: 0,
    },
  };
}

async function openDrill(
  context: JobContext,
  place: CurrentRepository,
  number: number,
  last: DrillRecord | null,
  configured: Drill | null,
): Promise<void> {
  const { owners } = context.record;
  const octokit = await context.github.installation(place.installationId);
  const wasAsked = last?.number === number;
  const found = wasAsked
    ? (await drillIssuesIn(context, place)).find(({ body }) => drillNumberOf(body ?? "") === number)
    : undefined;
  const drill = newDrill(place, number, context.now());
  await owners.putDrill(drill);
  const issue =
    found ??
    (await createIssue(octokit, place, {
      ...renderDrill({ number, at: drill.askedAt }),
      labels: [],
    }));
  await owners.putDrill({
    ...drill,
    issueNumber: issue.number,
    issueUrl: issue.html_url,
    openedAt: issue.created_at ?? drill.askedAt,
  });
  const assign = configured?.assign ?? [];
  if (assign.length > 0) await assignPeople(octokit, place, issue.number, assign);
}

/**
 * Looks at the issue of a drill after something happened to it.
 *
 * @returns false if it is no drill's
 */
export async function reviewDrill(
  context: JobContext,
  repository: CurrentRepository,
  issueNumber: number,
): Promise<boolean> {
  const drill = await context.record.owners.drillOf({ repositoryId: repository.id, issueNumber });
  if (drill === null) return false;
  await reviewIn(context, repository, drill);
  return true;
}

async function reviewRecorded(context: JobContext, drill: DrillRecord): Promise<void> {
  const place = await loadRepository(context, drill.repositoryId);
  if (place !== null) await reviewIn(context, place, drill);
}

async function reviewIn(context: JobContext, place: CurrentRepository, drill: DrillRecord): Promise<void> {
  const { owners } = context.record;
  if (drill.issueNumber === null) return;
  const octokit = await context.github.installation(place.installationId);
  const read = await readOwnIssue(context, octokit, place, drill.issueNumber);
  if (read.kind !== "own") {
    if (drill.closedAt === null)
      await owners.putDrill({ ...drill, closedAt: context.now(), outcome: "lost" });
    return;
  }
  const { tasks, done: tasksDone } = tasksIn(read.issue.body ?? "");
  const counted = { ...drill, tasks, tasksDone };
  if (read.issue.state === "open")
    await owners.putDrill({ ...counted, closedAt: null, closedBy: null, outcome: null });
  else if (drill.closedAt === null) await close(context, octokit, place, read.issue, counted);
}

/** Records who closed the drill. What no person closed is opened again. */
async function close(
  context: JobContext,
  octokit: GitHubClient,
  place: CurrentRepository,
  issue: Issue,
  drill: DrillRecord,
): Promise<void> {
  const change = await readLastChange(octokit, place, issue.number);
  if (change?.kind !== "closed") throw new UnsettledIssueError();
  const closer = await closerOf(context, octokit, place, issue.number, change, []);
  if (closer.kind === "unknown") throw new UnsettledIssueError();
  if (closer.kind !== "person") {
    await commentOnce(context, octokit, place, issue.number, renderDrillReopened(), `drill:${change.id}`);
    return setIssueState(octokit, place, issue.number, "open");
  }
  const outcome = reasonOf(issue) === "completed" ? "attested" : "skipped";
  const seconds = Math.max(0, (change.at.getTime() - (drill.openedAt ?? drill.askedAt).getTime()) / 1000);
  const { number, tasks, tasksDone: done } = drill;
  const result = renderDrillResult({ number, outcome, login: closer.login, seconds, tasks, done });
  await commentOnce(context, octokit, place, issue.number, result, `drill:${change.id}`);
  await context.record.owners.putDrill({ ...drill, closedAt: change.at, closedBy: closer.login, outcome });
}

async function commentOnce(
  context: JobContext,
  octokit: GitHubClient,
  place: CurrentRepository,
  number: number,
  text: string,
  id: string,
): Promise<void> {
  const { login } = await context.github.app();
  const marker = commentMarker(id);
  const comments = await listComments(octokit, place, number);
  const said = comments.some((each) => isCommentOf(login, each) && (each.body ?? "").includes(marker));
  if (!said) await commentOn(octokit, place, number, `${text}\n\n${marker}\n`);
}
