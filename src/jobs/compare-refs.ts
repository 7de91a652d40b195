/**
 * Compares the refs of a repository, and GitHub's log of pushes, with the record once a day, and notes the pushes without a
 * delivery. GitHub sends none for a push of more than three tags or 5,000 branches, or of a ref that is neither, and
 * redelivers none after three days.
 */
import type { CurrentRepository, Finding, Notice, Repository } from "../domain/index.ts";
import { idOf, NO_FACTS } from "../domain/index.ts";
import { redactText } from "../detect/index.ts";
import { GitHubError, isCommit, listActivity } from "../github/index.ts";
import type { GitHubClient, RefActivity } from "../github/index.ts";
import { acceptDeliveries } from "./accept-delivery.ts";
import { coveredSince, noteOtherRefs, noteTips } from "./baseline.ts";
import type { JobContext } from "./context.ts";
import { newJob } from "./job.ts";
import type { CompareRefsJob } from "./job.ts";
import { isBranch, listRefs } from "./list-refs.ts";
import type { ListedRef } from "./list-refs.ts";
import { loadRepository } from "./load-repository.ts";

/** A push without a delivery. */
interface MissedPush {
  readonly ref: string;
  /** Null: the ref was new. */
  readonly before: string | null;
  /** Null: the ref was deleted. */
  readonly after: string | null;
  /** The annotated tag; null for any other ref. */
  readonly tag: string | null;
  readonly inNames: readonly Finding[];
  readonly at: Date;
}

/** Pushes noted at once. The comparison goes on when they are read, so that tens of thousands of tags are not as many jobs. */
export const MAX_MISSED = 200;

const NO_COMMIT = /^0+$/;
const NO_TAG = { tag: null, inNames: [] } as const;

/** @returns how many pushes were noted */
export async function compareRefs(context: JobContext, job: CompareRefsJob): Promise<number> {
  const { record } = context;
  // Git reads by name, and GitHub may have told nothing of a new one.
  const repository = await loadRepository(context, job.repositoryId, { ask: true });
  const known = repository === null ? null : await record.repositories.find(repository.id);
  if (repository === null || known === null || known.baselineAt === null) return 0;
  const now = context.now();
  const refs = await listRefs(context, repository);
  if (known.refsNotedAt === null) await beginWithRefs(context, repository.id, refs);
  const missed = await unknownPushes(context, repository, known.refsComparedAt ?? coveredSince(known, now));
  // What the log tells comes first, by its times; the rest of a long list is found by the next comparison.
  if (missed.length < MAX_MISSED) missed.push(...(await movedBranches(context, repository, refs)));
  const others = await movedOthers(context, repository, refs, MAX_MISSED - missed.length);
  const batch = [...missed, ...others.missed].slice(0, MAX_MISSED);
  const deliveries = batch.map((each) => ({
    id: `compared ${repository.id} ${each.ref} ${each.before ?? ""}..${each.tag ?? each.after ?? ""}`,
    notices: [noticeOf(repository, each)],
  }));
  if (deliveries.length > 0) await acceptDeliveries(record, deliveries, now);
  await record.notedRefs.put(repository.id, others.noted);
  await record.notedRefs.remove(repository.id, others.gone);
  if (batch.length < MAX_MISSED) await record.repositories.setRefsComparedAt(repository.id, now);
  else await goOn(context, job);
  return deliveries.length;
}

/** A record from before other refs were compared: what there is now counts as the baseline. */
async function beginWithRefs(
  context: JobContext,
  repositoryId: number,
  refs: ReadonlyMap<string, ListedRef>,
): Promise<void> {
  await context.record.transaction(async (transaction) => {
    await transaction.lock([repositoryId]);
    const others = [...refs.values()].filter(({ ref }) => !isBranch(ref));
    await noteTips(transaction, repositoryId, others, new Map());
    await noteOtherRefs(transaction, repositoryId, refs, context.now());
  });
}

/** Compares once more after the jobs of these pushes: one at a time for each repository, in the order of arrival. */
async function goOn(context: JobContext, job: CompareRefsJob): Promise<void> {
  const part = (job.part ?? 0) + 1;
  const slot = context.now().toISOString();
  await context.record.transaction((record) =>
    record.enqueue([newJob({ ...job, part }, `${job.repositoryId} ${slot} ${part}`, "backlog")]),
  );
}

