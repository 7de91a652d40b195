import type { Form } from "../forms/form.ts";
import { FORMS } from "../forms/index.ts";
import { CLUE_PATTERNS, CLUE_SIDE, STRIPE_PATTERNS, STRIPE_WORDS } from "../judgement/clues.ts";
import type { Clue, CluePattern } from "../judgement/clues.ts";
import { compilePatterns } from "./pattern-search.ts";
import { compileAnchors } from "./prefilter.ts";
import type { View } from "./positions.ts";
import { isWorthReading, latin1 } from "./stretches.ts";

const ANCHOR_FORMS: ReadonlyMap<string, readonly Form[]> = formsByAnchor();

/** Every anchor of every form, once. Text without any of them holds no credential. */
export const ANCHORS: readonly string[] = [...ANCHOR_FORMS.keys()];

/**
 * What every text is searched for. One without any of the anchors and the word that a key without a prefix is assigned to
 * holds no credential; Stripe's ids say for a whole file whose keys it holds.
 */
export const NECESSARY: readonly string[] = [...ANCHORS, ...STRIPE_PATTERNS.map(({ text }) => text)];

/** Whether the pattern with this number in NECESSARY is the word stripe. */
export function isStripeWord(pattern: number): boolean {
  return pattern >= ANCHORS.length && pattern < ANCHORS.length + STRIPE_WORDS;
}

export const NECESSARY_SEARCH = compileAnchors(NECESSARY);
const CLUE_SEARCH = compilePatterns(CLUE_PATTERNS.map((clue) => clue.text));

/**
 * Whether a form would read around the anchor, by its number in ANCHORS, that begins at `at`. Of anchors that lie close
 * together the glance at one sees no more than the reader's own at all of them.
 */
export function isReadAround(anchor: number, at: number, bytes: Uint8Array): boolean {
  return (ANCHOR_FORMS.get(ANCHORS[anchor] ?? "") ?? []).some((form) =>
    isWorthReading(form, bytes, { first: at, last: at }),
  );
}

/** What is searched for in every block. */
export interface BlockHits {
  /** For each form, where its anchors begin, as offsets in the view. */
  readonly anchors: ReadonlyMap<Form, readonly number[]>;
  /** The word stripe and Stripe's ids, as offsets in the whole input. */
  readonly stripe: readonly Clue[];
}

/**
 * Looks for all anchors, the word stripe and Stripe's ids that begin in the bytes `from..to` of the whole, in one pass.
 *
 * @param counts called for each occurrence; returns false to leave it out, because it is over the budget
 */
export function searchBlock(view: View, from: number, to: number, counts: () => boolean): BlockHits {
  const anchors = new Map<Form, number[]>();
  const stripe: Clue[] = [];
  NECESSARY_SEARCH.search(view.bytes, from - view.base, to - view.base, (pattern, at) => {
    if (!counts()) return;
    const anchor = ANCHORS[pattern];
    if (anchor === undefined) {
      const clue = clueAt(view, STRIPE_PATTERNS[pattern - ANCHORS.length], at);
      if (clue !== null) stripe.push(clue);
      return;
    }
    for (const form of ANCHOR_FORMS.get(anchor) ?? []) {
      const offsets = anchors.get(form);
      if (offsets === undefined) anchors.set(form, [at]);
      else offsets.push(at);
    }
  });
  stripe.sort((a, b) => a.at - b.at);
  return { anchors, stripe };
}

/** The same for all clues of context, in ascending order, as offsets in the whole input. */
export function searchClues(view: View, from: number, to: number, counts: () => boolean): readonly Clue[] {
  const clues: Clue[] = [];
  CLUE_SEARCH.search(view.bytes, from - view.base, to - view.base, (pattern, at) => {
    const clue = counts() ? clueAt(view, CLUE_PATTERNS[pattern], at) : null;
    if (clue !== null) clues.push(clue);
  });
  return clues.sort((a, b) => a.at - b.at);
}

function clueAt({ bytes, base }: View, pattern: CluePattern | undefined, at: number): Clue | null {
  if (pattern === undefined) return null;
  const end = at + pattern.text.length;
  const role = pattern.roleIn(latin1(bytes, at - CLUE_SIDE, at), latin1(bytes, end, end + CLUE_SIDE));
  return role === null ? null : { at: at + base, end: end + base, role };
}

function formsByAnchor(): ReadonlyMap<string, readonly Form[]> {
  const forms = new Map<string, Form[]>();
  for (const form of FORMS)
    for (const anchor of new Set(form.anchors)) forms.set(anchor, [...(forms.get(anchor) ?? []), form]);

  return forms;
}
