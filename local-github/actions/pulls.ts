/**
 * What changes a pull request on the server's side: pushes to its head or base, merges, and closing. Keeps
 * `refs/pull/N/head` and the test merge `refs/pull/N/merge` up to date. People's own actions are in `people/pulls.ts`.
 */
import { ZERO, readCommit } from "../git/commit.ts";
import type { RefUpdate } from "../git/history.ts";
import { commitTree, isAncestor, mergeTrees, setRef } from "../git/history.ts";
import { git } from "../git/process.ts";
import { renderPull } from "../render/pull.ts";
import { tipOf } from "../site/branches.ts";
import { send } from "../webhooks/send.ts";
import { closeIssuesOfPull } from "./closing-words.ts";
import type { Account } from "../site/account.ts";
import type { PullRequest, Repository } from "../site/repository.ts";
import { gitAt } from "../site/site.ts";
import type { Site } from "../site/site.ts";

/** Sends a `pull_request` event with the current state of the pull request. */
export async function sendPull(
  site: Site,
  repository: Repository,
  pull: PullRequest,
  action: string,
  sender: Account,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const rendered = await renderPull(site, repository, pull);
  send(site, {
    event: "pull_request",
    repository,
    sender,
    payload: { action, number: pull.number, pull_request: rendered, ...more },
  });
}

/** Updates `refs/pull/N/head` and `refs/pull/N/merge` to the current branches. */
export async function updatePullRefs(site: Site, repository: Repository, pull: PullRequest): Promise<void> {
  const at = gitAt(site, repository);
  const ref = `refs/pull/${pull.number}/head`;
  const source = pull.headRepository;
  if (source !== null && source !== repository) {
    const refspec = `+${pull.headSha}:${ref}`;
    await git(site.git, repository.path, ["fetch", "--quiet", "--no-tags", source.path, refspec]);
  } else {
    await setRef(at, ref, pull.headSha);
  }
  await updateTestMerge(site, repository, pull);
}

async function updateTestMerge(site: Site, repository: Repository, pull: PullRequest): Promise<void> {
  const at = gitAt(site, repository);
  const ref = `refs/pull/${pull.number}/merge`;
  const base = await readCommit(repository.objects, `refs/heads/${pull.baseRef}`);
  const tree = base === null ? null : await mergeTrees(at, base.sha, pull.headSha);
  if (base === null || tree === null) {
    await setRef(at, ref, null);
    pull.mergeCommit = null;
    return;
  }
  const message = `Merge ${pull.headSha} into ${base.sha}`;
  const people = { author: pull.author.login, authorEmail: pull.author.email };
  pull.mergeCommit = await commitTree(at, tree, [base.sha, pull.headSha], message, people);
  await setRef(at, ref, pull.mergeCommit);
}

/** Applies a push to the open pull requests: new commits, a new base, a merge by hand, a deleted branch. */
export async function followPush(
  site: Site,
  repository: Repository,
  update: RefUpdate,
  pusher: Account,
): Promise<void> {
  const branch = update.ref.slice("refs/heads/".length);
  for (const base of site.repositories.values()) {
    for (const pull of base.pulls.values()) {
      if (pull.state !== "open") continue;
      if (pull.headRepository === repository && pull.headRef === branch)
        await followHead(site, base, pull, update, pusher);
      else if (base === repository && pull.baseRef === branch)
        await followBase(site, base, pull, update, pusher);
    }
  }
}

async function followHead(
  site: Site,
  base: Repository,
  pull: PullRequest,
  update: RefUpdate,
  pusher: Account,
): Promise<void> {
  if (update.after === ZERO) {
    await closePull(site, base, pull, pusher);
    return;
  }
  // The pull request was opened after the push, before the push was announced.
  if (pull.headSha === update.after) return;
  pull.headSha = update.after;
  pull.baseSha = (await readCommit(base.objects, `refs/heads/${pull.baseRef}`))?.sha ?? pull.baseSha;
  pull.updatedAt = site.now();
  await updatePullRefs(site, base, pull);
  await sendPull(site, base, pull, "synchronize", pusher, { before: update.before, after: update.after });
}

async function followBase(
  site: Site,
  base: Repository,
  pull: PullRequest,
  update: RefUpdate,
  pusher: Account,
): Promise<void> {
  if (update.after === ZERO) await closePull(site, base, pull, pusher);
  else if (await isAncestor(gitAt(site, base), pull.headSha, update.after))
    await finishMerge(site, base, pull, update.after, pusher);
  else await updateTestMerge(site, base, pull);
}

/** Moves a pull request to another base branch and sends `edited`. */
export async function changeBase(
  site: Site,
  repository: Repository,
  pull: PullRequest,
  base: string,
  actor: Account,
): Promise<void> {
  const from = { ref: pull.baseRef, sha: pull.baseSha };
  pull.baseRef = base;
  pull.baseSha = await tipOf(repository, base);
  pull.updatedAt = site.now();
  await updatePullRefs(site, repository, pull);
  await sendPull(site, repository, pull, "edited", actor, {
    changes: { base: { ref: { from: from.ref }, sha: { from: from.sha } } },
  });
}

export async function closePull(
  site: Site,
  repository: Repository,
  pull: PullRequest,
  by: Account,
): Promise<void> {
  pull.state = "closed";
  pull.closedAt = site.now();
  pull.updatedAt = pull.closedAt;
  await sendPull(site, repository, pull, "closed", by);
}

/** Marks a pull request merged and sends `closed`. A merge into the default branch closes the issues it fixes. */
export async function finishMerge(
  site: Site,
  repository: Repository,
  pull: PullRequest,
  commit: string,
  by: Account,
): Promise<void> {
  pull.merged = true;
  pull.mergedAt = site.now();
  pull.mergedBy = by;
  pull.mergeCommit = commit;
  await setRef(gitAt(site, repository), `refs/pull/${pull.number}/merge`, null);
  await closePull(site, repository, pull, by);
  if (pull.baseRef === repository.defaultBranch) closeIssuesOfPull(site, repository, pull, by);
}
