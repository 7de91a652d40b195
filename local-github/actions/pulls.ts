import { ZERO, readCommit } from "../git/commit.ts";
import type { RefUpdate } from "../git/history.ts";
import { commitTree, isAncestor, mergeTrees, setRef } from "../git/history.ts";
import { git } from "../git/process.ts";
import { gitAt } from "../http/call.ts";
import type { Account, PullRequest, Repository, Site } from "../site.ts";
import { renderPull } from "../render/pull.ts";
import { send } from "../webhooks/delivery.ts";
import { closeIssue, closedByText } from "./issues.ts";

/** Sends a `pull_request` event about a pull request as it stands now. */
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

/** Brings `refs/pull/N/head` and `refs/pull/N/merge` to where the branches are. */
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

/** What a push means for pull requests: new commits, a new base, a merge by hand, a branch that is gone. */
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
      if (pull.headRepository === repository && pull.headRef === branch) {
        await followHead(site, base, pull, update, pusher);
      } else if (base === repository && pull.baseRef === branch) {
        await followBase(site, base, pull, update, pusher);
      }
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
  // Opened after the push, before the push was told.
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
  if (update.after === ZERO) {
    await closePull(site, base, pull, pusher);
  } else if (await isAncestor(gitAt(site, base), pull.headSha, update.after)) {
    await finishMerge(site, base, pull, update.after, pusher);
  } else {
    await updateTestMerge(site, base, pull);
  }
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

/** Marks a pull request merged, says so, and closes on the default branch the issues that it mentions. */
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
  if (pull.baseRef !== repository.defaultBranch) return;
  for (const number of closedByText(`${pull.title}\n${pull.body ?? ""}`)) {
    const issue = repository.issues.get(number);
    if (issue !== undefined) closeIssue(site, repository, issue, by);
  }
}
