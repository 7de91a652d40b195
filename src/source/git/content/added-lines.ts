import type { Hunk, LineRange } from "../../../diff/index.ts";

const LINE_FEED = 0x0a;

/** The hunks against the first of several parents, with only those lines added that are new against all. */
export function addedAgainstAll(sides: readonly (readonly Hunk[])[]): readonly Hunk[] {
  const [first, ...others] = sides;
  if (first === undefined || others.length === 0) return first ?? [];
  const ranges = others.map((hunks) => hunks.flatMap((hunk) => hunk.added));
  const hunks: Hunk[] = [];
  for (const hunk of first) {
    const added = ranges.reduce<readonly LineRange[]>((left, right) => intersect(left, right), hunk.added);
    if (added.length > 0) hunks.push({ ...hunk, added });
  }
  return hunks;
}

/** Both lists are ascending and do not overlap within themselves. */
function intersect(left: readonly LineRange[], right: readonly LineRange[]): LineRange[] {
  const both: LineRange[] = [];
  let start = 0;
  for (const range of left) {
    while ((right[start]?.last ?? Number.POSITIVE_INFINITY) < range.first) start++;
    for (let at = start; at < right.length; at++) {
      const other = right[at];
      if (other === undefined || other.first > range.last) break;
      both.push({ first: Math.max(range.first, other.first), last: Math.min(range.last, other.last) });
    }
  }
  return both;
}

/** A file of which every line is added. */
export function wholeHunk(text: Uint8Array): Hunk {
  return { newStart: 1, text, added: [{ first: 1, last: countLines(text) }] };
}

function countLines(text: Uint8Array): number {
  let lines = 0;
  // A loop: in 20 MB of short lines, a call for each line takes 60 ms.
  for (let at = 0; at < text.length; at++) if (text[at] === LINE_FEED) lines++;
  return text.at(-1) === LINE_FEED ? lines : lines + 1;
}

/**
 * Whether lines of a text with NUL bytes can be counted as git does, at each byte 10. In UTF-16 other
 * characters (U+010A, U+0A05) have that byte as well, so git's numbers mean nothing for the text.
 */
export function countsLinesLikeGit(text: Uint8Array): boolean {
  for (let at = text.indexOf(LINE_FEED); at !== -1; at = text.indexOf(LINE_FEED, at + 1)) {
    const isBigEndian = at % 2 === 1 && text[at - 1] === 0;
    const isLittleEndian = at % 2 === 0 && text[at + 1] === 0;
    if (!isBigEndian && !isLittleEndian) return !hasUtf16Shape(text);
  }
  return true;
}

/** A byte order mark, or NUL in nearly every other of the first bytes. */
function hasUtf16Shape(text: Uint8Array): boolean {
  const [first, second] = text;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  const head = text.subarray(0, 1024);
  const counts = [0, 0];
  for (const [at, byte] of head.entries()) if (byte === 0) counts[at % 2] = (counts[at % 2] ?? 0) + 1;
  return counts.some((count) => count * 5 > head.length * 2);
}
