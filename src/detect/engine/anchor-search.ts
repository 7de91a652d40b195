import type { Form } from "../forms/form.ts";
import { FORMS } from "../forms/index.ts";
import { CLUE_PATTERNS, CLUE_SIDE } from "../judgement/clues.ts";
import type { Clue } from "../judgement/clues.ts";
import { compilePatterns } from "./pattern-search.ts";
import { compileAnchors } from "./prefilter.ts";
import type { View } from "./positions.ts";
import { isWorthReading, latin1 } from "./stretches.ts";

const ANCHOR_FORMS: ReadonlyMap<string, readonly Form[]> = formsByAnchor();

/** Every anchor of every form, once. Text without any of them holds no credential. */
export const ANCHORS: readonly string[] = [...ANCHOR_FORMS.keys()];

/** A text without any of these holds no credential: the anchors, and the word that a key without a prefix is assigned to. */
export const NECESSARY: readonly string[] = [...ANCHORS, "stripe", "Stripe", "STRIPE"];

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

/** The anchors of a block. */
export interface BlockAnchors {
  /** For each form, where its anchors begin, as offsets in the view. */
  readonly byForm: ReadonlyMap<Form, readonly number[]>;
  /** Whether the word is there that a key without a prefix is assigned to. */
  readonly namesStripe: boolean;
}

/**
 * Looks for all anchors that begin in the bytes `from..to` of the whole, in one pass.
 *
 * @param counts called for each occurrence; returns false to leave it out, because it is over the budget
 */
export function searchAnchors(view: View, from: number, to: number, counts: () => boolean): BlockAnchors {
  const byForm = new Map<Form, number[]>();
  let namesStripe = false;
  NECESSARY_SEARCH.search(view.bytes, from - view.base, to - view.base, (pattern, at) => {
    const anchor = ANCHORS[pattern];
    if (anchor === undefined) {
      namesStripe = true;
      return;
    }
    if (!counts()) return;
    for (const form of ANCHOR_FORMS.get(anchor) ?? []) {
      const offsets = byForm.get(form);
      if (offsets === undefined) byForm.set(form, [at]);
      else offsets.push(at);
    }
  });
  return { byForm, namesStripe };
}

/** The same for clues: in ascending order, as offsets in the whole input. */
export function searchClues(view: View, from: number, to: number, counts: () => boolean): readonly Clue[] {
  const clues: Clue[] = [];
  CLUE_SEARCH.search(view.bytes, from - view.base, to - view.base, (pattern, at) => {
    const clue = counts() ? clueAt(view, pattern, at) : null;
    if (clue !== null) clues.push(clue);
  });
  return clues.sort((a, b) => a.at - b.at);
}

function clueAt({ bytes, base }: View, index: number, at: number): Clue | null {
  const pattern = CLUE_PATTERNS[index];
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
