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
