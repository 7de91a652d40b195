import type { Form } from "../forms/form.ts";
import { FORMS } from "../forms/index.ts";
import { CLUE_PATTERNS, CLUE_SIDE } from "../judgement/clues.ts";
import type { Clue } from "../judgement/clues.ts";
import { compilePatterns } from "./pattern-search.ts";
import type { View } from "./positions.ts";
import { isWorthReading, latin1 } from "./stretches.ts";

const ANCHOR_FORMS: ReadonlyMap<string, readonly Form[]> = formsByAnchor();

/** Every anchor of every form, once. Text without any of them holds no credential. */
export const ANCHORS: readonly string[] = [...ANCHOR_FORMS.keys()];

const SEARCH = compilePatterns([...ANCHORS, ...CLUE_PATTERNS.map((clue) => clue.text)]);

/**
 * Whether a form would read around the anchor, by its number in ANCHORS, that begins at `at`. Of anchors that lie close
 * together the glance at one sees no more than the reader's own at all of them.
 */
export function isReadAround(anchor: number, at: number, bytes: Uint8Array): boolean {
  return (ANCHOR_FORMS.get(ANCHORS[anchor] ?? "") ?? []).some((form) =>
    isWorthReading(form, bytes, { first: at, last: at }),
  );
}

/** What one search of a block found. */
export interface BlockHits {
  /** For each form, where its anchors begin, as offsets in the view. */
  readonly anchors: ReadonlyMap<Form, readonly number[]>;
  /** In ascending order, as offsets in the whole input. */
  readonly clues: readonly Clue[];
}

/**
 * Looks for all anchors and clues that begin in the bytes `from..to` of the whole, in one pass.
 *
 * @param counts called for each occurrence; returns false to leave it out, because it is over the budget
 */
export function searchBlock(view: View, from: number, to: number, counts: () => boolean): BlockHits {
  const anchors = new Map<Form, number[]>();
  const clues: Clue[] = [];
  SEARCH.search(view.bytes, from - view.base, to - view.base, (pattern, at) => {
    if (!counts()) return;
    const anchor = ANCHORS[pattern];
    if (anchor === undefined) {
      const clue = clueAt(view, pattern - ANCHORS.length, at);
      if (clue !== null) clues.push(clue);
      return;
    }
    for (const form of ANCHOR_FORMS.get(anchor) ?? []) {
      const offsets = anchors.get(form);
      if (offsets === undefined) anchors.set(form, [at]);
      else offsets.push(at);
    }
  });
  clues.sort((a, b) => a.at - b.at);
  return { anchors, clues };
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
