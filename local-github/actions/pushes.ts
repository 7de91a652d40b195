import { ZERO } from "../git/commit.ts";
import type { RefUpdate, Refs } from "../git/history.ts";
import { isAncestor, readRefs, updatesBetween } from "../git/history.ts";
import { sendPush } from "../webhooks/push.ts";
import { requestSuite } from "./checks.ts";
import { closeIssuesOfPush } from "./closing-words.ts";
import { followPush } from "./pulls.ts";
import type { Account } from "../site/account.ts";
import type { Activity, Repository } from "../site/repository.ts";
import { gitAt } from "../site/site.ts";
import type { Site } from "../site/site.ts";

/** If one push updates more tags or branches than this, GitHub sends no event for any of them. */
const MAX_TAGS = 3;
const MAX_BRANCHES = 5000;

/**
 * Runs a change to refs while no other one runs, then announces what changed in the background: webhooks, check
 * suites, activity, pull requests and issues.
 */
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
        const announced = repository.announcing.then(() =>
          announce(site, repository, updates, before, pusher, type),
        );
        repository.announcing = announced.catch(() => undefined);
        return announced;
      });
    }
    return result;
  });
  const settled = turn.then(
    () => undefined,
    () => undefined,
  );
  repository.pushing = settled;
  // The client may leave before the refs are compared, so `idle` waits for that too.
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
    ...(tags.length > MAX_TAGS ? [] : tags),
    ...(branches.length > MAX_BRANCHES ? [] : branches),
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
    if (update.ref === `refs/heads/${repository.defaultBranch}`)
      await closeIssuesOfPush(site, repository, update, known, pusher);
  }
}

async function typeOf(site: Site, repository: Repository, update: RefUpdate): Promise<Activity["type"]> {
  if (update.before === ZERO) return "branch_creation";
  if (update.after === ZERO) return "branch_deletion";
  const fastForward = await isAncestor(gitAt(site, repository), update.before, update.after);
  return fastForward ? "push" : "force_push";
}
