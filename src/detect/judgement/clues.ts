/**
 * Clues about whose keys a text contains: the word stripe and Stripe's ids, and the names of other vendors. A vendor's name
 * counts only if a program uses it as such: as a variable, a host or a package. `clerk` in a sentence, `clerk_id` and
 * `networkos` do not count, and neither does anything in a comment.
 */
import { VENDORS } from "./vendors.ts";

export type ClueRole =
  /** The word stripe, or an id of Stripe's. */
  | "stripe"
  /** A variable or the SDK of Stripe's. */
  | "stripe's own"
  /** A variable named after a vendor: says whose the key on its line is. */
  | "vendor's variable"
  /** The beginning of a section named after a vendor: says whose the keys on the next lines are. */
  | "vendor's section"
  /** A vendor's host or package. */
  | "vendor's";

/** Something in the text that says whose keys are there. */
export interface Clue {
  readonly at: number;
  readonly end: number;
  readonly role: ClueRole;
}

/** A byte string that may be a clue where it occurs. */
export interface CluePattern {
  readonly text: string;
  /** @returns null if it is not a clue */
  readonly roleIn: (before: string, after: string) => ClueRole | null;
}

/** Bytes on either side of a pattern that decide its role. */
export const CLUE_SIDE = 96;

/** `table-striped` and `pinstripes` are not Stripe. */
const NO_STRIPE = /^(?:d\b|d-|ds|s\b|s-|y\b)/i;
/** `STRIPE_KEY=`, `stripe.api_key =`, `new Stripe(`, `"stripe":`, `require("stripe")`, `api.stripe.com`, `use Stripe\`. */
const STRIPE_OWN =
  /^(?:[\w.$-]{0,48}["'`\])]{0,2}\s{0,4}(?:[:=(]|->|=>)|[\w.$-]{0,48}["'`]\s{0,4},|["'`]\s{0,2}(?:[);\n]|$)|\\|\.com\b)/;
const ID = /^[0-9A-Za-z]{14}/;

/** The rest of a name, and the assignment after it. */
const ASSIGNED = /^[\w.$-]{0,48}["'`\])]{0,2}\s{0,4}(?:[:=(]|->|=>|,|\?\?|\|\||or\b)/;
const SECTION = /^(?:[\w.-]{0,24}["'`]?\s{0,4}(?:[:=]\s{0,4}[{[(]?|\()|[\w.-]{0,24}[\]>])[ \t]{0,8}\r?\n/;
const HOST = /^[\w-]{0,24}\.(?:com|net|org|co|io|dev|app|sh|ph|sa|money|africa|company|me)\b/;
const PACKAGE_BEFORE = /(?:["'`@/]|\b(?:import|from|require|use|using|gem|include)\b[^\n]{0,40}[\s"'({])$/;
const PACKAGE_AFTER = /^[\w-]{0,24}(?:["'`/;]|\s{0,8}(?:\n|$|import\b))/;
/** The beginning of a comment before it on its line, but not `https://`. */
const COMMENT = /(?:^|\n)[^\n]{0,96}?(?:(?<![:\w])\/\/|(?<=^|\s|\n)(?:#|--|\/?\*|;|<!--|%|REM\b))[^\n]*$/;

/** The vendors' own spellings of a name of two words. */
const CAMEL: Readonly<Record<string, readonly string[]>> = {
  paymongo: ["PayMongo"],
  payplug: ["PayPlug"],
  pagarme: ["PagarMe"],
};

const WORDS = ["stripe", "Stripe", "STRIPE"];

/** Searched for in every text, together with the anchors: the word stripe first, then Stripe's ids. */
export const STRIPE_PATTERNS: readonly CluePattern[] = [
  ...WORDS.map((text) => ({ text, roleIn: stripeRole })),
  ...["acct_1", "price_1", "evt_1", "seti_1"].map((text) => ({
    text,
    roleIn: (_: string, after: string) => (ID.test(after) ? ("stripe" as const) : null),
  })),
];
export const STRIPE_WORDS: number = WORDS.length;

/** Searched for only where something may be a credential. */
export const CLUE_PATTERNS: readonly CluePattern[] = [
  ...STRIPE_PATTERNS,
  ...[...new Set(VENDORS.flatMap((vendor) => vendor.brands.flatMap(spellings)))].map((text) => ({
    text,
    roleIn: (before: string, after: string) => vendorRole(text, before, after),
  })),
  ...[...new Set(VENDORS.flatMap((vendor) => vendor.exact))].map((text) => ({
    text,
    roleIn: (before: string, after: string) => exactRole(text, before, after),
  })),
];

/** The clues of a decoded text, in order. Linear in the text. */
export function cluesIn(text: string): readonly Clue[] {
  const clues: Clue[] = [];
  for (const pattern of CLUE_PATTERNS) {
    for (let at = text.indexOf(pattern.text); at !== -1; at = text.indexOf(pattern.text, at + 1)) {
      const end = at + pattern.text.length;
      const role = pattern.roleIn(
        text.slice(Math.max(0, at - CLUE_SIDE), at),
        text.slice(end, end + CLUE_SIDE),
      );
      if (role !== null) clues.push({ at, end, role });
    }
  }
  return clues.sort((a, b) => a.at - b.at);
}

function stripeRole(_: string, after: string): ClueRole | null {
  if (NO_STRIPE.test(after)) return null;
  return STRIPE_OWN.test(after) ? "stripe's own" : "stripe";
}

function vendorRole(word: string, before: string, after: string): ClueRole | null {
  return isWord(word, before, after) && !COMMENT.test(before) ? roleOfName(before, after) : null;
}

/** A variable's beginning, a host or a package, in its own spelling. */
function exactRole(text: string, before: string, after: string): ClueRole | null {
  if (/[A-Za-z0-9]$/.test(before) || COMMENT.test(before)) return null;
  if (!/^[A-Z_]+$/.test(text)) return "vendor's";
  return ASSIGNED.test(after) ? "vendor's variable" : null;
}

function roleOfName(before: string, after: string): ClueRole | null {
  if (SECTION.test(after)) return "vendor's section";
  if (HOST.test(after)) return "vendor's";
  if (PACKAGE_BEFORE.test(before) && PACKAGE_AFTER.test(after)) return "vendor's";
  return ASSIGNED.test(after) ? "vendor's variable" : null;
}

/** Whether a word is complete, or one of the words of a name in camel case or with underscores. */
function isWord(word: string, before: string, after: string): boolean {
  const previous = before.at(-1) ?? "";
  const next = after.at(0) ?? "";
  const isUpper = word === word.toUpperCase();
  const beginsUpper = /^[A-Z]/.test(word);
  if (/[0-9]/.test(previous)) return false;
  if (beginsUpper ? /[A-Z]/.test(previous) : /[A-Za-z]/.test(previous)) return false;
  return isUpper ? !/[A-Z]/.test(next) : !/[a-z]/.test(next);
}

function spellings(word: string): readonly string[] {
  return [word, word.charAt(0).toUpperCase() + word.slice(1), word.toUpperCase(), ...(CAMEL[word] ?? [])];
}
