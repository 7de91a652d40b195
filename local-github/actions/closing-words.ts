import { ZERO, readCommits } from "../git/commit.ts";
import type { RefUpdate, Refs } from "../git/history.ts";
import { commitsBetween } from "../git/history.ts";
import type { Account } from "../site/account.ts";
import type { Closer, Issue } from "../site/issue.ts";
import type { PullRequest, Repository } from "../site/repository.ts";
import type { Site } from "../site/site.ts";
import { gitAt } from "../site/site.ts";
import { closeIssue, record } from "./issues.ts";

const MENTION = /(?<![\w&/])#(\d{1,9})\b/g;
const CLOSING = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d{1,9})\b/gi;

function issuesNamed(repository: Repository, text: string, pattern: RegExp): Issue[] {
  const numbers = new Set([...text.matchAll(pattern)].map((match) => Number(match[1])));
  return [...numbers].flatMap((number) => repository.issues.get(number) ?? []);
}

function textOf(pull: PullRequest): string {
  return `${pull.title}\n${pull.body ?? ""}`;
}

/** Adds a pull request to the timeline of each issue that it mentions. */
export function crossReference(site: Site, repository: Repository, pull: PullRequest): void {
  for (const issue of issuesNamed(repository, textOf(pull), MENTION))
    record(site, issue, pull.author, "cross-referenced", { source: pull.number });
}

/** Closes the issues of "Fixes #12" in a merged pull request, in the name of whoever merged it. */
export function closeIssuesOfPull(site: Site, repository: Repository, pull: PullRequest, by: Account): void {
  const closer: Closer = { kind: "pull", number: pull.number };
  for (const issue of issuesNamed(repository, textOf(pull), CLOSING))
    closeIssue(site, repository, issue, by, { closer });
}

/**
 * Closes the issues of "Fixes #12" in commits that reach the default branch, in the pusher's name. `known` are the refs
 * before the push: a renamed branch brings nothing new.
 */
export async function closeIssuesOfPush(
  site: Site,
  repository: Repository,
  update: RefUpdate,
  known: Refs,
  pusher: Account,
): Promise<void> {
  if (update.after === ZERO || repository.issues.size === 0) return;
  const before = update.before === ZERO ? [...known.values()] : [update.before];
  const shas = await commitsBetween(gitAt(site, repository), [update.after], before, { limit: 2048 });
  for (const commit of await readCommits(repository.objects, shas)) {
    for (const issue of issuesNamed(repository, commit.message, MENTION))
      record(site, issue, pusher, "referenced", { commitId: commit.sha });

    const closer: Closer = { kind: "commit", sha: commit.sha };
    for (const issue of issuesNamed(repository, commit.message, CLOSING))
      closeIssue(site, repository, issue, pusher, { closer });
  }
}
