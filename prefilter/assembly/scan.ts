/**
 * Scans bytes for the three-byte windows of many anchors, 16 positions at a time, as Teddy does (Intel's Hyperscan):
 * each window is in one of eight buckets; two tables of 16 bytes for each of its three bytes say by the low and the
 * high half of a byte which buckets it can belong to. Positions that pass are checked against a bit set of hashed
 * windows, and what is left is written down for an exact comparison outside.
 *
 * Compiled by `npm run prefilter` with SIMD. Memory, in bytes:
 *
 *     0       six tables of 16 bytes: low and high half for byte 0, 1 and 2 of a window
 *     1024    bit set of 65,536 hashes
 *     9216    offsets that were found, 32 bits each, at most MAX_FOUND
 *     ...     the text, from TEXT, with 18 bytes of anything after it
 */

const SET: usize = 1024;
const FOUND: usize = 9216;

/** Where the caller puts the text. */
export const TEXT: usize = 9216 + 4 * 16384;

/** Offsets that fit; a text has at most one for each position, so the caller scans less than this at once or goes on. */
export const MAX_FOUND: u32 = 16384;

/** Where the last scan stopped: its end, or the position at which `FOUND` was full. */
let stopped: u32 = 0;

export function stoppedAt(): u32 {
  return stopped;
}

/** Writes the positions `from..to` at which a window may begin, and returns how many. */
export function scan(from: u32, to: u32): u32 {
  const low0 = v128.load(0);
  const high0 = v128.load(16);
  const low1 = v128.load(32);
  const high1 = v128.load(48);
  const low2 = v128.load(64);
  const high2 = v128.load(80);
  const half = i8x16.splat(0x0f);
  let count: u32 = 0;
  let at: u32 = from;
  while (at < to) {
    const a = v128.load(TEXT + at);
    const b = v128.load(TEXT + at, 1);
    const c = v128.load(TEXT + at, 2);
    const buckets = v128.and(
      v128.and(
        v128.and(i8x16.swizzle(low0, v128.and(a, half)), i8x16.swizzle(high0, i8x16.shr_u(a, 4))),
        v128.and(i8x16.swizzle(low1, v128.and(b, half)), i8x16.swizzle(high1, i8x16.shr_u(b, 4))),
      ),
      v128.and(i8x16.swizzle(low2, v128.and(c, half)), i8x16.swizzle(high2, i8x16.shr_u(c, 4))),
    );
    if (v128.any_true(buckets)) {
      if (count + 16 > MAX_FOUND) {
        stopped = at;
        return count;
      }
      let lanes: u32 = 0xffff ^ i8x16.bitmask(i8x16.eq(buckets, i8x16.splat(0)));
      while (lanes != 0) {
        const position = at + ctz(lanes);
        lanes &= lanes - 1;
        const hash = ((load<u32>(TEXT + position) & 0xffffff) * 0x9e3779b1) >>> 16;
        if ((load<u8>(SET + (hash >>> 3)) & (1 << (hash & 7))) == 0 || position >= to) continue;
        store<u32>(FOUND + (count << 2), position);
        count++;
      }
    }
    at += 16;
  }
  stopped = to;
  return count;
}
