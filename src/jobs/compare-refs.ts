import type { Notice, Repository } from "../domain/index.ts";
import { idOf, NO_FACTS } from "../domain/index.ts";
import { redactText } from "../detect/index.ts";
import { acceptDelivery } from "./accept-delivery.ts";
import type { JobContext, RefChange } from "./context.ts";
import type { CompareRefsJob } from "./job.ts";
import { loadRepository } from "./load-repository.ts";

/**
 * Compares the refs of a repository, and what GitHub says was pushed to them, with the record, and notes the pushes that
 * no delivery told of: GitHub sends none when many refs are pushed at once, and none while the app could not be reached
 * for days.
 *
 * @returns how many pushes were noted
 */
export async function compareRefs(context: JobContext, job: CompareRefsJob): Promise<number> {
  const { record } = context;
  const repository = await loadRepository(context, job.repositoryId);
  const known = repository === null ? null : await record.repositories.find(repository.id);
  if (repository === null || known === null || known.baselineAt === null) return 0;
  const now = context.now();
  const since = known.refsComparedAt ?? known.baselineAt;
  const missed = [
    ...(await unknownPushes(context, repository, since)),
    ...(await movedRefs(context, repository)),
  ];
  for (const { ref, before, after, at } of missed) {
    const notice = noticeOf(repository, { ref, before, after, at: at ?? now });
    const id = notice.kind === "scope" ? idOf(notice.scope) : `${ref} deleted`;
    await acceptDelivery(record, `compared ${repository.id} ${id}`, [notice], now);
  }
  await record.repositories.setRefsComparedAt(repository.id, now);
  return missed.length;
}

/** Pushes by GitHub's own log that are not on record. */
async function unknownPushes(
  context: JobContext,
  repository: Repository,
  since: Date,
): Promise<readonly RefChange[]> {
  const unknown: RefChange[] = [];
  for await (const change of context.listActivity(repository, since)) {
    if (change.after === null) continue;
    const scope = {
      kind: "push",
      ref: redactText(change.ref),
      before: change.before,
      after: change.after,
    } as const;
    if ((await context.record.scopes.find(repository.id, idOf(scope))) === null) unknown.push(change);
  }
  return unknown.toReversed();
}

/** Refs that are elsewhere than the record has them. Such a change has no time: it is as of now. */
async function movedRefs(context: JobContext, repository: Repository): Promise<readonly RefChange[]> {
  const { record } = context;
  const recorded = await record.scopes.refs(repository.id);
  const current = new Map(
    (await context.listRefs(repository)).map(({ ref, sha }) => [redactText(ref), sha] as const),
  );
  const moved: RefChange[] = [];
  for (const [ref, sha] of current) {
    const before = recorded.get(ref) ?? null;
    if (before === sha || (before === null && (await record.tips.find(repository.id, sha)) !== null)) continue;
    moved.push({ ref, before, after: sha, at: null });
  }
  for (const [ref, head] of recorded) {
    if (head !== null && ref.startsWith("refs/") && !current.has(ref))
      moved.push({ ref, before: head, after: null, at: null });
  }
  return moved;
}

function noticeOf(repository: Repository, change: RefChange & { readonly at: Date }): Notice {
  const { before, after, at } = change;
  const ref = redactText(change.ref);
  if (after === null) return { kind: "scope_ended", repository, key: `push:${ref}`, asOf: at };
  return {
    kind: "scope",
    repository,
    scope: { kind: "push", ref, before, after },
    // Whether commits were dropped is not known; where none were, looking costs one fetch.
    facts: { ...NO_FACTS, forced: before !== null },
    trust: { kind: "writer" },
    asOf: at,
    lane: "backlog",
  };
}
