import type { Encoding } from "../../domain/index.ts";

/** Offsets in bytes, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

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
  /** Whether two pieces were joined before the character `at`. */
  joinedAt(at: number): boolean;
}

/** The way back, one entry for each character of a reading. */
export interface Origins {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** The same, for a reading of a stretch within a longer text. */
export function shiftReading(reading: Reading, by: number): Reading {
  return {
    text: reading.text,
    spanOf(from, to) {
      const span = reading.spanOf(from, to);
      return { start: span.start + by, end: span.end + by };
    },
    encodingOf: (from, to) => reading.encodingOf(from, to),
    joinedAt: (at) => reading.joinedAt(at),
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
    joinedAt: (at) => inner.joinedAt(at),
  };
}
