/**
 * The rules of asking Stripe whether a key still works: about which keys, how long until the next time, and what follows
 * for the state of the leak.
 */
import { isKnownActive, isKnownDead } from "../domain/index.ts";
import type {
  ActivityAnswer,
  Finding,
  KeyActivity,
  Kind,
  LeakGrounds,
  LeakStateName,
  Unasked,
} from "../domain/index.ts";
import type { Configuration } from "./configuration/configuration.ts";

/** A leak as far as it decides whether Stripe is asked about its key. */
export interface AskedLeak {
  readonly kind: Kind;
  readonly account: string | null;
  readonly places: readonly Pick<Finding, "encoding" | "confidence">[];
  /** The issue with its details is in a private repository. */
  readonly isPrivate: boolean;
  /** By the record and the roles of the authors: people with write access, among others a person without, or not known. */
  readonly pushedBy: "writers" | "outsiders" | "unknown";
}

/** The other kinds need other headers, or are no keys of the API. */
const ASKED: ReadonlySet<Kind> = new Set<Kind>(["secret_key", "restricted_key"]);

/** Why Stripe is not asked; null: it is. What the owner decided comes first. */
export function whyNotAsked(leak: AskedLeak, { verifyKeys, verifyAccounts }: Configuration): Unasked | null {
  if (!verifyKeys) return "off";
  if (!ASKED.has(leak.kind)) return "kind";
  if (verifyAccounts.length > 0 && (leak.account === null || !verifyAccounts.includes(leak.account)))
    return "account";
  if (leak.pushedBy === "outsiders") return "untrusted";
  if (leak.pushedBy === "unknown") return "unknown_pusher";
  if (!leak.isPrivate) return "public";
  return leak.places.some(isAskable) ? null : "guessed";
}

/** Whether the text of the key is known for sure at this place: not joined from pieces, and more than a guess. */
export function isAskable({ encoding, confidence }: Pick<Finding, "encoding" | "confidence">): boolean {
  return encoding !== "joined" && confidence !== "low";
}

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

/** Until Stripe is asked again, in milliseconds; null: no more, unless a person asks for it. */
function nextAskingAfter(activity: KeyActivity): number | null {
  const { answer } = activity;
  if (answer === null) return DAY_MS;
  if (isKnownDead(activity) || answer.activity === "not_known" || answer.grounds === "commit_gone")
    return null;
  // Nothing is known yet, so a failure of an hour should not leave the person without an answer for a day.
  return answer.activity === "unknown" && activity.seenActiveAt === null && wasFirst(activity)
    ? HOUR_MS
    : DAY_MS;
}

/** Whether this answer was the first of its kind. */
function wasFirst({ askedAt, since }: KeyActivity): boolean {
  return askedAt !== null && since !== null && askedAt.getTime() === since.getTime();
}

/** What is known after one more answer. */
export function afterAnswer(before: KeyActivity, answer: ActivityAnswer, now: Date): KeyActivity {
  const isSame =
    before.answer?.activity === answer.activity &&
    before.answer.grounds === answer.grounds &&
    before.since !== null;
  const after: KeyActivity = {
    answer,
    askedAt: now,
    since: isSame ? before.since : now,
    seenActiveAt: answer.activity === "active" ? now : before.seenActiveAt,
    unasked: null,
    nextAt: null,
  };
  return scheduled(after, now);
}

/** The same, with the time of the next asking. */
export function scheduled(activity: KeyActivity, now: Date): KeyActivity {
  return { ...activity, nextAt: later(now, nextAskingAfter(activity)) };
}

/** What is known while Stripe is not asked. An old answer is shown no more, but that the key was seen to work stays. */
export function afterNotAsking(before: KeyActivity, unasked: Unasked, now: Date): KeyActivity {
  const { seenActiveAt } = before;
  // The kind of a key never changes; roles, files and configuration do.
  const nextAt = unasked === "kind" ? null : later(now, DAY_MS);
  return { answer: null, askedAt: null, since: null, seenActiveAt, unasked, nextAt };
}

function later(now: Date, after: number | null): Date | null {
  return after === null ? null : new Date(now.getTime() + after);
}

/** The state of the leak that follows from an answer; null: it stays with the person. */
export function stateAfterAsking(
  state: LeakStateName,
  how: string | null,
  activity: KeyActivity,
): { readonly to: LeakStateName; readonly how: LeakGrounds } | null {
  if (state === "dismissed") return null;
  if (isKnownDead(activity))
    return state === "rolled" && how === "verified" ? null : { to: "rolled", how: "verified" };
  return state === "rolled" && isKnownActive(activity) ? { to: "open", how: "still_active" } : null;
}