/** Pushes by GitHub's own log that are not on record, the oldest first. */
async function unknownPushes(
  context: JobContext,
  repository: CurrentRepository,
  since: Date,
): Promise<MissedPush[]> {
  const octokit = await context.github.installation(repository.installationId);
  const unknown: MissedPush[] = [];
  for (const activity of await pushLog(octokit, repository, since)) {
    const { after, at } = activity;
    if (NO_COMMIT.test(after) || !isBranch(activity.ref)) continue;
    const ref = redactText(activity.ref);
    const before = NO_COMMIT.test(activity.before) ? null : activity.before;
    const id = idOf({ kind: "push", ref, before, after });
    if ((await context.record.scopes.find(repository.id, id)) === null)
      unknown.push({ ref, before, after, at, ...NO_TAG });
  }
  return unknown.toReversed();
}

/** None on a GitHub Enterprise Server before 3.13, which has no log; branches that moved are found without it. */
async function pushLog(
  octokit: GitHubClient,
  repository: CurrentRepository,
  since: Date,
): Promise<readonly RefActivity[]> {
  try {
    return await listActivity(octokit, repository, since);
  } catch (error) {
    if (error instanceof GitHubError && error.code === "not_found") return [];
    throw error;
  }
}

/** Branches that are at another commit than on record, and refs that are gone. The time is unknown, so it is now. */
async function movedBranches(
  context: JobContext,
  repository: CurrentRepository,
  current: ReadonlyMap<string, ListedRef>,
): Promise<readonly MissedPush[]> {
  const { record } = context;
  const at = context.now();
  const recorded = await record.scopes.refs(repository.id);
  const moved: MissedPush[] = [];
  for (const { ref, commit: after, inNames } of current.values()) {
    const before = recorded.get(ref) ?? null;
    if (!isBranch(ref) || before === after) continue;
    if (before === null && (await record.tips.find(repository.id, after)) !== null) continue;
    moved.push({ ref, before, after, at, tag: null, inNames });
  }
  for (const [ref, head] of recorded)
    if (head !== null && !current.has(ref)) moved.push({ ref, before: head, after: null, at, ...NO_TAG });
  return moved;
}

/**
 * Tags and other refs that the last comparison did not see, and that no delivery described: at most `limit`. A tag without
 * a message on a commit that is known brings nothing to read.
 */
async function movedOthers(
  context: JobContext,
  repository: CurrentRepository,
  current: ReadonlyMap<string, ListedRef>,
  limit: number,
): Promise<{ missed: readonly MissedPush[]; noted: readonly ListedRef[]; gone: readonly string[] }> {
  const { record } = context;
  const known = await record.notedRefs.all(repository.id);
  const recorded = await record.scopes.refs(repository.id);
  const octokit = await context.github.installation(repository.installationId);
  const [missed, noted]: [MissedPush[], ListedRef[]] = [[], []];
  for (const each of current.values()) {
    const { ref, object, commit, inNames } = each;
    if (isBranch(ref) || known.get(ref) === object) continue;
    if (missed.length >= limit) break;
    noted.push(each);
    if (await isDescribed(context, repository.id, each)) continue;
    const tag = object === commit ? null : object;
    const isKnown = (await record.tips.find(repository.id, commit)) !== null;
    if (isKnown && tag === null && inNames.length === 0) continue;
    // Where it marks no commit, no check can show anything.
    if (!isKnown && !(await isCommit(octokit, repository, commit))) continue;
    const before = recorded.get(ref) ?? null;
    missed.push({ ref, before, after: commit, tag, inNames, at: context.now() });
  }
  return { missed, noted, gone: [...known.keys()].filter((ref) => !current.has(ref)) };
}

async function isDescribed(
  context: JobContext,
  repositoryId: number,
  { ref, object, commit }: ListedRef,
): Promise<boolean> {
  const scopes = await context.record.scopes.atHead(repositoryId, commit);
  return scopes.some(({ key, facts, head }) => key === `push:${ref}` && (facts.tag ?? head) === object);
}

function noticeOf(repository: Repository, missed: MissedPush): Notice {
  const { ref, before, after, tag, inNames, at } = missed;
  if (after === null) return { kind: "scope_ended", repository, key: `push:${ref}`, asOf: at };
  return {
    kind: "scope",
    repository,
    scope: { kind: "push", ref, before, after },
    // Whether commits were dropped is unknown. If none were, looking costs one fetch.
    facts: { ...NO_FACTS, forced: before !== null, tag, inNames: [...inNames] },
    trust: { kind: "writer" },
    asOf: at,
    lane: "backlog",
  };
}
