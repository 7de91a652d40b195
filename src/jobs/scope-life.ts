/**
 * The life of a scope from its delivery to its end. Each step changes the record and marks the affected checks as stale in
 * one transaction, so no check keeps showing an old state. The caller holds the lock of the repository.
 */
import { afterNoting, afterRerun, endingFor, idOf, keyOf, NO_FACTS } from "../domain/index.ts";
import type { NotedScope, ScopeRecord, ScopeResult } from "../domain/index.ts";
import type { RecordTables, RecordTransaction, Tip } from "../store/index.ts";
import { countingScopes } from "./head-verdict.ts";
import { reportJob } from "./job.ts";
import type { JobTarget } from "./job.ts";

interface Noted {
  readonly scope: ScopeRecord;
  /** Heads that lost a scope. */
  readonly superseded: readonly string[];
  /** A delivery of the same second said that the pull request is closed: only GitHub knows which came last. */
  readonly undecided: boolean;
}

interface Ended {
  /** The affected heads. */
  readonly heads: readonly string[];
  /** There are more scopes than one transaction may end. */
  readonly more: boolean;
  /** A delivery of the same second said that the pull request is open, so nothing was ended. */
  readonly undecided: boolean;
}

/** Scopes that one transaction ends: a ref may have had tens of thousands of pushes. */
export const MAX_ENDED = 500;

/**
 * Notes a scope that must be read. From now on it counts for its head.
 *
 * @param fresh false: the delivery was accepted before. Then only a reading that was given up starts again
 */
export async function noteScope(
  record: RecordTables,
  noted: NotedScope,
  fresh: boolean,
  now: Date,
): Promise<Noted> {
  const { repositoryId, scope } = noted;
  const key = keyOf(scope);
  const known = await record.scopes.find(repositoryId, idOf(scope));
  if (!fresh && known !== null) {
    const again = known.state === "failed" ? await readAgain(record, known, now) : known;
    return { scope: again, superseded: [], undecided: false };
  }
  const subject = await record.scopes.subject(repositoryId, key);
  const next = afterNoting(noted, subject, known, now);
  if (next === null) {
    if (known === null) throw new Error("A scope that is not on record cannot be outdated by itself.");
    return { scope: known, superseded: [], undecided: false };
  }
  await record.scopes.putSubject(next.subject);
  await record.scopes.note(next.scope);
  const { heads: superseded } = next.supersedes
    ? await record.scopes.end(repositoryId, key, "superseded", { before: noted.asOf }, null)
    : { heads: [] };
  await record.checks.touch(repositoryId, [next.scope.head, ...superseded], now);
  const isTie = subject !== null && isPull(key) && subject.asOf.getTime() === noted.asOf.getTime();
  return { scope: next.scope, superseded, undecided: isTie && subject.head === null };
}

/**
 * Ends the scopes of a key: its ref was deleted, its pull request closed. A late delivery about an earlier state does not
 * bring them back. Call again while there are more.
 *
 * @param options `certain`: it ended after everything else that is known of the same second
 */
export async function endScopes(
  record: RecordTables,
  repositoryId: number,
  key: string,
  asOf: Date,
  now: Date,
  { certain = false }: { readonly certain?: boolean } = {},
): Promise<Ended> {
  const subject = await record.scopes.subject(repositoryId, key);
  const isTie = subject?.asOf.getTime() === asOf.getTime() && subject.head !== null && isPull(key);
  if (isTie && !certain) return { heads: [], more: false, undecided: true };
  if (subject === null || subject.asOf <= asOf)
    await record.scopes.putSubject({ repositoryId, key, head: null, asOf });
  const ended = await record.scopes.end(repositoryId, key, endingFor(key), { upTo: asOf }, MAX_ENDED);
  await record.checks.touch(repositoryId, ended.heads, now);
  return { heads: ended.heads, more: ended.count === MAX_ENDED, undecided: false };
}

/** GitHub's times of a pull request have whole seconds, in which it may be closed and reopened. */
function isPull(key: string): boolean {
  return key.startsWith("pull_request:");
}

