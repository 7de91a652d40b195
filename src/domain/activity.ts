import { z } from "zod";

/**
 * Whether a key still works, as far as Stripe told. `dead`: rolled or expired. `not_known`: Stripe does not know this text,
 * so the key is gone, never existed, or was misread. `unknown`: no answer that proves anything.
 */
export const ACTIVITIES = ["active", "dead", "not_known", "unknown"] as const;
export type Activity = (typeof ACTIVITIES)[number];

/** What the answer rests on: how an active key showed that it is, or why nothing is known. */
export const ACTIVITY_GROUNDS = [
  /** Stripe did what the key asked for. */
  "accepted",
  /** Stripe refused this IP address, which it does for a working key only. */
  "ip_restricted",
  /** Stripe named the permission that the key lacks, which it does for a working key only. */
  "permission_missing",
  /** Stripe said that the key is expired. */
  "expired",
  /** Stripe does not know the text. */
  "invalid",
  /** No answer in time, or no connection. */
  "unreachable",
  "rate_limited",
  /** Stripe answered with a failure of its own. */
  "stripe_failed",
  /** The answer is not Stripe's: a proxy, a firewall, a redirect. */
  "not_stripe",
  /** An answer of Stripe that says neither. */
  "unexpected",
  /** The commit that held the key is gone, so the key cannot be read again. */
  "commit_gone",
  /** The key could not be read again this time. */
  "not_read",
] as const;
export type ActivityGrounds = (typeof ACTIVITY_GROUNDS)[number];

export const activityAnswerSchema = z.object({
  activity: z.enum(ACTIVITIES),
  grounds: z.enum(ACTIVITY_GROUNDS),
});
export type ActivityAnswer = Readonly<z.infer<typeof activityAnswerSchema>>;

/** Why Stripe is not asked about a key. */
export const UNASKED = [
  /** `verify_keys` is off. */
  "off",
  /** The request works with secret and restricted keys only. */
  "kind",
  /** Its account is not one of `verify_accounts`. */
  "account",
  /** Every place of it is joined from pieces or of low confidence, so the text is a guess. */
  "guessed",
  /** A person without write access pushed it. */
  "untrusted",
  /** Nothing on record says who pushed it. */
  "unknown_pusher",
  /** There is no private place that could show the answer. */
  "public",
] as const;
export type Unasked = (typeof UNASKED)[number];

/** What is known of a key's life, by asking Stripe. */
export interface KeyActivity {
  /** The last answer; null: Stripe was never asked. */
  readonly answer: ActivityAnswer | null;
  /** When Stripe was asked last, and since when it answers the same. */
  readonly askedAt: Date | null;
  readonly since: Date | null;
  /** When the key was last seen to work. */
  readonly seenActiveAt: Date | null;
  /** Why Stripe is not asked now; null: it is. */
  readonly unasked: Unasked | null;
  /** When Stripe is asked again; null: no more. */
  readonly nextAt: Date | null;
}

export const NEVER_ASKED: KeyActivity = {
  answer: null,
  askedAt: null,
  since: null,
  seenActiveAt: null,
  unasked: null,
  nextAt: null,
};

/** Whether the key no longer works. "Stripe does not know this text" proves it only of a key that was seen to work. */
export function isKnownDead({ answer, seenActiveAt }: KeyActivity): boolean {
  return answer?.activity === "dead" || (answer?.activity === "not_known" && seenActiveAt !== null);
}

export function isKnownActive({ answer }: KeyActivity): boolean {
  return answer?.activity === "active";
}
