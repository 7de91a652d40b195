/**
 * Decides what becomes of a leak when its issue is closed or reopened, a box is ticked, or its key is seen again. It goes
 * by what is true now, not by the event, so late, repeated and reordered deliveries lead to the same state. Pure.
 */
import { isAtLeast } from "../domain/index.ts";
import type { LeakGrounds, LeakState, LeakStateName, Role } from "../domain/index.ts";
import type { Configuration } from "./configuration/configuration.ts";

/** Who closed the issue, or ticked the box. */
export type Closer =
  | {
      readonly kind: "person";
      readonly login: string;
      /** In the repository that holds the issue. */
      readonly role: Role | null;
      /** Pushed the key, or wrote a commit that holds it. */
      readonly broughtKey: boolean;
    }
  /** A commit, a pull request or a project workflow, whoever pressed the button there. */
  | { readonly kind: "automation" }
  /** Another app, or an account that is a bot. */
  | { readonly kind: "bot" }
  | { readonly kind: "rollcall" }
  /** GitHub did not say. */
  | { readonly kind: "unknown" };

/** The reason that was chosen at closing; `other`: one that this version does not know. */
export type ClosingReason = "completed" | "not_planned" | "duplicate" | "other";

/** The issue as GitHub shows it now. */
export type IssueNow =
  | { readonly state: "open"; readonly reopened: Reopening | null }
  | {
      readonly state: "closed";
      readonly reason: ClosingReason;
      readonly closer: Closer;
      /** The same closing led to the present state already. */
      readonly settled: boolean;
    };

/** The last reopening of an open issue; null: it was never reopened. */
export interface Reopening {
  /** Login; null: Rollcall, or unknown. */
  readonly by: string | null;
  /** It led to the present state already, or came before it. */
  readonly settled: boolean;
  /** It came after the present state of the leak began, by the clocks of both sides. */
  readonly later: boolean;
}

/** What Stripe said of the key last; `unknown` where it was not asked or did not say. */
export type Verification = "active" | "dead" | "unknown";

export interface LeakNow {
  readonly state: LeakStateName;
  readonly cleared: LeakState["cleared"];
  /** Cleared by its box in an issue that lists many keys: closing and reopening that issue say nothing of it. */
  readonly ticked: boolean;
  /** Its state never changed since it was found. */
  readonly isNew?: boolean;
}

export interface LifeFacts {
  readonly leak: LeakNow;
  readonly issue: IssueNow;
  readonly verification: Verification;
  /** On a public issue nothing may depend on whether the key works. */
  readonly visibility: "private" | "public";
  readonly roles: Pick<Configuration, "attestRole" | "dismissRole">;
}

/** Why a closing does not count. */
export type Refusal =
  "automation" | "bot" | "duplicate" | "no_attest_role" | "no_dismiss_role" | "brought_key" | "still_active";

export type LifeDecision =
  | { readonly kind: "nothing" }
  /** GitHub did not say who closed it: it is asked again, and the leak stays as it is. */
  | { readonly kind: "ask_again" }
  | {
      readonly kind: "change";
      readonly to: LeakStateName;
      readonly how: LeakGrounds;
      readonly actor: string | null;
    }
  /** The issue is reopened and the leak is open. `because` null: the reason was given when the leak became open. */
  | { readonly kind: "reopen"; readonly because: Refusal | null };

const NOTHING: LifeDecision = { kind: "nothing" };

/** Decides by the issue as it is now. */
export function decideLife(facts: LifeFacts): LifeDecision {
  const { leak, issue } = facts;
  if (leak.ticked && leak.state !== "open") return NOTHING;
  if (issue.state === "open") return decideOpenIssue(leak, issue.reopened);
  if (issue.closer.kind === "rollcall") return closedByRollcall(leak, issue.reason);
  // The record is ahead of GitHub: the leak became open after this closing, and the issue must follow.
  if (issue.settled) return leak.state === "open" ? { kind: "reopen", because: null } : NOTHING;
  if (issue.closer.kind === "unknown") return { kind: "ask_again" };
  if (isProven(leak)) return NOTHING;
  const refusal = refusalOf(facts, issue.reason, issue.closer);
  if (refusal !== null) return { kind: "reopen", because: refusal };
  return issue.closer.kind === "person" ? clearedBy(facts, issue.reason, issue.closer) : NOTHING;
}

/**
 * A reopening makes the leak open. Without one, an open issue says nothing: a box was ticked in it, or whoever proved the
 * key dead is about to close it.
 */
function decideOpenIssue(leak: LeakNow, reopened: Reopening | null): LifeDecision {
  if (leak.state === "open" || reopened === null) return NOTHING;
  const counts = isProven(leak) ? reopened.later : !reopened.settled;
  return counts ? { kind: "change", to: "open", how: "reopened", actor: reopened.by } : NOTHING;
}

/**
 * Rollcall closes an issue as completed only once its leak is rolled, on record. A leak that is open and never was anything
 * else comes from before the record was lost, and the issue knows more. Any other became open after this closing, and the
 * issue must follow.
 */
function closedByRollcall({ state, isNew }: LeakNow, reason: ClosingReason): LifeDecision {
  if (state !== "open") return NOTHING;
  if (isNew !== true) return { kind: "reopen", because: null };
  return reason === "completed" ? { kind: "change", to: "rolled", how: "rebuilt", actor: null } : NOTHING;
}

function isProven({ state, cleared }: LeakNow): boolean {
  return state === "rolled" && cleared?.how === "verified";
}

function refusalOf(facts: LifeFacts, reason: ClosingReason, closer: Closer): Refusal | null {
  const { attestRole, dismissRole } = facts.roles;
  if (closer.kind !== "person") return closer.kind === "bot" ? "bot" : "automation";
  switch (reason) {
    case "completed":
      if (!isAtLeast(closer.role, attestRole)) return "no_attest_role";
      return verificationOf(facts) === "active" ? "still_active" : null;
    case "not_planned":
      if (!isAtLeast(closer.role, dismissRole)) return "no_dismiss_role";
      return closer.broughtKey && closer.role !== "admin" ? "brought_key" : null;
    case "duplicate":
    case "other":
      return "duplicate";
  }
}

function verificationOf({ visibility, verification }: LifeFacts): Verification {
  return visibility === "public" ? "unknown" : verification;
}

function clearedBy(
  facts: LifeFacts,
  reason: ClosingReason,
  { login, broughtKey }: Extract<Closer, { kind: "person" }>,
): LifeDecision {
  if (reason === "not_planned") return { kind: "change", to: "dismissed", how: "dismissed", actor: login };
  if (verificationOf(facts) === "dead")
    return { kind: "change", to: "rolled", how: "verified", actor: login };
  const how = broughtKey ? "attested_by_pusher" : "attested";
  return { kind: "change", to: "rolled", how, actor: login };
}

/**
 * What a key does that a commit brings which is new to Rollcall, although the key is on record. `alarm`: the leak is open
 * again. `note`: the key is known to be dead, so its issue only mentions the commit. What was dismissed stays dismissed.
 *
 * @param pushed whether GitHub had the commit before a person said that the key is rolled: then it is an old copy
 */
export function decideSeenAgain(
  leak: LeakNow,
  verification: Verification,
  pushed: "before" | "since",
): "alarm" | "note" | "nothing" {
  if (leak.state !== "rolled") return "nothing";
  if (verification === "active") return "alarm";
  if (isProven(leak) || verification === "dead") return "note";
  return pushed === "before" ? "nothing" : "alarm";
}
