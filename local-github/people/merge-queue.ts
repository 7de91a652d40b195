/**
 * The merge queue: a temporary branch that holds the queued pull requests, merged into the base or thrown away.
 */
import { finishMerge } from "../actions/pulls.ts";
import { watchRefs } from "../actions/pushes.ts";
import { tipOf } from "../site/branches.ts";
import { readCommit } from "../git/commit.ts";
import { commitTree, mergeTrees, setRef } from "../git/history.ts";
import type { PullRequest, Repository } from "../site/repository.ts";
import type { Site } from "../site/site.ts";
import { gitAt, requiredAccount } from "../site/site.ts";
import { send } from "../webhooks/send.ts";

/** A group of the merge queue: a temporary branch with the pull requests merged one by one. */
export interface MergeGroup {
  /** `refs/heads/gh-readonly-queue/…` */
  readonly ref: string;
  readonly sha: string;
  readonly baseRef: string;
  readonly baseSha: string;
  readonly pulls: readonly PullRequest[];
}

/** "Merge when ready" on these pull requests: pushes the temporary branch and sends `merge_group`. */
export async function createMergeGroup(
  site: Site,
  repository: Repository,
  pulls: readonly PullRequest[],
  by: string,
): Promise<MergeGroup> {
  const at = gitAt(site, repository);
  const [first] = pulls;
  if (first === undefined) throw new Error("A merge group needs at least one pull request.");
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

/** Deletes the group's branch. If the group is merged, the base moves to its head first. */
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
