import type { Encoding } from "../../domain/index.ts";

/** Offsets in bytes, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Why the text before an offset and the text after it were read as one:
 * - `operator`: an operator, adjacency, a template or a format joins two pieces;
 * - `call`: a comma, in or near a call that joins strings;
 * - `comma`: a comma alone, which joins nothing unless the result proves itself;
 * - `line`: a line of base64 or hexadecimal ends here, and the next one may begin something else.
 */
export type Join = "operator" | "call" | "comma" | "line";

/**
 * A stretch of text as one form reads it, with the way back to where its characters stood. Offsets count from
 * the beginning of the stretch, one for each byte.
 */
export interface Reading {
  /** One character a byte (latin1). */
  readonly text: string;
  /** Where the characters `from..to` stood. */
  spanOf(from: number, to: number): Span;
  /** The encoding of the characters `from..to`; null where this form read them no differently from plain text. */
  encodingOf(from: number, to: number): Encoding | null;
  /** What was joined before the character `at`; null for nothing. */
  joinAt(at: number): Join | null;
  /** The weakest reason for which anything was joined between `from` and `to`; null where nothing was. */
  weakestJoin(from: number, to: number): Join | null;
  /** Whether something invisible was taken out before the character `at`: a name does not go on over it. */
  isParted(at: number): boolean;
}

/** A reading of the text as it stands. */
export function plainReading(text: string): Reading {
  return {
    text,
    spanOf: (start, end) => ({ start, end }),
    encodingOf: () => "plain",
    joinAt: () => null,
    weakestJoin: () => null,
    isParted: () => false,
  };
}

/** The same, for a reading of a stretch that begins at `by` of a longer text. */
export function shiftReading(reading: Reading, by: number): Reading {
  return {
    text: reading.text,
    spanOf(from, to) {
      const span = reading.spanOf(from, to);
      return { start: span.start + by, end: span.end + by };
    },
    encodingOf: (from, to) => reading.encodingOf(from, to),
    joinAt: (at) => reading.joinAt(at),
    weakestJoin: (from, to) => reading.weakestJoin(from, to),
    isParted: (at) => reading.isParted(at),
  };
}

/** Reads what `outer` made of a text once more: `inner` reads `outer.text`. */
export function composeReadings(outer: Reading, inner: Reading): Reading {
  return {
    text: inner.text,
    spanOf(from, to) {
      const span = inner.spanOf(from, to);
      return outer.spanOf(span.start, span.end);
    },
    encodingOf: (from, to) => inner.encodingOf(from, to),
    joinAt: (at) => inner.joinAt(at),
    weakestJoin: (from, to) => inner.weakestJoin(from, to),
    isParted: (at) => inner.isParted(at),
  };
}
