/**
 * The work of a scan, counted and not timed, so it is the same on every machine. Tests keep it to a small multiple of the
 * bytes, whatever they are.
 */
export interface Work {
  /** Occurrences of anchors and clues. */
  hits: number;
  /** Bytes that readers looked at, over all forms. */
  read: number;
  /** Characters that readers made of them, over all readings. */
  decoded: number;
  /** Candidates and dismissals that were judged. */
  judged: number;
}

export function noWork(): Work {
  return { hits: 0, read: 0, decoded: 0, judged: 0 };
}
