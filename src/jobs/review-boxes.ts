/**
 * The boxes of an issue that lists many keys: ticking one says that its key is rolled, with the same rules as closing an
 * issue. Only the event says who ticked it; whether it still is ticked is read from the issue.
 */
import { isAtLeast } from "../domain/index.ts";
import type { CurrentRepository } from "../domain/index.ts";
import { roleOf, setIssueState, updateIssue } from "../github/index.ts";
import type { Configuration } from "../policy/index.ts";
import { boxesOf, withoutTicks } from "../report/index.ts";
import { boxIdsOf } from "./box-ticks.ts";
import type { JobContext } from "./context.ts";
import { broughtBy, readOwnIssue } from "./issue-now.ts";
import type { ReviewBoxesJob } from "./job.ts";
import { activityOf, verificationOf } from "./key-activity.ts";
import { changeLeakState } from "./leak-state.ts";
import { loadRepository } from "./load-repository.ts";
import { BY_BOX, groupsOf, reviewIssue } from "./review-issue.ts";
import type { LeakGroup } from "./review-issue.ts";
import { sayOnce } from "./say-once.ts";

/** Acts on the boxes that a person ticked or unticked. A tick without the role, or by who knows whom, is taken back. */
export async function reviewBoxes(context: JobContext, job: ReviewBoxesJob): Promise<void> {
  const repository = await loadRepository(context, job.repositoryId);
  if (repository === null) return;
  const groups = groupsOf(await context.record.leaks.withIssue(repository.id, job.number));
  const octokit = await context.github.installation(repository.installationId);
  const read = groups.length === 0 ? null : await readOwnIssue(context, octokit, repository, job.number);
  if (read?.kind !== "own") return;
  const { issue } = read;
  const boxes = boxesOf(issue.body ?? "");
  const turned = (ids: readonly string[], is: boolean): readonly LeakGroup[] =>
    groups.filter((group) =>
      boxIdsOf(context, group.first).some((box) => ids.includes(box) && boxes.get(box) === is),
    );
  const [ticked, unticked] = [turned(job.ticked, true), turned(job.unticked, false)];
  const role = job.login === null ? null : await roleOf(octokit, repository, job.login);
  const { configuration } = await context.configuration.read(repository, { kind: "now" });
  const open = ticked.filter(({ state }) => state === "open");
  let back: readonly LeakGroup[] = open;
  if (open.length > 0 && job.login !== null && isAtLeast(role, configuration.attestRole))
    back = await tick(context, repository, job, open, job.login);
  else if (open.length > 0) await sayTakenBack(context, repository, job, open, configuration.attestRole);
  if (back.length > 0) {
    const body = withoutTicks(
      issue.body ?? "",
      new Set(back.flatMap((group) => boxIdsOf(context, group.first))),
    );
    await updateIssue(octokit, repository, job.number, { title: issue.title, body });
  }
  for (const { first, state } of unticked) {
    // The app writes the list too, and so may others.
    if (state === "open" || job.login === null) continue;
    await changeLeakState(context, first, { from: state, to: "open", actor: job.login, how: "reopened" });
  }
  await bringIntoLine(context, job);
}

async function sayTakenBack(
  context: JobContext,
  repository: CurrentRepository,
  { number, login, unheard = false }: ReviewBoxesJob,
  groups: readonly LeakGroup[],
  role: Configuration["attestRole"],
): Promise<void> {
  const boxIds = groups.map((group) => boxIdsOf(context, group.first)[0]).join(".");
  const redacted = groups.map(({ first }) => first.redacted);
  await (unheard
    ? sayOnce(
        context,
        repository,
        number,
        { kind: "box_unheard", redacted, role },
        `box_unheard:${boxIds}:${context.now().toISOString().slice(0, 10)}`,
      )
    : sayOnce(
        context,
        repository,
        number,
        { kind: "box_refused", login, role },
        `box:${boxIds}:${login ?? ""}`,
      ));
}

/**
 * Records the keys as rolled, unless Stripe says that they still work.
 *
 * @returns those that do
 */
async function tick(
  context: JobContext,
  repository: CurrentRepository,
  { number }: ReviewBoxesJob,
  open: readonly LeakGroup[],
  login: string,
): Promise<readonly LeakGroup[]> {
  const brought = await broughtBy(
    context,
    open.flatMap(({ rows }) => rows),
  );
  const attested = brought.has(login.toLowerCase()) ? "attested_by_pusher" : "attested";
  const active: LeakGroup[] = [];
  for (const group of open) {
    const verification = repository.private
      ? verificationOf(await activityOf(context, group.first))
      : "unknown";
    const how = verification === "active" ? "still_active" : verification === "dead" ? "verified" : attested;
    const to = verification === "active" ? "open" : "rolled";
    if (to === "open") active.push(group);
    const change = { from: "open", to, actor: login, how } as const;
    await changeLeakState(context, group.first, to === "open" ? change : { ...change, settles: BY_BOX });
  }
  if (active.length > 0) {
    const redacted = active.map(({ first }) => first.redacted);
    // A second tick on the same day has had its answer.
    const occasion = `box_active:${active.map((group) => boxIdsOf(context, group.first)[0]).join(".")}:${context.now().toISOString().slice(0, 10)}`;
    await sayOnce(context, repository, number, { kind: "box_still_active", login, redacted }, occasion);
  }
  return active;
}

/** Closes the issue once every key in it is cleared, and opens it again when a box is unticked after that. */
async function bringIntoLine(context: JobContext, job: ReviewBoxesJob): Promise<void> {
  const groups = groupsOf(await context.record.leaks.withIssue(job.repositoryId, job.number));
  const repository = await loadRepository(context, job.repositoryId);
  if (repository === null) return;
  const isDone = groups.every(({ state }) => state !== "open");
  const octokit = await context.github.installation(repository.installationId);
  if (isDone) await setIssueState(octokit, repository, job.number, "completed");
  // Who closed an issue of which keys are open is for the review to judge.
  else if (job.unticked.length > 0) await reviewIssue(context, job);
}
