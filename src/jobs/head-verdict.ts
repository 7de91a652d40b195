/**
 * The state of a commit on record, before any policy: which scopes count, which of them are unread, and what the others
 * hold. Pure; it decides nothing about check runs.
 */
import { canBeAccepted, gapOfFailure, subjectOfGap } from "../domain/index.ts";
import type { Gap, ScopeRecord } from "../domain/index.ts";
import type { ScopeResult } from "../policy/index.ts";

/**
 * The scopes that count for their head. One whose ref was deleted counts until another holds everything it found. If every
 * scope has ended, they all count: the last verdict remains.
 */
export function countingScopes(scopes: readonly ScopeRecord[]): readonly ScopeRecord[] {
  const live = scopes.filter((scope) => scope.ended === null);
  const deleted = scopes.filter((scope) => scope.ended === "deleted" && !isHeldBy(scope, live));
  const counting = [...live, ...deleted];
  return counting.length > 0 ? counting : scopes;
}

function isHeldBy(scope: ScopeRecord, others: readonly ScopeRecord[]): boolean {
  if (scope.state !== "read" || scope.coverage.gaps.length > 0) return false;
  const found = fingerprintsOf(scope);
  return others.some((other) => other.readAt !== null && found.isSubsetOf(fingerprintsOf(other)));
}

function fingerprintsOf({ findings }: ScopeRecord): ReadonlySet<string> {
  return new Set(findings.map(({ finding }) => finding.fingerprint));
}

/** A commit as it is on record. */
export interface HeadState {
  /** Accepted and not read yet. While there is one, nothing green may be shown. */
  readonly unread: readonly ScopeRecord[];
  /** What was read, for policy to judge. A scope that was given up has a gap. */
  readonly results: readonly ScopeResult[];
  /** Why a scope was given up, if no scope could be read at all. */
  readonly failure: string | null;
  /** Gaps that a person accepted: not in `results`. */
  readonly accepted: readonly Gap[];
}

/** @param acceptedSubjects what people accepted as unread, as `subjectOfGap` names it */
export function headStateOf(
  scopes: readonly ScopeRecord[],
  acceptedSubjects: ReadonlySet<string>,
): HeadState {
  const counting = countingScopes(scopes);
  const judged = counting.filter((scope) => scope.state !== "noted");
  const accepted: Gap[] = [];
  const results = judged.map((scope) => {
    const { scope: range, defaultBranch, findings, coverage, problem } = scope;
    const gaps = coverage.gaps.filter((gap) => !isAccepted(gap, acceptedSubjects));
    accepted.push(...coverage.gaps.filter((gap) => isAccepted(gap, acceptedSubjects)));
    const failed = scope.state === "failed" ? [gapOfFailure(problem ?? "")] : [];
    return { scope: range, defaultBranch, findings, coverage: { ...coverage, gaps: [...gaps, ...failed] } };
  });
  const failed = judged.find((scope) => scope.state === "failed");
  return {
    unread: counting.filter((scope) => scope.state === "noted"),
    results,
    failure: judged.some((scope) => scope.readAt !== null) ? null : (failed?.problem ?? null),
    accepted,
  };
}

function isAccepted(gap: Gap, acceptedSubjects: ReadonlySet<string>): boolean {
  const subject = subjectOfGap(gap);
  return subject !== null && canBeAccepted(gap) && acceptedSubjects.has(subject);
}

/** The gaps of a commit that a person can accept as unread. */
export function acceptableGaps(scopes: readonly ScopeRecord[]): readonly string[] {
  const gaps = countingScopes(scopes).flatMap(({ coverage }) => coverage.gaps);
  return [...new Set(gaps.filter(canBeAccepted).flatMap((gap) => subjectOfGap(gap) ?? []))];
}
