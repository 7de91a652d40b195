import { ZERO, readCommit } from "../git/commit.ts";
import type { RefUpdate, Refs } from "../git/history.ts";
import { isAncestor, readRefs, updatesBetween } from "../git/history.ts";
import { gitAt } from "../http/call.ts";
import type { Account, Activity, Repository, Site } from "../site.ts";
import { sendPush } from "../webhooks/push.ts";
import { requestSuite } from "./checks.ts";
import { closeMentionedIssues } from "./issues.ts";
import { followPush } from "./pulls.ts";

/** More tags or branches at once than this, and GitHub sends no event for any of them. */
const MOST_TAGS = 3;
const MOST_BRANCHES = 5000;

/** Runs what changes refs while no other change is under way, then lets GitHub notice what changed. */
export async function watchRefs<T>(
  site: Site,
  repository: Repository,
  pusher: Account,
  change: () => Promise<T>,
  type?: Activity["type"],
): Promise<T> {
  const at = gitAt(site, repository);
  const turn = repository.pushing.then(async () => {
    const before = await readRefs(at);
    const result = await change();
    const after = await readRefs(at);
    const updates = updatesBetween(before, after);
    if (updates.length > 0) {
      repository.pushedAt = site.now();
      site.background.run(() => {
        const told = repository.announcing.then(() =>
          announce(site, repository, updates, before, pusher, type),
        );
        repository.announcing = told.catch(() => undefined);
        return told;
      });
    }
    return result;
  });
  const settled = turn.then(
    () => undefined,
    () => undefined,
  );
  repository.pushing = settled;
  // The client may be gone before its refs are compared: whoever waits for `idle` waits for that too.
  site.background.run(() => settled);
  return turn;
}

async function announce(
  site: Site,
  repository: Repository,
  updates: readonly RefUpdate[],
  known: Refs,
  pusher: Account,
  type: Activity["type"] | undefined,
): Promise<void> {
  const isTag = (update: RefUpdate): boolean => update.ref.startsWith("refs/tags/");
  const tags = updates.filter(isTag);
  const branches = updates.filter((update) => !isTag(update));
  const announced = [
    ...(tags.length > MOST_TAGS ? [] : tags),
    ...(branches.length > MOST_BRANCHES ? [] : branches),
  ];
  for (const update of announced) {
    await sendPush(site, repository, update, known, pusher);
    if (!isTag(update) && update.after !== ZERO) await requestSuite(site, repository, update, pusher);
  }
  for (const update of branches) {
    repository.activity.unshift({
      id: site.nextId(),
      ref: update.ref,
      before: update.before,
      after: update.after,
      at: site.now(),
      type: type ?? (await typeOf(site, repository, update)),
      actor: pusher,
    });
    await followPush(site, repository, update, pusher);
    if (update.ref === `refs/heads/${repository.defaultBranch}`) {
      await closeMentionedIssues(site, repository, update, pusher);
    }
  }
}

async function typeOf(site: Site, repository: Repository, update: RefUpdate): Promise<Activity["type"]> {
  if (update.before === ZERO) return "branch_creation";
  if (update.after === ZERO) return "branch_deletion";
  const straight = await isAncestor(gitAt(site, repository), update.before, update.after);
  return straight ? "push" : "force_push";
}

/** The commit at the tip of a branch. */
export async function tipOf(repository: Repository, branch: string): Promise<string> {
  const commit = await readCommit(repository.objects, `refs/heads/${branch}`);
  if (commit === null) throw new Error(`${repository.name} has no branch ${branch}: push it first.`);
  return commit.sha;
}
