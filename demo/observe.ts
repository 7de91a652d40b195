import type { CheckRun, Repository } from "local-github";
import { redactText } from "../src/detect/index.ts";
import type { Shown } from "./chapter.ts";
import { codeUnder } from "./code-view.ts";
import type { Stage } from "./stage.ts";

/** Far longer than a check takes, on a busy machine too. */
const CHECK_MS = 120_000;

/** No check run was completed in time. */
export class NoCheckError extends Error {
  override readonly name = "NoCheckError";
}

/**
 * Waits until the app is done with everything that it was told, and takes down what GitHub then shows of a commit.
 *
 * @param since when it was pushed, or what changes its check was done, as `performance.now()` counts
 * @throws NoCheckError after 2 minutes; AppProcessError when the app dies
 */
export async function observe(stage: Stage, head: string, since: number): Promise<Shown> {
  const { github, repository } = stage;
  const stateOf = (): string => {
    const run = currentRun(stage, head);
    return `${run?.id ?? ""} ${run?.status ?? ""} ${run?.conclusion ?? ""}`;
  };
  const old = stateOf();
  await Promise.race([completedCheck(stage, head), stage.app.died]);
  let completedAt = performance.now();
  let state = stateOf();
  const unwatch = github.watch(() => {
    if (stateOf() === state) return;
    state = stateOf();
    completedAt = performance.now();
  });
  await stage.settled().finally(unwatch);
  // The check was as it is before: the verdict is that nothing changed it.
  if (state === old) completedAt = performance.now();
  const run = currentRun(stage, head);
  if (run === undefined) throw new NoCheckError(`The check run on ${head} is gone.`);
  return {
    head,
    message: redactText(await subjectOf(repository, head)),
    run: structuredClone(run),
    issues: structuredClone(github.issues(repository)),
    ms: Math.max(0, completedAt - since),
    code: await Promise.all(run.annotations.map((annotation) => codeUnder(repository, head, annotation))),
  };
}

/** First line of a commit's message, which follows the headers and an empty line. */
async function subjectOf(repository: Repository, head: string): Promise<string> {
  const commit = await repository.objects.read(head);
  const [, message = ""] = commit?.bytes.toString("utf8").split("\n\n", 2) ?? [];
  return message.split("\n")[0] ?? "";
}

/** The run that counts on a commit: the last one that was made. */
function currentRun({ github, repository }: Stage, head: string): CheckRun | undefined {
  return github.checkRuns(repository, head, "Rollcall").at(-1);
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
