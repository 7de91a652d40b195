import type { CurrentRepository, Notice, Repository } from "../domain/index.ts";
import { idOf, NO_FACTS } from "../domain/index.ts";
import { redactText } from "../detect/index.ts";
import { listActivity } from "../github/index.ts";
import { acceptDeliveries } from "./accept-delivery.ts";
import type { JobContext } from "./context.ts";
import type { CompareRefsJob } from "./job.ts";
import { listBranches } from "./list-branches.ts";
import { loadRepository } from "./load-repository.ts";

/** A push without a delivery. */
interface MissedPush {
  readonly ref: string;
  /** Null: the ref was new. */
  readonly before: string | null;
  /** Null: the ref was deleted. */
  readonly after: string | null;
  readonly at: Date;
}

const NO_COMMIT = /^0+$/;

/**
 * Compares the branches of a repository, and GitHub's log of pushes, with the record, and notes the pushes without a
 * delivery: GitHub sends none when many refs are pushed at once, and redelivers none after three days.
 *
 * @returns how many pushes were noted
 */
export async function compareRefs(context: JobContext, job: CompareRefsJob): Promise<number> {
  const { record } = context;
  const repository = await loadRepository(context, job.repositoryId);
  const known = repository === null ? null : await record.repositories.find(repository.id);
  if (repository === null || known === null || known.baselineAt === null) return 0;
  const now = context.now();
  const pushed = await unknownPushes(context, repository, known.refsComparedAt ?? known.baselineAt);
  const deliveries = [...pushed, ...(await movedBranches(context, repository, now))].map((missed) => ({
    id: `compared ${repository.id} ${missed.ref} ${missed.before ?? ""}..${missed.after ?? ""}`,
    notices: [noticeOf(repository, missed)],
  }));
  if (deliveries.length > 0) await acceptDeliveries(record, deliveries, now);
  await record.repositories.setRefsComparedAt(repository.id, now);
  return deliveries.length;
}

/** Pushes by GitHub's own log that are not on record, the oldest first. */
async function unknownPushes(
  context: JobContext,
  repository: CurrentRepository,
  since: Date,
): Promise<readonly MissedPush[]> {
  const octokit = await context.github.installation(repository.installationId);
  const unknown: MissedPush[] = [];
  for (const activity of await listActivity(octokit, repository, since)) {
    const { after, at } = activity;
    if (NO_COMMIT.test(after) || !activity.ref.startsWith("refs/heads/")) continue;
    const ref = redactText(activity.ref);
    const before = NO_COMMIT.test(activity.before) ? null : activity.before;
    const id = idOf({ kind: "push", ref, before, after });
    if ((await context.record.scopes.find(repository.id, id)) === null)
      unknown.push({ ref, before, after, at });
  }
  return unknown.toReversed();
}

/** Branches that are at another commit than on record. The time of the change is unknown, so it is now. */
async function movedBranches(
  context: JobContext,
  repository: CurrentRepository,
  now: Date,
): Promise<readonly MissedPush[]> {
  const { record } = context;
  const recorded = await record.scopes.refs(repository.id);
  const current = await listBranches(context, repository);
  const moved: MissedPush[] = [];
  for (const [ref, after] of current) {
    const before = recorded.get(ref) ?? null;
    if (before === after || (before === null && (await record.tips.find(repository.id, after)) !== null))
      continue;
    moved.push({ ref, before, after, at: now });
  }
  for (const [ref, head] of recorded) {
    if (head !== null && ref.startsWith("refs/heads/") && !current.has(ref))
      moved.push({ ref, before: head, after: null, at: now });
  }
  return moved;
}

function noticeOf(repository: Repository, { ref, before, after, at }: MissedPush): Notice {
  if (after === null) return { kind: "scope_ended", repository, key: `push:${ref}`, asOf: at };
  return {
    kind: "scope",
    repository,
    scope: { kind: "push", ref, before, after },
    // Whether commits were dropped is unknown. If none were, looking costs one fetch.
    facts: { ...NO_FACTS, forced: before !== null },
    trust: { kind: "writer" },
    asOf: at,
    lane: "backlog",
  };
}