/**
 * Requests that every scope of a commit is read again in full, because a person asked for it. A commit that is not on
 * record is read as if it were a new ref; its author is unknown then, so it opens no issue.
 */
export async function rereadHead(
  record: RecordTables,
  repositoryId: number,
  head: string,
  now: Date,
): Promise<readonly ScopeRecord[]> {
  const known = countingScopes(await record.scopes.atHead(repositoryId, head));
  if (known.length === 0) {
    const scope = { kind: "push", ref: head, before: null, after: head } as const;
    const trust = { kind: "nobody" } as const;
    const noted = await noteScope(
      record,
      { repositoryId, scope, defaultBranch: false, facts: NO_FACTS, trust, asOf: now },
      true,
      now,
    );
    return [noted.scope];
  }
  const again: ScopeRecord[] = [];
  for (const scope of known) again.push(await readAgain(record, scope, now));

  return again;
}

async function readAgain(record: RecordTables, scope: ScopeRecord, now: Date): Promise<ScopeRecord> {
  const again = afterRerun(scope, now);
  await record.scopes.note(again);
  await record.checks.touch(scope.repositoryId, [scope.head], now);
  return again;
}

/**
 * Records the reading of a scope, and stores the job that reports its leaks.
 *
 * @returns false if the scope was noted again meanwhile: then the reading does not count
 */
export async function finishScope(
  record: RecordTransaction,
  target: JobTarget,
  scope: ScopeRecord,
  result: ScopeResult,
  now: Date,
): Promise<boolean> {
  const { repositoryId, id, generation, head } = scope;
  await record.lock([repositoryId]);
  if (!(await record.scopes.finish(repositoryId, id, generation, result, now))) return false;
  await record.checks.touch(repositoryId, [head], now);
  await noteKnownTip(record, { ...scope, ...result }, now);
  if (result.findings.length > 0) await record.enqueue([reportJob(target, scope)]);
  return true;
}

/** Records that reading a scope was given up. Its check says so until it is read. */
export async function failScope(
  record: RecordTransaction,
  { repositoryId, id, generation, head }: ScopeRecord,
  problem: string,
  now: Date,
): Promise<void> {
  await record.lock([repositoryId]);
  if (await record.scopes.fail(repositoryId, id, generation, problem))
    await record.checks.touch(repositoryId, [head], now);
}

/**
 * If a writer's push was read completely and began at a commit whose history is known, its head is known too: another ref
 * that brings it needs no second look. Pushes that continue from this head and were read earlier follow.
 */
async function noteKnownTip(record: RecordTables, pushed: ScopeRecord, now: Date): Promise<void> {
  const { repositoryId, scope, trust, coverage } = pushed;
  if (scope.kind !== "push" || trust.kind !== "writer" || coverage.gaps.length > 0) return;
  const { before, after, ref } = scope;
  const found = await record.tips.findAll(repositoryId, before === null ? [after] : [before, after]);
  const start = before === null ? null : (found.get(before) ?? null);
  if (before !== null && start === null) return;
  // Unless the push dropped it, the head holds the commit that the push began at.
  const isCovered = start !== null && start.coveredAt === null && start.sha !== after && !pushed.facts.forced;
  let tips: Tip[] = isCovered ? [{ ...start, coveredAt: now }] : [];
  const reached = [after];
  // Pushes may lead back to where they began.
  const seen = new Set<string>();
  for (let head = reached.pop(); head !== undefined; head = reached.pop()) {
    if (seen.has(head)) continue;
    seen.add(head);
    const known = head === after ? found.get(head) : await record.tips.find(repositoryId, head);
    if (known?.kind === "read") continue;
    const tip = { sha: head, kind: "read", ref, knownAt: known?.knownAt ?? now, coveredAt: null } as const;
    // Where a push leads back to the start, it stays covered.
    await record.tips.put(repositoryId, isCovered && head === before ? tips : [...tips, tip]);
    tips = [];
    reached.push(...(await record.scopes.wholePushesFrom(repositoryId, head)));
  }
  await record.tips.put(repositoryId, tips);
}
