/**
 * Finds many short byte strings in one pass: the search of Wu and Manber ("A fast algorithm for multi-pattern
 * searching", 1994) with windows of four bytes and blocks of two. One table look-up passes over up to three
 * bytes, whatever the number of patterns; four lanes run in parallel, because a single one waits for memory.
 * Time is linear in the bytes: each position is looked at once, and verified against one bucket of patterns.
 */

const WINDOW = 4;
const SEGMENT = 1 << 16;
const LANES = 4;
/** Below this many bytes lanes cost more than they gain. */
const SMALL = 1024;

/** @param at offset of the first byte of the occurrence */
export type Visit = (pattern: number, at: number) => void;

export interface PatternSearch {
  /** Visits every occurrence that begins in `from..to`, by segments in ascending order; it may end beyond `to`. */
  search(bytes: Uint8Array, from: number, to: number, visit: Visit): void;
}

interface Placed {
  readonly index: number;
  readonly bytes: Uint8Array;
  /** Where in the pattern its window begins. */
  readonly window: number;
}

/**
 * Compiles at the first search, because most texts hold nothing that needs one.
 *
 * @param patterns latin1 text of four characters or more each
 */
export function compilePatterns(patterns: readonly string[]): PatternSearch {
  const short = patterns.find((pattern) => pattern.length < WINDOW);
  if (short !== undefined) throw new RangeError(`An anchor needs ${WINDOW} bytes: ${short}`);
  let compiled: PatternSearch | null = null;
  return {
    search(bytes, from, to, visit) {
      compiled ??= compile(patterns);
      compiled.search(bytes, from, to, visit);
    },
  };
}

function compile(patterns: readonly string[]): PatternSearch {
  const shifts = new Uint8Array(1 << 16).fill(WINDOW - 1);
  const opens = new Uint8Array(1 << 16);
  const buckets = new Map<number, Placed[]>();
  let longest = WINDOW;
  /** Where windows may end, in one segment; made at the first search, and used again. */
  let scratch: Uint16Array | null = null;
  for (const [index, pattern] of patterns.entries()) {
    const bytes = Uint8Array.from(pattern, (character) => character.charCodeAt(0));
    longest = Math.max(longest, bytes.length);
    const window = rarestWindow(pattern);
    for (let last = 1; last < WINDOW; last++) {
      const pair = pairAt(bytes, window + last);
      shifts[pair] = Math.min(shifts[pair] ?? 0, WINDOW - 1 - last);
    }
    opens[pairAt(bytes, window + 1)] = 1;
    const closing = pairAt(bytes, window + WINDOW - 1);
    const bucket = buckets.get(closing);
    if (bucket === undefined) buckets.set(closing, [{ index, bytes, window }]);
    else bucket.push({ index, bytes, window });
  }

  function verify(bytes: Uint8Array, end: number, from: number, to: number, visit: Visit): void {
    if (opens[pairAt(bytes, end - 2)] === 0) return;
    for (const placed of buckets.get(pairAt(bytes, end)) ?? []) {
      const start = end - (WINDOW - 1) - placed.window;
      if (start >= from && start < to && equalAt(bytes, start, placed.bytes)) visit(placed.index, start);
    }
  }

  return {
    search(bytes, from, to, visit) {
      const end = Math.min(bytes.length, to + longest);
      scratch ??= new Uint16Array(SEGMENT);
      for (let start = from; start < end; start += SEGMENT) {
        const stop = Math.min(end, start + SEGMENT);
        const lanes = stop - start < SMALL ? 1 : LANES;
        const counts = scanSegment(bytes, start, stop, lanes, shifts, scratch);
        const width = Math.floor((stop - start) / lanes);
        for (const [lane, count] of counts.entries()) {
          for (let hit = 0; hit < count; hit++) {
            const position = start + (scratch[lane * width + hit] ?? 0);
            if (position >= WINDOW - 1) verify(bytes, position, from, to, visit);
          }
        }
      }
    },
  };
}

/**
 * Writes to `found` the offsets from `start` at which a window may end, lane by lane, and returns the counts. Each
 * lane looks back over its beginning, so no window is lost between two.
 */
