/**
 * The life of a scope as data and rules: noted with its delivery, read, perhaps read again, and ended. The rules are pure
 * and decide what the record holds after a delivery, in whatever order deliveries arrive.
 */
import { gapOf } from "./coverage.ts";
import type { Coverage, Gap } from "./coverage.ts";
import type { ScopeFinding } from "./scope-finding.ts";
import { headOf, idOf, keyOf } from "./scope.ts";
import type { Scope, ScopeFacts } from "./scope.ts";
import type { Trust } from "./trust.ts";

/** Why a scope no longer counts for its head: a newer state of the pull request, its end, or its ref's deletion. */
export const ENDINGS = ["superseded", "closed", "deleted"] as const;
export type Ending = (typeof ENDINGS)[number];

/** `noted`: accepted and not read yet. `failed`: reading was given up; nothing green until it is read. */
export const SCOPE_STATES = ["noted", "read", "failed"] as const;
export type ScopeState = (typeof SCOPE_STATES)[number];

/** What was read of a scope. */
export interface ScopeResult {
  readonly commits: readonly string[];
  readonly findings: readonly ScopeFinding[];
  readonly coverage: Coverage;
}

/** One scope at one head. It counts for its head from the moment its delivery is accepted. */
export interface ScopeRecord extends ScopeResult {
  readonly repositoryId: number;
  readonly id: string;
  readonly key: string;
  readonly head: string;
  readonly scope: Scope;
  /** A push to the default branch. */
  readonly defaultBranch: boolean;
  readonly facts: ScopeFacts;
  readonly trust: Trust;
  /** Time of the state that the delivery describes; it orders the deliveries about one key. */
  readonly asOf: Date;
  readonly ended: Ending | null;
  readonly state: ScopeState;
  /** Counts how often the scope was noted. A reading counts only for the generation it was made for. */
  readonly generation: number;
  /** Why reading was given up: one plain sentence. Null unless `failed`. */
  readonly problem: string | null;
  /** When it was first accepted: commits known by then are not new in it. */
  readonly firstNotedAt: Date;
  readonly notedAt: Date;
  /** When commits, findings and coverage were read last; null: never. */
  readonly readAt: Date | null;
}

/** The latest state of a ref, pull request or merge group that a delivery described. */
export interface Subject {
  readonly repositoryId: number;
  readonly key: string;
  /** Null once the ref is deleted or the pull request closed. */
  readonly head: string | null;
  readonly asOf: Date;
}

/** What a delivery says about a scope. */
export interface NotedScope {
  readonly repositoryId: number;
  readonly scope: Scope;
  readonly defaultBranch: boolean;
  readonly facts: ScopeFacts;
  readonly trust: Trust;
  readonly asOf: Date;
}

const NOTHING_READ: ScopeResult = { commits: [], findings: [], coverage: { commits: 0, files: 0, gaps: [] } };

/**
 * The record after a scope was noted. Deliveries arrive in any order: one about an older state than the record knows
 * is still read, because what it brought has leaked, but it does not count for its head.
 *
 * @param subject what is known of the key
 * @param known the record of this very scope
 * @returns null if a later delivery already said the same
 */
export function afterNoting(
  noted: NotedScope,
  subject: Subject | null,
  known: ScopeRecord | null,
  now: Date,
): { readonly subject: Subject; readonly scope: ScopeRecord; readonly supersedes: boolean } | null {
  const { repositoryId, scope } = noted;
  const [key, head] = [keyOf(scope), headOf(scope)];
  const outdated = subject !== null && subject.asOf > noted.asOf;
  if (outdated && known !== null && known.asOf > noted.asOf) return null;
  return {
    subject: outdated ? subject : { repositoryId, key, head, asOf: noted.asOf },
    scope: {
      ...(known ?? NOTHING_READ),
      ...noted,
      id: idOf(scope),
      key,
      head,
      trust: known === null ? noted.trust : strongerTrust(known.trust, noted.trust),
      ended: outdated ? endingOf(scope, subject, known) : null,
      state: "noted",
      generation: (known?.generation ?? 0) + 1,
      problem: null,
      firstNotedAt: known?.firstNotedAt ?? now,
      notedAt: now,
      readAt: known?.readAt ?? null,
    },
    // What a push found counts until the leak is cleared, so a later push of the same ref replaces nothing.
    supersedes: !outdated && scope.kind !== "push",
  };
}

/** The ending of a scope whose delivery came after one about a later state. A push counts even if its ref moved on. */
function endingOf(scope: Scope, subject: Subject, known: ScopeRecord | null): Ending | null {
  if (known !== null) return known.ended;
  if (scope.kind === "push") return subject.head === null ? "deleted" : null;
  return subject.head === null ? "closed" : "superseded";
}

const TRUSTS: readonly Trust["kind"][] = ["nobody", "author", "writer"];

/** Deliveries arrive in any order: once a writer brought or merged the commits, they stay a writer's. */
function strongerTrust(one: Trust, other: Trust): Trust {
  return TRUSTS.indexOf(one.kind) > TRUSTS.indexOf(other.kind) ? one : other;
}

/** The same scope, to be read again from scratch because a person asked for it. */
export function afterRerun(scope: ScopeRecord, now: Date): ScopeRecord {
  return { ...scope, state: "noted", generation: scope.generation + 1, problem: null, notedAt: now };
}

/** How a key ends: its pull request was closed, its merge group destroyed, or its ref deleted. */
export function endingFor(key: string): Ending {
  return key.startsWith("push:") ? "deleted" : "closed";
}

/** A gap of a whole scope, for one that could not be read at all. */
export function gapOfFailure(problem: string): Gap {
  return gapOf({ reason: "api_failed", detail: problem });
}
