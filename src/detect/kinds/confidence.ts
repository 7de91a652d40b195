import type { Confidence } from "../../domain/index.ts";

/**
 * What the text around a credential says about its owner: nothing; the word stripe or one of its ids; Stripe's own variable
 * or SDK directly next to it; or another vendor's name for this very key.
 */
export type Context = "alone" | "stripe" | "own" | "vendor";

type Row = Readonly<Record<Context, Confidence>>;

/**
 * How sure the shape of a body makes a credential, in each context: the whole of the judgement, as data.
 * Another vendor's name never lowers a shape that alone is certain or high: otherwise a comment would be a way around
 * the check. Organization keys are the exception, because their length is only reported.
 */
export const CONFIDENCE = {
  /** 99 characters: begins `51`, its account was created in the past, and `00` is ten from the end. */
  "99, all three": row("certain", "certain", "certain"),
  "99, two of three": row("high", "certain", "high"),
  "99, fewer": row("medium", "high", "low"),
  "34 with 00": row("high", "certain", "high"),
  "34 without 00": row("medium", "high", "low"),
  "24": row("medium", "high", "low"),
  "organization, 100 or more": row("high", "certain", "medium"),
  "organization, shorter": row("medium", "high", "low"),
  "100 to 247": row("medium", "high", "low"),
  /** A length that no key has, a digit and both cases: fakes far more often than keys. */
  "unknown length, random": row("low", "low", "low", "medium"),
  /** The same without a digit or without both cases. */
  "unknown length": row("low", "low", "low"),
  "webhook secret": row("low", "high", "low"),
  /** 64 hexadecimal digits: signs a local listener only. */
  "webhook secret of the CLI": row("low", "medium", "low"),
  /** Short-lived, and names an account in its own body. */
  "ephemeral, names an account": row("high", "high", "high"),
  /** A prefix that other vendors use too, or a body of unknown anatomy. */
  "prefix only": row("low", "medium", "low"),
} as const satisfies Readonly<Record<string, Row>>;

export type Shape = keyof typeof CONFIDENCE;

/** Lengths that no key is known to have: pieces that join to one are a coincidence more often than a key. */
const UNKNOWN: ReadonlySet<Shape> = new Set<Shape>([
  "unknown length",
  "unknown length, random",
  "100 to 247",
]);
/** Shapes that do not occur by chance: for these, a comma between two literals is enough reason to join them. */
const SELF_PROVING: ReadonlySet<Shape> = new Set<Shape>(["99, all three", "99, two of three", "34 with 00"]);

export function isUnknownLength(shape: Shape): boolean {
  return UNKNOWN.has(shape);
}

export function provesItself(shape: Shape): boolean {
  return SELF_PROVING.has(shape);
}

function row(alone: Confidence, stripe: Confidence, vendor: Confidence, own = stripe): Row {
  return { alone, stripe, own, vendor };
}
