import type { Encoding } from "../../domain/index.ts";
import { countLineFeeds } from "./prefilter.ts";

/** Line and column, from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A part of a longer run of bytes: `bytes[0]` is at offset `base` of it. */
export interface View {
  readonly bytes: Uint8Array;
  readonly base: number;
}

/** How far lines have been counted. */
export interface Cursor {
  readonly offset: number;
  readonly line: number;
  readonly lineStart: number;
  /** UTF-16 code units of the line up to `offset`. */
  readonly units: number;
}

export const BEGINNING: Cursor = { offset: 0, line: 1, lineStart: 0, units: 0 };

const LINE_FEED = 10;
/** From here on counting all line feeds is faster than looking for one after the other. */
const COUNT_AT_ONCE = 2048;

/** Counts on to `offset`, which must be the beginning of a character, and in the view, like the cursor. */
export function advance(cursor: Cursor, offset: number, view: View): Cursor {
  const to = offset - view.base;
  let at = cursor.offset - view.base;
  let { line } = cursor;
  let lineStart = -1;
  if (to - at > COUNT_AT_ONCE) {
    const before = Buffer.from(view.bytes.buffer, view.bytes.byteOffset + at, to - at).lastIndexOf(LINE_FEED);
    if (before !== -1) {
      line += countLineFeeds(view.bytes, at, at + before + 1);
      at += before + 1;
      lineStart = at;
    }
  }
  for (let feed = indexOfFeed(view.bytes, at, to); feed !== -1; feed = indexOfFeed(view.bytes, at, to)) {
    line++;
    at = feed + 1;
    lineStart = at;
  }
  const units = codeUnits(view.bytes, at, to);
  return lineStart === -1
    ? { offset, line, lineStart: cursor.lineStart, units: cursor.units + units }
    : { offset, line, lineStart: lineStart + view.base, units };
}

/** The last offset up to `offset` that does not cut a UTF-8 character. */
export function wholeCharacters(offset: number, view: View): number {
  for (let back = 0; back < 4 && offset - back > view.base; back++) {
    const byte = view.bytes[offset - back - view.base];
    if (byte === undefined || (byte & 0xc0) !== 0x80) return offset - back;
  }
  return offset;
}

/**
 * The position of the cursor. A key in UTF-16 is counted in units of two bytes from the line feed before it, as
 * a program shows that file.
 */
export function positionAt(cursor: Cursor, encoding: Encoding): Position {
  if (encoding !== "utf16") return { line: cursor.line, column: cursor.units + 1 };
  return { line: cursor.line, column: Math.floor((cursor.offset - cursor.lineStart) / 2) + 1 };
}

function indexOfFeed(bytes: Uint8Array, from: number, to: number): number {
  const short = Math.min(to, from + 256);
  for (let at = from; at < short; at++) if (bytes[at] === LINE_FEED) return at;
  if (short >= to) return -1;
  // No further than `to`: a file without line feeds would be searched to its end for every position. Node's own
  // search of a buffer is many times faster than that of a plain array.
  const rest = Buffer.from(bytes.buffer, bytes.byteOffset + short, Math.min(to, bytes.length) - short);
  const feed = rest.indexOf(LINE_FEED);
  return feed === -1 ? -1 : short + feed;
}

const DECODE_AT_ONCE = 1 << 16;

/** Invalid bytes count as a decoder replaces them. */
function codeUnits(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] ?? 0) < 0x80) at++;
  let units = at - from;
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  for (; at < to; at += DECODE_AT_ONCE) {
    const end = Math.min(to, at + DECODE_AT_ONCE);
    units += decoder.decode(bytes.subarray(at, end), { stream: end < to }).length;
  }
  return units;
}
