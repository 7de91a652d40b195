/**
 * Text written as digits of base64 or hexadecimal: finds the digits, joins lines that continue one another, and maps
 * decoded text back to its place. It stores only where lines begin, not the place of each digit, so many short lines cost
 * no more than one long one. The forms decide which digits are worth decoding.
 */
import type { Encoding } from "../../domain/index.ts";
import type { Reading } from "./reading.ts";

/**
 * Digits of base64 or hexadecimal in one line, or in several that continue one another, as one string, with the way back
 * to the text.
 */
export interface DigitLines {
  readonly digits: string;
  /** For each line: how many digits come before it, ascending. */
  readonly firsts: readonly number[];
  /** For each line: where it begins in the text. */
  readonly offsets: readonly number[];
}

/** The least number of digits in a line that the next one can continue. */
const MIN_LINE = 8;

/** A line break between wrapped digits, also as an escape, or before the next literal of a program. */
const WRAP =
  /^(?:(?:\\r)?\\n|[ \t]{0,8}\\?\r?\n[ \t>#*|]{0,80}|=\r?\n|["'][ \t]{0,8}[+.,\\]?[ \t]{0,8}\r?\n[ \t]{0,80}["'])$/;
const MAX_WRAP = 200;

/**
 * Linear: each character is looked at once.
 *
 * @param tokens global; matches runs of digits, and escaped line breaks, which begin with a backslash
 * @param min groups with fewer digits are left out
 */
export function digitLinesIn(text: string, tokens: RegExp, min: number): readonly DigitLines[] {
  const groups: DigitLines[] = [];
  let lines: string[] = [];
  let firsts: number[] = [];
  let offsets: number[] = [];
  let length = 0;
  let lastEnd = 0;
  const close = (): void => {
    if (length >= min) groups.push({ digits: lines.join(""), firsts, offsets });
    lines = [];
    firsts = [];
    offsets = [];
    length = 0;
  };
  for (const token of text.matchAll(tokens)) {
    const [run] = token;
    if (run.startsWith("\\")) continue;
    if (length > 0 && !goesOn(text, lines.at(-1)?.length ?? 0, lastEnd, token.index)) close();
    lines.push(run);
    firsts.push(length);
    offsets.push(token.index);
    length += run.length;
    lastEnd = token.index + run.length;
  }
  close();
  return groups;
}

function goesOn(text: string, lineLength: number, from: number, to: number): boolean {
  if (lineLength < MIN_LINE || to - from > MAX_WRAP) return false;
  if (to - from === 1) return text.charCodeAt(from) === 10;
  return WRAP.test(text.slice(from, to));
}

/**
 * Decodes digits, from the digit `skip` on.
 *
 * @param bits bits that one digit holds
 */
export function decodedReading(
  lines: DigitLines,
  decoded: string,
  skip: number,
  bits: 4 | 6,
  encoding: Encoding,
): Reading {
  const digitsBefore = (byte: number): number => (byte * 8) / bits;
  return {
    text: decoded,
    spanOf: (from, to) => ({
      start: placeOf(lines, skip + Math.floor(digitsBefore(from))),
      end: placeOf(lines, skip + Math.ceil(digitsBefore(to)) - 1) + 1,
    }),
    encodingOf: () => encoding,
    joinAt(at) {
      // The line ends with the byte before `at`, or with digits after it that do not make a whole byte.
      const line = lineOf(lines.firsts, skip + Math.ceil(digitsBefore(at + 1)) - 1);
      return line > 0 && (lines.firsts[line] ?? 0) >= skip + Math.ceil(digitsBefore(at)) ? "line" : null;
    },
    weakestJoin: () => null,
    isParted: () => false,
  };
}

function placeOf({ firsts, offsets }: DigitLines, digit: number): number {
  const line = lineOf(firsts, digit);
  return (offsets[line] ?? 0) + digit - (firsts[line] ?? 0);
}

/** The last line that begins at or before a digit. */
function lineOf(firsts: readonly number[], digit: number): number {
  let low = 0;
  let high = firsts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((firsts[middle] ?? 0) <= digit) low = middle;
    else high = middle - 1;
  }
  return low;
}
