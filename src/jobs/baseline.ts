/**
 * The baseline of a repository: the commits from before the app. They are left to the reading of history and never count
 * as read; a new ref reads only what neither the baseline nor a read scope holds.
 */
import { isNamedLikeMergeQueue } from "../domain/index.ts";
import type { CurrentRepository } from "../domain/index.ts";
import { GitHubError, listActivity } from "../github/index.ts";
import type { RefActivity } from "../github/index.ts";
import { redactText } from "../detect/index.ts";
import type { RecordTransaction, RepositoryRecord, Tip } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { isBranch, listRefs } from "./list-refs.ts";
import type { ListedRef } from "./list-refs.ts";

/** GitHub delivers for three days, so after a loss of the record this much may have been judged by it before. */
const UNKNOWN_MS = 3 * 24 * 60 * 60_000;

const NO_COMMIT = /^0+$/;

/** Since when pushes are the app's to read. Where no delivery told of the installation, it may have been there for long. */
export function coveredSince({ coveredSince: since, baselineAt }: RepositoryRecord, now: Date): Date {
  return since ?? new Date((baselineAt ?? now).getTime() - UNKNOWN_MS);
}

/**
 * Notes the tips of all refs as the baseline. A ref that was pushed since the app covers the repository begins where the
 * first of these pushes did: by GitHub's log, because their deliveries may be late, and by the deliveries on record. Tags
 * are not in that log: one that is pushed before this, and whose delivery comes later, is taken for an old one.
 */
export async function noteBaseline(context: JobContext, repository: CurrentRepository): Promise<void> {
  const { record } = context;
  const known = await record.repositories.find(repository.id);
  if (known === null || known.baselineAt !== null) return;
  const refs = await listRefs(context, repository);
  // After the refs, so that the log knows of every push that they show.
  const pushed = await firstPushes(context, repository, coveredSince(known, context.now()));
  await record.transaction(async (transaction) => {
    await transaction.lock([repository.id]);
    await noteTips(transaction, repository.id, [...refs.values()], pushed);
    await noteOtherRefs(transaction, repository.id, refs, context.now());
    await transaction.repositories.setBaselineAt(repository.id, context.now());
  });
}

/** The earliest push of each branch since then, by GitHub's own log. */
async function firstPushes(
  context: JobContext,
  repository: CurrentRepository,
  since: Date,
): Promise<ReadonlyMap<string, RefActivity>> {
  const octokit = await context.github.installation(repository.installationId);
  try {
    const activity = await listActivity(octokit, repository, since);
    // The newest first, so the earliest is set last.
    return new Map(activity.map((each) => [redactText(each.ref), each]));
  } catch (error) {
    // GitHub Enterprise Server before 3.13 has no log.
    if (error instanceof GitHubError && error.code === "not_found") return new Map();
    throw error;
  }
}

/** Puts the tips of refs, or where their first known push began, on record. */
export async function noteTips(
  record: RecordTransaction,
  repositoryId: number,
  refs: readonly ListedRef[],
  pushed: ReadonlyMap<string, RefActivity>,
): Promise<void> {
  const described = await record.scopes.refs(repositoryId);
  const tips: Tip[] = [];
  // One tip for each commit: a branch that also proves who brought it comes first.
  const inOrder = refs.toSorted(
    (a, b) => Number(isNamedLikeMergeQueue(a.ref)) - Number(isNamedLikeMergeQueue(b.ref)),
  );
  for (const { ref, commit } of inOrder) {
    const first = described.has(ref) ? await record.scopes.firstOfKey(repositoryId, `push:${ref}`) : null;
    const logged = pushed.get(ref);
    let start: string | null = commit;
    if (logged !== undefined && (first === null || logged.at <= first.asOf)) start = logged.before;
    else if (first !== null) start = first.scope.kind === "push" ? first.scope.before : null;
    if (start === null || NO_COMMIT.test(start)) continue;
    tips.push({ sha: start, kind: "baseline", ref, knownAt: new Date(0), coveredAt: null });
  }
  await record.tips.add(repositoryId, tips);
}

/** Notes tags and other refs as they are, so that the next comparison finds those that are new. */
export async function noteOtherRefs(
  record: RecordTransaction,
  repositoryId: number,
  refs: ReadonlyMap<string, ListedRef>,
  now: Date,
): Promise<void> {
  const described = await record.scopes.refs(repositoryId);
  const others = [...refs.values()].filter(({ ref }) => !isBranch(ref) && !described.has(ref));
  await record.notedRefs.put(repositoryId, others);
  await record.repositories.setRefsNotedAt(repositoryId, now);
}
