/**
 * A first look at a whole text: whether it can hold a credential at all. Nearly every file of a repository cannot, and
 * is done with here, at several gigabytes a second; only the others are searched for clues of context and read. An
 * anchor counts where the form would read around it, and the word stripe where a key is assigned to it.
 */
import { beginsWithShortPrefix } from "../forms/plain.ts";
import { ANCHORS, isReadAround } from "./anchor-search.ts";
import { mayBeAssignedAt } from "./assigned.ts";
import { compileAnchors } from "./prefilter.ts";

/** Without one of these a text holds no credential: the anchors, and the word that a key without a prefix is assigned to. */
export const NECESSARY: readonly string[] = [...ANCHORS, "stripe", "Stripe", "STRIPE"];

const SEARCH = compileAnchors(NECESSARY);

/** Hits of one text that are looked at closely; more of them, and the text is searched as if one counted. */
const MAX_GLANCES = 64;

/** Many small texts in one search cost much less than one search for each. */
const BATCH_BYTES = 1 << 18;
/** Between two texts of a batch: longer than any anchor, and part of none, so that no hit spans two. */
const GAP = Buffer.alloc(32, 0xff);

/** False only where `detect` finds nothing and dismisses nothing, whatever the path. */
export function mayHoldCredential(bytes: Uint8Array): boolean {
  return beginsWithShortPrefix(bytes) || SEARCH.occursIn(bytes, glanceAt(bytes));
}

/** Whether a hit in a text may belong to a credential, hit by hit. */
function glanceAt(bytes: Uint8Array): (anchor: number, at: number) => boolean {
  let glances = 0;
  return (anchor, at) => {
    if (++glances > MAX_GLANCES) return true;
    return anchor < ANCHORS.length ? isReadAround(anchor, at, bytes) : mayBeAssignedAt(bytes, at);
  };
}

/** The same for many texts at once, in their order. */
export function whichMayHoldCredential(texts: readonly Uint8Array[]): readonly boolean[] {
  const may = texts.map(
    (text) => beginsWithShortPrefix(text) || (text.length > BATCH_BYTES && mayHoldCredential(text)),
  );
  let batch: number[] = [];
  let size = 0;
  const look = (): void => {
    const parts = batch.flatMap((index) => [texts[index] ?? GAP, GAP]);
    const starts: number[] = [];
    const glances = batch.map((index) => glanceAt(texts[index] ?? GAP));
    let at = 0;
    for (const index of batch) {
      starts.push(at);
      at += (texts[index]?.length ?? 0) + GAP.length;
    }
    let part = 0;
    SEARCH.search(Buffer.concat(parts), 0, at, (anchor, place) => {
      // Hits come in ascending order of their windows, which differ from their places by a few bytes.
      while (part > 0 && place < (starts[part] ?? 0)) part--;
      while (part + 1 < starts.length && place >= (starts[part + 1] ?? 0)) part++;
      const index = batch[part] ?? 0;
      may[index] ||= glances[part]?.(anchor, place - (starts[part] ?? 0)) ?? true;
    });
    batch = [];
    size = 0;
  };
  for (const [index, text] of texts.entries()) {
    if (text.length > BATCH_BYTES) continue;
    if (size + text.length > BATCH_BYTES) look();
    batch.push(index);
    size += text.length + GAP.length;
  }
  look();
  return may;
}
