/** What people do with pull requests on the site. Each action sends the webhook that GitHub sends for it. */
import { finishMerge, closePull, sendPull, updatePullRefs } from "../actions/pulls.ts";
import { crossReference } from "../actions/closing-words.ts";
import { watchRefs } from "../actions/pushes.ts";
import { tipOf } from "../site/branches.ts";
import { commitTree, mergeTrees, setRef } from "../git/history.ts";
import type { PullRequest, Repository } from "../site/repository.ts";
import { gitAt, requiredAccount } from "../site/site.ts";
import type { Site } from "../site/site.ts";

export interface NewPullRequest {
  readonly by: string;
  /** A branch of the repository, or of the fork `from`. */
  readonly head: string;
  /** Default: the repository itself. */
  readonly from?: Repository;
  /** Default: the default branch. */
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
  if (pull.merged) throw new Error(`Pull request ${pull.number} is merged, so it cannot be reopened.`);
  if (pull.headRepository !== null) pull.headSha = await tipOf(pull.headRepository, pull.headRef);
  pull.baseSha = await tipOf(repository, pull.baseRef);
  pull.state = "open";
  pull.closedAt = null;
  pull.updatedAt = site.now();
  await updatePullRefs(site, repository, pull);
  await sendPull(site, repository, pull, "reopened", requiredAccount(site, by));
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

/** Merges with a merge commit or squashed. Returns the new tip of the base; throws on a conflict. */
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
