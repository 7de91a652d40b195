/** Waits for what comes of the history of the older repository. */
import type { CheckRun, Issue, LocalGitHub, Repository } from "local-github";
import { HISTORY_CHECK_NAME } from "../src/domain/index.ts";
import type { AppProcess } from "./app-process.ts";
import { NoCheckError } from "./observe.ts";

/** Far longer than reading takes, on a busy machine too. */
const READ_MS = 120_000;

/** What GitHub shows once the history was read. */
export interface ShownPast {
  readonly repository: string;
  readonly run: CheckRun;
  readonly issue: Issue;
}

/**
 * Waits until the key of the history has its issue, and the check says so.
 *
 * @throws NoCheckError after 2 minutes; AppProcessError when the app dies
 */
export async function observePast(
  github: LocalGitHub,
  repository: Repository,
  app: AppProcess,
): Promise<ShownPast> {
  const shown = (): ShownPast | null => {
    const run = repository.checkRuns.findLast(({ name }) => name === HISTORY_CHECK_NAME);
    const [issue] = github.issues(repository);
    const isTold = issue !== undefined && (run?.summary ?? "").includes(`/issues/${issue.number})`);
    return run === undefined || issue === undefined || !isTold
      ? null
      : { repository: repository.name, run: structuredClone(run), issue: structuredClone(issue) };
  };
  const waited = github.until(() => shown() !== null, "the history of an old repository", READ_MS);
  await Promise.race([waited, app.died]).catch((cause: unknown) => {
    throw new NoCheckError(`The history was not read in time. The app said last:\n${app.recentOutput()}`, {
      cause,
    });
  });
  const past = shown();
  if (past === null) throw new NoCheckError("The check on the history is gone.");
  return past;
}