function scanSegment(
  bytes: Uint8Array,
  start: number,
  stop: number,
  lanes: number,
  shifts: Uint8Array,
  found: Uint16Array,
): readonly number[] {
  const width = Math.floor((stop - start) / lanes);
  const begin = Math.max(start, 1);
  if (lanes === 1) return [scanLane(bytes, begin, stop, start, 0, shifts, found)];
  let a = begin;
  let b = start + width;
  let c = start + 2 * width;
  let d = start + 3 * width;
  const endA = b;
  const endB = c;
  const endC = d;
  let foundA = 0;
  let foundB = width;
  let foundC = 2 * width;
  let foundD = 3 * width;
  while (a < endA && b < endB && c < endC && d < stop) {
    let shiftA = shifts[((bytes[a - 1] ?? 0) << 8) | (bytes[a] ?? 0)] ?? 1;
    let shiftB = shifts[((bytes[b - 1] ?? 0) << 8) | (bytes[b] ?? 0)] ?? 1;
    let shiftC = shifts[((bytes[c - 1] ?? 0) << 8) | (bytes[c] ?? 0)] ?? 1;
    let shiftD = shifts[((bytes[d - 1] ?? 0) << 8) | (bytes[d] ?? 0)] ?? 1;
    if (shiftA === 0) {
      found[foundA++] = a - start;
      shiftA = 1;
    }
    if (shiftB === 0) {
      found[foundB++] = b - start;
      shiftB = 1;
    }
    if (shiftC === 0) {
      found[foundC++] = c - start;
      shiftC = 1;
    }
    if (shiftD === 0) {
      found[foundD++] = d - start;
      shiftD = 1;
    }
    a += shiftA;
    b += shiftB;
    c += shiftC;
    d += shiftD;
  }
  return [
    scanLane(bytes, a, endA, start, foundA, shifts, found),
    scanLane(bytes, b, endB, start, foundB, shifts, found) - width,
    scanLane(bytes, c, endC, start, foundC, shifts, found) - 2 * width,
    scanLane(bytes, d, stop, start, foundD, shifts, found) - 3 * width,
  ];
}

/** @returns the index in `found` after the last offset written */
function scanLane(
  bytes: Uint8Array,
  from: number,
  to: number,
  start: number,
  next: number,
  shifts: Uint8Array,
  found: Uint16Array,
): number {
  let at = from;
  let index = next;
  while (at < to) {
    const shift = shifts[((bytes[at - 1] ?? 0) << 8) | (bytes[at] ?? 0)] ?? 1;
    if (shift === 0) found[index++] = at - start;
    at += shift === 0 ? 1 : shift;
  }
  return index;
}

function pairAt(bytes: Uint8Array, last: number): number {
  return ((bytes[last - 1] ?? 0) << 8) | (bytes[last] ?? 0);
}

function equalAt(bytes: Uint8Array, start: number, pattern: Uint8Array): boolean {
  if (start + pattern.length > bytes.length) return false;
  for (let i = 0; i < pattern.length; i++) if (bytes[start + i] !== pattern[i]) return false;
  return true;
}

/** The most frequent pairs of letters in English and in source text; a window avoids them. */
const COMMON_PAIRS =
  "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce ct un li ch";
const COMMON: ReadonlySet<string> = new Set(COMMON_PAIRS.split(" "));

function rarestWindow(pattern: string): number {
  let best = 0;
  let lowest = Infinity;
  for (let window = 0; window + WINDOW <= pattern.length; window++) {
    let cost = 0;
    for (let i = 1; i < WINDOW; i++) {
      const pair = pattern.slice(window + i - 1, window + i + 1);
      // The last pair costs a verification, an earlier one only a shorter step.
      cost += (COMMON.has(pair) ? 10 : /^[a-z]{2}$/.test(pair) ? 4 : 1) * (i === WINDOW - 1 ? 4 : 1);
    }
    if (cost < lowest) {
      lowest = cost;
      best = window;
    }
  }
  return best;
}
