/**
 * The boxes of an issue that lists many keys: ticking one says that its key is rolled, with the same rules as closing an
 * issue. Only the event says who ticked it; whether it still is ticked is read from the issue.
 */
import { isAtLeast } from "../domain/index.ts";
import { roleOf, setIssueState, updateIssue } from "../github/index.ts";
import { boxesOf, boxIdOf, withoutTicks } from "../report/index.ts";
import type { JobContext } from "./context.ts";
import { broughtBy, readOwnIssue } from "./issue-now.ts";
import type { ReviewBoxesJob } from "./job.ts";
import { changeLeakState } from "./leak-state.ts";
import { loadRepository } from "./load-repository.ts";
import { BY_BOX, groupsOf, reviewIssue } from "./review-issue.ts";
import type { LeakGroup } from "./review-issue.ts";
import { sayOnce } from "./say-once.ts";

/** Acts on the boxes that a person ticked or unticked. A tick without the role is taken back. */
export async function reviewBoxes(context: JobContext, job: ReviewBoxesJob): Promise<void> {
  const repository = await loadRepository(context, job.repositoryId);
  if (repository === null) return;
  const groups = groupsOf(await context.record.leaks.withIssue(repository.id, job.number));
  const octokit = await context.github.installation(repository.installationId);
  const read = groups.length === 0 ? null : await readOwnIssue(context, octokit, repository, job.number);
  if (read?.kind !== "own") return;
  const { issue } = read;
  const boxes = boxesOf(issue.body ?? "");
  const of = ({ first }: LeakGroup): string =>
    boxIdOf(context.marker(first.reportRepositoryId, first.fingerprint));
  const turned = (ids: readonly string[], is: boolean): readonly LeakGroup[] =>
    groups.filter((group) => ids.includes(of(group)) && boxes.get(of(group)) === is);
  const [ticked, unticked] = [turned(job.ticked, true), turned(job.unticked, false)];
  const role = job.login === null ? null : await roleOf(octokit, repository, job.login);
  const { configuration } = await context.configuration.read(repository, { kind: "now" });
  if (ticked.length > 0 && !isAtLeast(role, configuration.attestRole)) {
    const taken = new Set(ticked.filter(({ state }) => state === "open").map(of));
    if (taken.size > 0) {
      const comment = { kind: "box_refused", login: job.login, role: configuration.attestRole } as const;
      await sayOnce(
        context,
        repository,
        job.number,
        comment,
        `box:${[...taken].join(".")}:${job.login ?? ""}`,
      );
      const body = withoutTicks(issue.body ?? "", taken);
      await updateIssue(octokit, repository, job.number, { title: issue.title, body });
    }
  } else {
    await tick(context, ticked, job.login);
  }
  for (const { first, state } of unticked) {
    // The app writes the list too, and so may others.
    if (state === "open" || job.login === null) continue;
    await changeLeakState(context, first, { from: state, to: "open", actor: job.login, how: "reopened" });
  }
  await bringIntoLine(context, job);
}

async function tick(context: JobContext, ticked: readonly LeakGroup[], login: string | null): Promise<void> {
  const open = ticked.filter(({ state }) => state === "open");
  if (open.length === 0) return;
  const brought = await broughtBy(
    context,
    open.flatMap(({ rows }) => rows),
  );
  const how = login !== null && brought.has(login.toLowerCase()) ? "attested_by_pusher" : "attested";
  for (const { first } of open)
    await changeLeakState(context, first, { from: "open", to: "rolled", actor: login, how, settles: BY_BOX });
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
