/**
 * Scans bytes for the windows of many anchors, 32 positions at a time, as Teddy does (Intel's Hyperscan): each window, of
 * three or four bytes, is in one of eight buckets; two tables of 16 bytes for each of its bytes say by the low and the
 * high half of a byte which buckets it can belong to. Positions that pass are looked up by their first three bytes, then in two bit
 * sets of hashed windows. Of what is left, the four bytes with which an anchor would begin are looked up in a third set, at each distance
 * at which a window can lie from there; the rest is written down for an exact comparison outside.
 *
 * Blocks that pass are noted without a branch and looked at afterwards, and so are their positions: on most text half of
 * the blocks pass, at one to three positions, which no processor predicts.
 *
 * Compiled by `npm run prefilter` with relaxed SIMD. Memory, in bytes:
 *
 *     0       eight tables of 16 bytes: low and high half for byte 0, 1, 2 and 3 of a window
 *     1024    bit set of 65,536 hashes of windows of three bytes, and one of four
 *     17408   bit set of 131,072 hashes of the first four bytes of anchors
 *     33792   for 16,384 hashes of three bytes a byte each: 1 if a window may begin with them
 *     50176   blocks that passed: their positions that did as bits, and their offset
 *     66624   their positions that passed, 32 bits each
 *     74816   offsets that were found, 32 bits each, at most MAX_FOUND
 *     ...     the text, from TEXT, with 64 bytes of anything after it; before it what comes before it, if anything
 */

const SHORT: usize = 1024;
const LONG: usize = SHORT + 8192;
const HEADS: usize = LONG + 8192;
const THREES: usize = HEADS + 16384;
const BLOCKS: usize = THREES + 16384;
/** Blocks of 32 positions that are scanned before those that passed are looked at. */
const RUN: u32 = 2048;
/** Positions that are looked up together. */
const PLACES: u32 = 2048;
const STOPS: usize = BLOCKS + 8 * (RUN + 8);
const FOUND: usize = STOPS + 4 * PLACES;

/** Offsets that fit; a text has at most one for each position, so the caller scans less than this at once or goes on. */
export const MAX_FOUND: u32 = 16384;

/** Where the caller puts the text. */
export const TEXT: usize = FOUND + 4 * MAX_FOUND + 64;

/** The last byte of a window follows its first after this many. */
const LAST: usize = 3;

/** Where the last scan stopped: its end, or the position at which `FOUND` was full. */
let stopped: u32 = 0;

export function stoppedAt(): u32 {
  return stopped;
}

/** A window begins less than this far into its anchor. */
const DISTANCES: u32 = 12;

/** Whether an anchor may begin a little before the byte `at`, or there. */
function mayBeginAt(at: usize): bool {
  for (let distance: u32 = 0; distance < DISTANCES; distance++) {
    const hash = ((load<u32>(at - distance) + distance) * 0x9e3779b1) >>> 15;
    if (((<u32>load<u8>(HEADS + (hash >>> 3)) >>> (hash & 7)) & 1) != 0) return true;
  }
  return false;
}

/** The buckets that each of 16 bytes can belong to, by its halves. The halves are below 16, where relaxed means exact. */
// @ts-ignore: decorators are valid here
@inline
function bucketsOf(low: v128, high: v128, lows: v128, highs: v128): v128 {
  return v128.and(i8x16.relaxed_swizzle(low, lows), i8x16.relaxed_swizzle(high, highs));
}

/** The buckets that pass, by the last byte of the window: those of its other bytes lie one to three places before. */
// @ts-ignore: decorators are valid here
@inline
function passing(before0: v128, before1: v128, before2: v128, at0: v128, at1: v128, at2: v128, at3: v128): v128 {
  return v128.and(
    v128.and(at3, v128.shuffle<u8>(before2, at2, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)),
    v128.and(
      v128.shuffle<u8>(before1, at1, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29),
      v128.shuffle<u8>(before0, at0, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28),
    ),
  );
}

/** Notes the first of the positions, if there is one and its three bytes may begin a window. Returns how many are noted. */
// @ts-ignore: decorators are valid here
@inline
function noteStop(text: usize, place: u32, lanes: u32, places: u32): u32 {
  const position = place + ctz(lanes);
  store<u32>(STOPS + (places << 2), position);
  const hash = (load<u32>(text + position) << 8) * 0x9e3779b1;
  return places + (<u32>load<u8>(THREES + (hash >>> 18)) & <u32>(lanes != 0));
}

