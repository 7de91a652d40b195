import { finishMerge, closePull, sendPull, updatePullRefs } from "../actions/pulls.ts";
import { crossReference } from "../actions/issues.ts";
import { tipOf, watchRefs } from "../actions/pushes.ts";
import { readCommit } from "../git/commit.ts";
import { commitTree, mergeTrees, setRef } from "../git/history.ts";
import { gitAt } from "../http/call.ts";
import type { PullRequest, Repository, Site } from "../site.ts";
import { requiredAccount } from "../site.ts";
import { send } from "../webhooks/delivery.ts";

export interface NewPullRequest {
  readonly by: string;
  /** A branch of the repository, or of `from`. */
  readonly head: string;
  /** The fork that the branch is in; the repository itself unless told. */
  readonly from?: Repository;
  /** The default branch unless told. */
  readonly base?: string;
  readonly title?: string;
  readonly body?: string;
  readonly draft?: boolean;
}

export async function openPull(
  site: Site,
  repository: Repository,
  wanted: NewPullRequest,
): Promise<PullRequest> {
  const author = requiredAccount(site, wanted.by);
  const headRepository = wanted.from ?? repository;
  await Promise.all([headRepository.announcing, repository.announcing]);
  const baseRef = wanted.base ?? repository.defaultBranch;
  repository.lastNumber += 1;
  const now = site.now();
  const pull: PullRequest = {
    id: site.nextId(),
    number: repository.lastNumber,
    author,
    title: wanted.title ?? wanted.head,
    body: wanted.body ?? null,
    state: "open",
    draft: wanted.draft === true,
    merged: false,
    mergedAt: null,
    mergedBy: null,
    closedAt: null,
    mergeCommit: null,
    headRef: wanted.head,
    headSha: await tipOf(headRepository, wanted.head),
    headRepository,
    baseRef,
    baseSha: await tipOf(repository, baseRef),
    createdAt: now,
    updatedAt: now,
  };
  await updatePullRefs(site, repository, pull);
  repository.pulls.set(pull.number, pull);
  crossReference(site, repository, pull);
  await sendPull(site, repository, pull, "opened", author);
  return pull;
}

export async function closePullBy(
  site: Site,
  repository: Repository,
  pull: PullRequest,
  by: string,
): Promise<void> {
  await closePull(site, repository, pull, requiredAccount(site, by));
}

export async function reopenPull(
  site: Site,
  repository: Repository,
  pull: PullRequest,
  by: string,
): Promise<void> {
  if (pull.merged) throw new Error(`Pull request ${pull.number} is merged and stays closed.`);
  if (pull.headRepository !== null) pull.headSha = await tipOf(pull.headRepository, pull.headRef);
  pull.baseSha = await tipOf(repository, pull.baseRef);
  pull.state = "open";
  pull.closedAt = null;
  pull.updatedAt = site.now();
  await updatePullRefs(site, repository, pull);
  await sendPull(site, repository, pull, "reopened", requiredAccount(site, by));
}

export async function changeBase(
  site: Site,
  repository: Repository,
  pull: PullRequest,
  base: string,
  by: string,
): Promise<void> {
  const from = { ref: pull.baseRef, sha: pull.baseSha };
  pull.baseRef = base;
  pull.baseSha = await tipOf(repository, base);
  pull.updatedAt = site.now();
  await updatePullRefs(site, repository, pull);
  await sendPull(site, repository, pull, "edited", requiredAccount(site, by), {
    changes: { base: { ref: { from: from.ref }, sha: { from: from.sha } } },
  });
}

export async function changeTitle(
  site: Site,
  repository: Repository,
  pull: PullRequest,
  title: string,
  by: string,
): Promise<void> {
  const from = pull.title;
  pull.title = title;
  pull.updatedAt = site.now();
  await sendPull(site, repository, pull, "edited", requiredAccount(site, by), {
    changes: { title: { from } },
  });
}

export async function setDraft(
  site: Site,
  repository: Repository,
  pull: PullRequest,
  draft: boolean,
  by: string,
): Promise<void> {
  pull.draft = draft;
  pull.updatedAt = site.now();
  const action = draft ? "converted_to_draft" : "ready_for_review";
  await sendPull(site, repository, pull, action, requiredAccount(site, by));
}

