import type { Confidence } from "../../domain/index.ts";

/** What the text around a credential says about whose it is. */
export type Context = "alone" | "stripe" | "vendor";

type Row = Readonly<Record<Context, Confidence>>;

/**
 * How sure the shape of a body makes a credential, in each context: the whole of the judgement, as data.
 * Another vendor's name never lowers what the shape alone makes certain or high: otherwise a comment would be a
 * way around the check. Organization keys are the exception, because their length is only reported.
 */
export const CONFIDENCE = {
  /** 99 characters: begins `51`, its account was made in the past, and `00` stands ten from the end. */
  "99, all three": row("certain", "certain", "certain"),
  "99, two of three": row("high", "certain", "high"),
  "99, fewer": row("medium", "high", "low"),
  "34 with 00": row("high", "certain", "high"),
  "34 without 00": row("medium", "high", "low"),
  "24": row("medium", "high", "low"),
  "organization, 100 or more": row("high", "certain", "medium"),
  "organization, shorter": row("medium", "high", "low"),
  "100 to 247": row("medium", "high", "low"),
  "10 to 98": row("low", "medium", "low"),
  /** Longer than any key Stripe allows: only its beginning can be one. */
  "over 247": row("low", "medium", "low"),
  "webhook secret": row("low", "high", "low"),
  /** 64 hexadecimal digits: signs a local listener only. */
  "webhook secret of the CLI": row("low", "medium", "low"),
  /** Short-lived, and names an account in its own body. */
  "ephemeral, names an account": row("high", "high", "high"),
  /** A prefix that other vendors use too, or a body of unknown anatomy. */
  "prefix only": row("low", "medium", "low"),
} as const satisfies Readonly<Record<string, Row>>;

export type Shape = keyof typeof CONFIDENCE;

function row(alone: Confidence, stripe: Confidence, vendor: Confidence): Row {
  return { alone, stripe, vendor };
}
