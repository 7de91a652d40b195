import type { Span } from "../forms/reading.ts";
import type { Context } from "../kinds/confidence.ts";
import type { Clue } from "./clues.ts";

/** What a whole file and its path say. */
export interface FileClues {
  stripe: boolean;
  /** A `pk_` key of 24 characters, which some other vendors have too. */
  shortPublishableKey: boolean;
}

/** Bytes before and after a credential in which a clue counts. */
const NEAR = 1024;
/** Bytes from Stripe's own variable or SDK to the credential assigned to it, across lines. */
const OWN = 200;
/** Bytes from the beginning of a vendor's section to the credential in it. */
const SECTION = 256;
/** A clue on another line counts as if it were this much further away. */
const OTHER_LINE = 2 * NEAR;

/** Nothing but the end of a name and an assignment between a clue and the credential. */
const ASSIGNED_DIRECTLY = /^[\w.$-]{0,64}["'`\])]{0,2}\s{0,8}(?::=|=>|->|\?\?|\|\||or\b|[:=(,])[\s"'`]{0,8}$/;

/** No longer than what the pattern can match. */
const MAX_ASSIGNMENT = 96;

/** A path that names Stripe. No path names another vendor: a folder's name is no reason to trust a key less. */
export function pathNamesStripe(path: string | null): boolean {
  return path !== null && /stripe(?!d\b|s\b)/i.test(path);
}

/**
 * Whose the credential is, according to the clues near it; null if there are none. The nearest counts, those on its own
 * line first. Another vendor's name counts only as the name of this very key: the variable on its line, a section that
 * begins directly before it, or the vendor's host or package; and never if Stripe's own is as near.
 *
 * @param clues ascending
 * @param line the offsets of the beginning and end of the credential's lines
 * @param textBetween the text from one offset to another, both within `line`
 */
export function contextNear(
  clues: readonly Clue[],
  credential: Span,
  line: Span,
  textBetween: (from: number, to: number) => string,
): Context | null {
  let stripe = Infinity;
  let vendor = Infinity;
  let isOwn = false;
  for (let i = firstAtOrAfter(clues, credential.start - NEAR); i < clues.length; i++) {
    const clue = clues[i];
    if (clue === undefined || clue.at > credential.end + NEAR) break;
    const isOnLine = clue.at >= line.start && clue.at < line.end;
    const isBefore = clue.at < credential.start;
    const distance = isBefore ? credential.start - clue.at : Math.max(0, clue.at - credential.end);
    const isDirect =
      isOnLine &&
      isBefore &&
      credential.start - clue.end <= MAX_ASSIGNMENT &&
      ASSIGNED_DIRECTLY.test(textBetween(clue.end, credential.start));
    const cost = isDirect ? 0 : isOnLine ? 1 : OTHER_LINE + distance;
    if (clue.role === "stripe" || clue.role === "stripe's own") {
      stripe = Math.min(stripe, cost);
      isOwn ||= clue.role === "stripe's own" && (isOnLine || (isBefore && distance <= OWN));
    } else if (countsFor(clue, isOnLine, isBefore, distance)) {
      vendor = Math.min(vendor, cost);
    }
  }
  if (vendor < stripe) return "vendor";
  if (stripe === Infinity) return null;
  return isOwn ? "own" : "stripe";
}

function countsFor({ role }: Clue, isOnLine: boolean, isBefore: boolean, distance: number): boolean {
  if (role === "vendor's") return true;
  if (!isBefore) return false;
  return isOnLine || (role === "vendor's section" && distance <= SECTION);
}

export function contextOf(near: Context | null, file: FileClues): Context {
  if (near !== null) return near;
  return file.stripe || file.shortPublishableKey ? "stripe" : "alone";
}

function firstAtOrAfter(clues: readonly Clue[], at: number): number {
  let low = 0;
  let high = clues.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((clues[middle]?.at ?? Infinity) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
