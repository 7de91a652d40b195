import { setTimeout as delay } from "node:timers/promises";
import type { CheckRun } from "local-github";
import { redactText } from "../src/detect/index.ts";
import type { Shown } from "./chapter.ts";
import { codeUnder } from "./code-view.ts";
import type { Stage } from "./stage.ts";

/** Without a request for so long, the app is done with what a push and a pull request brought. */
const QUIET_MS = 250;
const CHECK_MS = 20_000;
/** The app files an issue every three seconds at most, and the check does not wait for it. */
const ISSUES_MS = 10_000;

/** No check run was completed in time. */
export class NoCheckError extends Error {
  override readonly name = "NoCheckError";
}

/**
 * Waits until the app is done with a commit, and takes down what GitHub then shows.
 *
 * @param since when it was pushed, as `performance.now()` counts
 * @param openIssues how many are to come, which is waited for in vain for 10 s at most
 * @throws NoCheckError after 20 s; AppProcessError when the app dies
 */
export async function observe(stage: Stage, head: string, since: number, openIssues: number): Promise<Shown> {
  const { github, repository, app } = stage;
  const completedAt = await quiet(stage, head);
  const filed = (): boolean =>
    github.issues(repository).filter((issue) => issue.state === "open").length >= openIssues;
  if (!filed()) {
    const inVain = (): void => undefined;
    await Promise.race([github.until(filed, "the issues", ISSUES_MS).catch(inVain), app.died]);
    await quiet(stage, head);
  }
  const run = currentRun(stage, head);
  if (run === undefined) throw new NoCheckError(`The check run on ${head} is gone.`);
  const commit = await github.commit(repository, head);
  return {
    head,
    message: redactText(commit?.message.split("\n")[0] ?? ""),
    run: structuredClone(run),
    issues: structuredClone(github.issues(repository)),
    ms: Math.max(0, completedAt - since),
    code: await Promise.all(run.annotations.map((annotation) => codeUnder(repository, head, annotation))),
  };
}

/** Waits for a completed check and then for silence. Gives the time when the check was complete. */
async function quiet(stage: Stage, head: string): Promise<number> {
  const { github, app } = stage;
  let completedAt = 0;
  for (let requests = -1; requests !== github.requests.length;) {
    if (requests !== -1 || currentRun(stage, head)?.status !== "completed") {
      await Promise.race([completedCheck(stage, head), app.died]);
    }
    completedAt = performance.now();
    requests = github.requests.length;
    await Promise.race([delay(QUIET_MS), app.died]);
  }
  return completedAt;
}

/** The run that counts on a commit: the last one that was made. */
function currentRun({ github, repository }: Stage, head: string): CheckRun | undefined {
  return github.checkRuns(repository, head).at(-1);
}

async function completedCheck(stage: Stage, head: string): Promise<void> {
  try {
    await stage.github.until(
      () => currentRun(stage, head)?.status === "completed",
      `a completed check on ${head}`,
      CHECK_MS,
    );
  } catch (cause) {
    const status = currentRun(stage, head)?.status ?? "missing";
    throw new NoCheckError(
      `After ${CHECK_MS / 1000} s the check run on ${head} is ${status}. The app said last:\n${stage.app.recentOutput()}`,
      { cause },
    );
  }
}

/** Waits for commits whose check run was completed and which are not in `seen`, and gives them. */
export async function nextVerdicts(stage: Stage, seen: ReadonlySet<number>): Promise<string[]> {
  const { github, repository, app } = stage;
  const fresh = (): string[] =>
    repository.checkRuns
      .filter((run) => run.status === "completed" && !seen.has(run.id))
      .map((run) => run.headSha);
  await Promise.race([github.until(() => fresh().length > 0, "a push", MOST_MS), app.died]);
  return [...new Set(fresh())];
}

/** As long as a timer can wait: 24 days. */
const MOST_MS = 2 ** 31 - 1;
