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
 * A stretch of text as one form reads it, with the way back to its original characters. Offsets count from
 * the beginning of the stretch, one for each byte.
 */
export interface Reading {
  /** One character a byte (latin1). */
  readonly text: string;
  /** The original place of the characters `from..to`. */
  spanOf(from: number, to: number): Span;
  /** The encoding of the characters `from..to`; null if this form read them as plain text. */
  encodingOf(from: number, to: number): Encoding | null;
  /** Why the character `at` was joined to the one before; null if it was not. */
  joinAt(at: number): Join | null;
  /** The weakest reason for a join between `from` and `to`; null if there is none. */
  weakestJoin(from: number, to: number): Join | null;
  /** Whether something invisible was removed before the character `at`: a name does not continue across it. */
  isParted(at: number): boolean;
}

/** A reading of the plain text. */
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

/** The same reading, for a stretch that begins at `by` of a longer text. */
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

/** Combines two readings: `inner` reads `outer.text`. */
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