/** Writes the positions `from..to` of a text at which a window may begin, and returns how many. */
export function scan(text: usize, from: u32, to: u32): u32 {
  const low0 = v128.load(0);
  const high0 = v128.load(16);
  const low1 = v128.load(32);
  const high1 = v128.load(48);
  const low2 = v128.load(64);
  const high2 = v128.load(80);
  const low3 = v128.load(96);
  const high3 = v128.load(112);
  const half = i8x16.splat(0x0f);
  const none = i8x16.splat(0);
  let count: u32 = 0;
  let at: u32 = from;
  while (at < to) {
    const end: u32 = min(to, at + 32 * RUN);
    let blocks: u32 = 0;
    const before = v128.load(text + LAST + at - 16);
    const lows = v128.and(before, half);
    const highs = v128.and(i16x8.shr_u(before, 4), half);
    let before0 = bucketsOf(low0, high0, lows, highs);
    let before1 = bucketsOf(low1, high1, lows, highs);
    let before2 = bucketsOf(low2, high2, lows, highs);
    while (at < end) {
      const a = v128.load(text + LAST + at);
      const lowsA = v128.and(a, half);
      const highsA = v128.and(i16x8.shr_u(a, 4), half);
      const a0 = bucketsOf(low0, high0, lowsA, highsA);
      const a1 = bucketsOf(low1, high1, lowsA, highsA);
      const a2 = bucketsOf(low2, high2, lowsA, highsA);
      const a3 = bucketsOf(low3, high3, lowsA, highsA);
      const passA = i8x16.eq(passing(before0, before1, before2, a0, a1, a2, a3), none);
      const b = v128.load(text + LAST + 16 + at);
      const lowsB = v128.and(b, half);
      const highsB = v128.and(i16x8.shr_u(b, 4), half);
      before0 = bucketsOf(low0, high0, lowsB, highsB);
      before1 = bucketsOf(low1, high1, lowsB, highsB);
      before2 = bucketsOf(low2, high2, lowsB, highsB);
      const b3 = bucketsOf(low3, high3, lowsB, highsB);
      const passB = i8x16.eq(passing(a0, a1, a2, before0, before1, before2, b3), none);
      const lanes: u32 = ~(<u32>i8x16.bitmask(passA) | (<u32>i8x16.bitmask(passB) << 16));
      store<u64>(BLOCKS + (blocks << 3), ((<u64>at) << 32) | (<u64>lanes));
      blocks += <u32>(lanes != 0);
      at += 32;
    }
    for (let block: u32 = 0; block < blocks;) {
      let places: u32 = 0;
      while (block < blocks && places <= PLACES - 32) {
        let lanes: u32 = load<u32>(BLOCKS + (block << 3));
        const place: u32 = load<u32>(BLOCKS + (block << 3), 4);
        if (place + 32 > to) lanes &= (<u32>1 << (to - place)) - 1;
        // Most blocks have one to three, and how many no processor predicts.
        places = noteStop(text, place, lanes, places);
        lanes &= lanes - 1;
        places = noteStop(text, place, lanes, places);
        lanes &= lanes - 1;
        places = noteStop(text, place, lanes, places);
        lanes &= lanes - 1;
        while (lanes != 0) {
          places = noteStop(text, place, lanes, places);
          lanes &= lanes - 1;
        }
        block++;
      }
      let windows: u32 = 0;
      for (let i: u32 = 0; i < places; i++) {
        const position = load<u32>(STOPS + (i << 2));
        const window = load<u32>(text + position);
        const long = (window * 0x9e3779b1) >>> 16;
        const short = ((window & 0xffffff) * 0x9e3779b1) >>> 16;
        store<u32>(STOPS + (windows << 2), position);
        windows +=
          ((<u32>load<u8>(LONG + (long >>> 3)) >>> (long & 7)) | (<u32>load<u8>(SHORT + (short >>> 3)) >>> (short & 7))) & 1;
      }
      for (let i: u32 = 0; i < windows; i++) {
        const position = load<u32>(STOPS + (i << 2));
        if (!mayBeginAt(text + position)) continue;
        if (count == MAX_FOUND) {
          stopped = position;
          return count;
        }
        store<u32>(FOUND + (count << 2), position);
        count++;
      }
    }
  }
  stopped = to;
  return count;
}

/** How many line feeds the first `to` bytes of a text hold. */
export function countFeeds(text: usize, to: u32): u32 {
  const feed = i8x16.splat(10);
  let count: u32 = 0;
  let at: u32 = 0;
  while (at + 16 <= to) {
    // A lane counts up to 255.
    const end: u32 = min(to - 15, at + 255 * 16);
    let lanes = i8x16.splat(0);
    for (; at < end; at += 16) lanes = i8x16.sub(lanes, i8x16.eq(v128.load(text + at), feed));
    const sums = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(lanes));
    count +=
      i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
  }
  for (; at < to; at++) count += <u32>(load<u8>(text + at) == 10);
  return count;
}
