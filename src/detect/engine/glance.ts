/**
 * A first look at a whole text: whether it can hold a credential at all. Nearly every file of a repository cannot, and
 * is done with here, at several gigabytes a second; only the others are searched for clues of context and read. An
 * anchor counts where the form would read around it, and the word stripe where a key is assigned to it.
 */
import { beginsWithShortPrefix } from "../forms/plain.ts";
import { ANCHORS, isReadAround, isStripeWord, NECESSARY_SEARCH } from "./anchor-search.ts";
import { mayBeAssignedAt } from "./assigned.ts";
import type { Counts } from "./prefilter.ts";

/** Hits of one text that are looked at closely; more of them, and the text is searched as if one counted. */
const MAX_GLANCES = 64;

/** False only if `detect` finds and dismisses nothing, whatever the path. */
export function mayHoldCredential(bytes: Uint8Array): boolean {
  return beginsWithShortPrefix(bytes) || NECESSARY_SEARCH.occursIn(bytes, glanceAt(bytes));
}

/** Whether a hit in a text may belong to a credential, hit by hit. */
export function glanceAt(bytes: Uint8Array): Counts {
  let glances = 0;
  return (anchor, at) => {
    const isAnchor = anchor < ANCHORS.length;
    if (!isAnchor && !isStripeWord(anchor)) return false;
    if (++glances > MAX_GLANCES) return true;
    return isAnchor ? isReadAround(anchor, at, bytes) : mayBeAssignedAt(bytes, at);
  };
}

/**
 * The same for many texts, in one search. For small ones it costs a fraction of a search for each: give it about a
 * megabyte at once, and call `detect` for those that may.
 */
export function whichMayHoldCredential(texts: readonly Uint8Array[]): readonly boolean[] {
  const may = NECESSARY_SEARCH.occursInEach(texts, (index) => glanceAt(texts[index] ?? NOTHING));
  for (const [index, text] of texts.entries()) may[index] ||= beginsWithShortPrefix(text);
  return may;
}

/** The same for texts that follow one another in `bytes`: `ends` says where each ends. */
export function whichPartsMayHoldCredential(bytes: Uint8Array, ends: readonly number[]): readonly boolean[] {
  const may = NECESSARY_SEARCH.occursInParts(bytes, ends, (_, text) => glanceAt(text));
  // A prefix that runs into the next text is none, but then the text is only searched for nothing.
  for (let index = 0; index < ends.length; index++)
    may[index] ||= beginsWithShortPrefix(bytes, ends[index - 1] ?? 0);

  return may;
}

const NOTHING = new Uint8Array();