/** Merges on the site: a merge commit, or all in one commit. Gives the new tip of the base; throws on a conflict. */
export async function mergePull(
  site: Site,
  repository: Repository,
  pull: PullRequest,
  by: string,
  method: "merge" | "squash",
): Promise<string> {
  const merger = requiredAccount(site, by);
  const at = gitAt(site, repository);
  const base = await tipOf(repository, pull.baseRef);
  const tree = await mergeTrees(at, base, pull.headSha);
  if (tree === null) throw new Error(`Pull request ${pull.number} has conflicts with ${pull.baseRef}.`);
  const from = `${pull.headRepository?.owner.login ?? "unknown"}/${pull.headRef}`;
  const message =
    method === "merge"
      ? `Merge pull request #${pull.number} from ${from}\n\n${pull.title}`
      : `${pull.title} (#${pull.number})`;
  const author = method === "merge" ? merger : pull.author;
  const commit = await commitTree(at, tree, method === "merge" ? [base, pull.headSha] : [base], message, {
    author: author.login,
    authorEmail: author.email,
  });
  await watchRefs(
    site,
    repository,
    merger,
    async () => {
      await setRef(at, `refs/heads/${pull.baseRef}`, commit);
      await finishMerge(site, repository, pull, commit, merger);
    },
    "pr_merge",
  );
  return commit;
}

/** A group of the merge queue: the branch that GitHub makes for it, with the pull requests merged one by one. */
export interface MergeGroup {
  /** `refs/heads/gh-readonly-queue/…` */
  readonly ref: string;
  readonly sha: string;
  readonly baseRef: string;
  readonly baseSha: string;
  readonly pulls: readonly PullRequest[];
}

export async function createMergeGroup(
  site: Site,
  repository: Repository,
  pulls: readonly PullRequest[],
  by: string,
): Promise<MergeGroup> {
  const at = gitAt(site, repository);
  const [first] = pulls;
  if (first === undefined) throw new Error("A merge group needs a pull request.");
  const baseSha = await tipOf(repository, first.baseRef);
  let sha = baseSha;
  for (const pull of pulls) {
    const tree = await mergeTrees(at, sha, pull.headSha);
    if (tree === null) throw new Error(`Pull request ${pull.number} has conflicts with those before it.`);
    const message = `Merge pull request #${pull.number} from ${pull.author.login}/${pull.headRef}\n\n${pull.title}`;
    sha = await commitTree(at, tree, [sha, pull.headSha], message, {
      author: pull.author.login,
      authorEmail: pull.author.email,
    });
  }
  const last = pulls.at(-1) ?? first;
  const ref = `refs/heads/gh-readonly-queue/${first.baseRef}/pr-${last.number}-${baseSha}`;
  const group = { ref, sha, baseRef: first.baseRef, baseSha, pulls };
  const queuer = requiredAccount(site, by);
  await watchRefs(site, repository, queuer, () => setRef(at, ref, sha));
  await sendGroup(site, repository, group, { action: "checks_requested" }, by);
  return group;
}

/** Ends a group: its branch goes, and where it was merged the base moves to its head. */
export async function destroyMergeGroup(
  site: Site,
  repository: Repository,
  group: MergeGroup,
  reason: "merged" | "invalidated" | "dequeued",
  by: string,
): Promise<void> {
  const at = gitAt(site, repository);
  const actor = requiredAccount(site, by);
  if (reason === "merged") {
    const land = async (): Promise<void> => {
      await setRef(at, `refs/heads/${group.baseRef}`, group.sha);
      for (const pull of group.pulls) await finishMerge(site, repository, pull, group.sha, actor);
    };
    await watchRefs(site, repository, actor, land, "merge_queue_merge");
  }
  await watchRefs(site, repository, actor, () => setRef(at, group.ref, null));
  await sendGroup(site, repository, group, { action: "destroyed", reason }, by);
}

async function sendGroup(
  site: Site,
  repository: Repository,
  group: MergeGroup,
  what: { readonly action: string; readonly reason?: string },
  by: string,
): Promise<void> {
  const head = await readCommit(repository.objects, group.sha);
  if (head === null) throw new Error(`The head ${group.sha} of the merge group is gone.`);
  send(site, {
    event: "merge_group",
    repository,
    sender: requiredAccount(site, by),
    payload: {
      ...what,
      merge_group: {
        head_sha: group.sha,
        head_ref: group.ref,
        base_sha: group.baseSha,
        base_ref: `refs/heads/${group.baseRef}`,
        head_commit: {
          id: head.sha,
          tree_id: head.tree,
          message: head.message,
          timestamp: head.committer.date,
          author: { name: head.author.name, email: head.author.email },
          committer: { name: head.committer.name, email: head.committer.email },
        },
      },
    },
  });
}
