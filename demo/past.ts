/**
 * A repository that is older than the app: `acme/warehouse`, with a key in a commit of years ago that no file holds any
 * more. The demo shows that its history is read on installation, and what comes of that.
 */
import { join } from "node:path";
import type { CheckRun, Issue, LocalGitHub, Repository } from "local-github";
import { cloneOf } from "../fixtures/clone.ts";
import type { Clone, Files } from "../fixtures/clone.ts";
import { HISTORY_CHECK_NAME } from "../src/domain/index.ts";
import { NoCheckError } from "./observe.ts";
import type { AppProcess } from "./app-process.ts";

/** Far longer than reading takes, on a busy machine too. */
const READ_MS = 120_000;

/** What GitHub shows once the history was read. */
export interface ShownPast {
  readonly repository: string;
  readonly run: CheckRun;
  readonly issue: Issue;
}

/** Makes the repository, before the app is installed. */
export async function seedPast(github: LocalGitHub, directory: string, key: string): Promise<Repository> {
  const roles = { ann: "write" } as const;
  const repository = await github.createRepository({
    owner: "acme",
    name: "warehouse",
    private: true,
    roles,
  });
  const clone = await cloneOf(github.cloneUrl(repository, "ann"), join(directory, "warehouse"));
  const module = (value: string): Files => ({
    "lib/billing.rb": `require "stripe"\n\nStripe.api_key = ${value}\n`,
  });
  await commit(clone, "2019-03-04", "Charge for storage", module(`"${key}"`));
  await commit(clone, "2019-03-05", "Read the key from the environment", module('ENV.fetch("STRIPE_KEY")'));
  await commit(clone, "2023-10-12", "Say what is stored", { "README.md": "# Warehouse\n\nStores socks.\n" });
  await clone.push("HEAD:main");
  return repository;
}

/** A commit of Lee, who has left since. */
async function commit(clone: Clone, day: string, message: string, files: Files): Promise<void> {
  await clone.commit(message, files);
  const then = [`--date=${day}T09:30:00+0100`, "--author=Lee <lee@example.org>"];
  await clone.git("commit", "--quiet", "--amend", "--no-edit", ...then);
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
