import { CONFIDENCES } from "../../domain/index.ts";
import type { Encoding } from "../../domain/index.ts";
import type { Candidate, Dismissed } from "./candidates.ts";
import { CONFIDENCE } from "../kinds/confidence.ts";

/** Among readings that say the same, the one that reads least into the text; an escape before the key is read. */
const PREFERENCE: readonly Encoding[] = ["escaped", "url", "plain", "utf16", "base64", "joined"];

/**
 * Of candidates that overlap, keeps the best: two forms that find one key make one finding. A piece of a joined
 * key that looks like a shorter key is not reported beside the whole.
 *
 * @param candidates in order of their start
 */
export function mergeCandidates(candidates: readonly Candidate[]): readonly Candidate[] {
  const dropped = new Set<Candidate>();
  /** Those that reach over the beginning of the one at hand. */
  let open: Candidate[] = [];
  for (const candidate of candidates) {
    open = open.filter((other) => other.span.end > candidate.span.start && !dropped.has(other));
    for (const other of open) {
      if (dropped.has(candidate) || !areOneKey(candidate, other)) continue;
      dropped.add(isBetter(candidate, other) ? other : candidate);
    }
    if (!dropped.has(candidate)) open.push(candidate);
  }
  return candidates.filter((candidate) => !dropped.has(candidate));
}

/** No form reaches further from one end of a credential to the other, in bytes. */
export const LONGEST_SPAN = 8192;

/**
 * Overlapping spans alone do not make one key: a joined key reaches from its constant to where that is used, and
 * another key may stand between.
 */
function areOneKey(a: Candidate, b: Candidate): boolean {
  const textA = a.prefix.text + a.body;
  const textB = b.prefix.text + b.body;
  return textA.startsWith(textB) || textB.startsWith(textA);
}

function isBetter(a: Candidate, b: Candidate): boolean {
  const order =
    Number(a.withinName) - Number(b.withinName) ||
    rank(a) - rank(b) ||
    b.body.length - a.body.length ||
    PREFERENCE.indexOf(a.encoding) - PREFERENCE.indexOf(b.encoding) ||
    // UTF-16 read at both alignments: its units stand at even offsets.
    (a.span.start % 2) - (b.span.start % 2);
  return order < 0;
}

function rank(candidate: Candidate): number {
  return CONFIDENCES.indexOf(CONFIDENCE[candidate.anatomy.shape].stripe);
}

/** One dismissal a place, and none where a credential was found. Both are in order of their start. */
export function withoutTwins(
  dismissed: readonly Dismissed[],
  candidates: readonly Candidate[],
): readonly Dismissed[] {
  let next = 0;
  let end = -1;
  let last = -1;
  return dismissed.filter((dismissal) => {
    for (; (candidates[next]?.span.start ?? Infinity) <= dismissal.span.start; next++) {
      end = Math.max(end, candidates[next]?.span.end ?? -1);
    }
    if (dismissal.span.start < end || dismissal.span.start < last) return false;
    last = dismissal.span.end;
    return true;
  });
}
