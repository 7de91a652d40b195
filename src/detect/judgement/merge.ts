import type { Encoding } from "../../domain/index.ts";
import { rank } from "./body.ts";
import type { Candidate, GroundsAt } from "./candidates.ts";

/** Prefers, among readings with the same result, the one that assumes least; an escape before the key is read. */
const PREFERENCE: readonly Encoding[] = ["escaped", "url", "plain", "utf16", "hex", "base64", "joined"];

/** No form reaches further from one end of a credential to the other, in bytes. */
export const MAX_SPAN = 8192;

/**
 * Keeps the best of overlapping candidates: two forms that find one key make one finding. A piece of a joined key that
 * looks like a shorter key is not reported in addition.
 *
 * @param candidates in order of their start
 */
export function mergeCandidates(candidates: readonly Candidate[]): readonly Candidate[] {
  const dropped = new Set<Candidate>();
  /** Candidates that reach past the beginning of the current one. */
  let open: Candidate[] = [];
  for (const candidate of candidates) {
    open = open.filter((other) => other.span.end > candidate.span.start && !dropped.has(other));
    for (const other of open) {
      if (dropped.has(candidate)) break;
      if (dropped.has(other) || !areOneKey(candidate, other)) continue;
      dropped.add(isBetter(candidate, other) ? other : candidate);
    }
    if (!dropped.has(candidate)) open.push(candidate);
  }
  return candidates.filter((candidate) => !dropped.has(candidate));
}

/**
 * Overlapping spans alone do not make one key: a joined key spans from its constant to its use, and another key may be in
 * between.
 */
function areOneKey(a: Candidate, b: Candidate): boolean {
  if (a.prefix.text !== b.prefix.text) return false;
  return a.body.startsWith(b.body) || b.body.startsWith(a.body);
}

/** A joined key beats one of its pieces only with a better shape: a complete key in one literal is that key. */
function isBetter(a: Candidate, b: Candidate): boolean {
  const order =
    Number(a.withinName) - Number(b.withinName) ||
    rank(a.anatomy) - rank(b.anatomy) ||
    Number(a.encoding === "joined") - Number(b.encoding === "joined") ||
    b.body.length - a.body.length ||
    PREFERENCE.indexOf(a.encoding) - PREFERENCE.indexOf(b.encoding) ||
    // UTF-16 read at both alignments: its units are at even offsets.
    (a.span.start % 2) - (b.span.start % 2);
  return order < 0;
}

/** One dismissal per place, and none where a credential was found. Both are in order of their start. */
export function withoutTwins(
  dismissals: readonly GroundsAt[],
  candidates: readonly Candidate[],
): readonly GroundsAt[] {
  let next = 0;
  let end = -1;
  let last = -1;
  return dismissals.filter((dismissal) => {
    for (; (candidates[next]?.span.start ?? Infinity) <= dismissal.span.start; next++)
      end = Math.max(end, candidates[next]?.span.end ?? -1);

    if (dismissal.span.start < end || dismissal.span.start < last) return false;
    last = dismissal.span.end;
    return true;
  });
}
