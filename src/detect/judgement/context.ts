import type { Context } from "../kinds/confidence.ts";
import type { Span } from "../forms/reading.ts";
import { VENDORS } from "./vendors.ts";

export type Owner = "stripe" | "vendor";

/** Something in the text that says whose keys stand there. */
export interface Clue {
  readonly at: number;
  readonly owner: Owner;
}

/** A byte string that is a clue where it occurs, and what has to follow it. */
export interface CluePattern {
  readonly text: string;
  readonly owner: Owner;
  readonly followedBy: RegExp | null;
}

/** `table-striped` and `pinstripes` are no Stripe. */
const STRIPE_WORD = /^(?!d\b|d-|ds|s\b|s-|y\b)/i;
const ID = /^[0-9A-Za-z]{14}/;

export const CLUE_PATTERNS: readonly CluePattern[] = [
  ...["stripe", "Stripe", "STRIPE"].map((text) => clue(text, "stripe", STRIPE_WORD)),
  ...["acct_1", "price_1", "evt_1", "seti_1"].map((text) => clue(text, "stripe", ID)),
  ...[...new Set(VENDORS.flatMap((vendor) => vendor.words.flatMap(spellings)))].map((text) =>
    clue(text, "vendor", null),
  ),
];

/** Bytes before and after a credential that count as beside it. */
const NEAR = 1024;

/**
 * Whose the nearest clue beside a credential is: one on its line before one on another, then by distance, Stripe
 * first. Null where none is within reach.
 *
 * @param clues ascending
 * @param line offsets between which the credential's lines lie
 */
export function ownerNear(clues: readonly Clue[], credential: Span, line: Span): Owner | null {
  let owner: Owner | null = null;
  let nearest = Infinity;
  for (let i = firstAtOrAfter(clues, credential.start - NEAR); i < clues.length; i++) {
    const clue = clues[i];
    if (clue === undefined || clue.at > credential.end + NEAR) break;
    const distance =
      clue.at < credential.start ? credential.start - clue.at : Math.max(0, clue.at - credential.end);
    const cost = distance + (clue.at >= line.start && clue.at < line.end ? 0 : 2 * NEAR);
    if (cost < nearest || (cost === nearest && clue.owner === "stripe")) {
      nearest = cost;
      owner = clue.owner;
    }
  }
  return owner;
}

const VENDOR_WORD = new RegExp(
  VENDORS.flatMap((vendor) => vendor.words.map((word) => word.replaceAll(".", "\\."))).join("|"),
  "i",
);

/** Whose a path says the file is. */
export function ownerOfPath(path: string | null): Owner | null {
  return path === null ? null : ownerWithin(path);
}

/** Whose a text says it is that a form decoded: what base64 hides is no clue in the file as it stands. */
export function ownerWithin(text: string): Owner | null {
  if (text === "") return null;
  if (/stripe(?!d\b|s\b)/i.test(text)) return "stripe";
  return VENDOR_WORD.test(text) ? "vendor" : null;
}

/** What is known of a whole file. */
export interface FileClues {
  stripe: boolean;
  vendor: boolean;
  /** A `pk_` key of 24 characters, which some of the other vendors have too. */
  shortPublishableKey: boolean;
}

export function contextOf(near: Owner | null, file: FileClues): Context {
  if (near !== null) return near;
  if (file.stripe) return "stripe";
  if (file.vendor) return "vendor";
  return file.shortPublishableKey ? "stripe" : "alone";
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

function clue(text: string, owner: Owner, followedBy: RegExp | null): CluePattern {
  return { text, owner, followedBy };
}

function spellings(word: string): readonly string[] {
  return [word, word.charAt(0).toUpperCase() + word.slice(1), word.toUpperCase()];
}
