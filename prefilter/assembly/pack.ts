/**
 * Unpacks what git's pack files hold: inflates one entry (RFC 1950 and 1951), applies a delta, and walks a tree. Nothing
 * is allocated: the caller says where everything is and keeps `SLACK` bytes free after each place that is written.
 *
 * Compiled by `npm run prefilter` into a module that shares the memory of the search for anchors. The first mebibyte is
 * that search's. Then come, from BASE:
 *
 *     tables of two codes, and those of the fixed codes of RFC 1951
 *     lengths of codes, symbols in the order of their codes, numbers of codes by length
 *     parts of the result of a delta that may be new, as pairs of 32 bits
 *     ids that trees named lately, eight bytes of each; ids to pass on, the same
 */

const BASE: usize = 1 << 20;
const LITERALS: usize = BASE;
const DISTANCES: usize = LITERALS + 8192;
const FIXED_LITERALS: usize = DISTANCES + 8192;
const FIXED_DISTANCES: usize = FIXED_LITERALS + 8192;
const LENGTHS: usize = FIXED_DISTANCES + 8192;
const SORTED: usize = LENGTHS + 512;
const COUNTS: usize = SORTED + 1024;
const PLACES: usize = COUNTS + 64;

export const PARTS: usize = BASE + 65536;
export const MAX_PARTS: u32 = 4096;

const SEEN: usize = PARTS + 8 * MAX_PARTS;
const SEEN_SLOTS: u32 = 65536;
export const NAMED: usize = SEEN + 8 * SEEN_SLOTS;
export const MAX_NAMED: u32 = 32768;

/** The first byte that is the caller's. */
export const FREE: usize = NAMED + 8 * MAX_NAMED;

/** Bits of a code that the first look-up takes: as zlib does, whose bounds for the sizes of tables hold for these. */
const LITERAL_ROOT: u32 = 9;
const DISTANCE_ROOT: u32 = 6;
const LENGTH_ROOT: u32 = 7;

/** An entry of a table: bits to take, extra bits or these flags above them, and a value in the upper half. */
const LITERAL: u32 = 0x8000;
const END: u32 = 0x4000;
const NESTED: u32 = 0x2000;

const KIND_LITERALS: u32 = 0;
const KIND_DISTANCES: u32 = 1;
const KIND_LENGTHS: u32 = 2;

function entryOf(symbol: u32, kind: u32): u32 {
  if (kind == KIND_LENGTHS) return symbol << 16;
  if (kind == KIND_DISTANCES) {
    if (symbol < 4) return (symbol + 1) << 16;
    if (symbol > 29) return 0;
    const extra = (symbol >> 1) - 1;
    return ((1 + ((2 + (symbol & 1)) << extra)) << 16) | (extra << 8);
  }
  if (symbol < 256) return (symbol << 16) | LITERAL;
  if (symbol == 256) return END;
  if (symbol < 265) return (symbol - 254) << 16;
  if (symbol == 285) return 258 << 16;
  if (symbol > 285) return 0;
  const extra = (symbol - 261) >> 2;
  return ((3 + ((4 + ((symbol - 265) & 3)) << extra)) << 16) | (extra << 8);
}

function reversed(code: u32, length: u32): u32 {
  let result: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    result = (result << 1) | (code & 1);
    code >>= 1;
  }
  return result;
}

/** Makes the table of the code whose lengths are given. False for lengths that are no code. */
function build(lengths: usize, count: u32, root: u32, table: usize, kind: u32): bool {
  memory.fill(COUNTS, 0, 64);
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const at = COUNTS + (<u32>load<u8>(lengths + symbol) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  store<u32>(COUNTS, 0);
  let longest: u32 = 15;
  while (longest > 0 && load<u32>(COUNTS + (longest << 2)) == 0) longest--;
  let left: i32 = 1;
  let place: u32 = 0;
  for (let length: u32 = 1; length <= 15; length++) {
    const number = load<u32>(COUNTS + (length << 2));
    left = (left << 1) - <i32>number;
    if (left < 0) return false;
    store<u32>(PLACES + (length << 2), place);
    place += number;
  }
  if (left > 0) {
    if (kind == KIND_LENGTHS || longest > 1) return false;
    memory.fill(table, 0, 4 << root);
  }
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const length = <u32>load<u8>(lengths + symbol);
    if (length == 0) continue;
    const at = PLACES + (length << 2);
    const to = load<u32>(at);
    store<u16>(SORTED + (to << 1), <u16>symbol);
    store<u32>(at, to + 1);
  }
  let code: u32 = 0;
  let length: u32 = 1;
  let next: u32 = 1 << root;
  let prefix: u32 = 0xffffffff;
  let nested: usize = 0;
  let nestedBits: u32 = 0;
  for (let i: u32 = 0; i < place; i++) {
    while (load<u32>(COUNTS + (length << 2)) == 0) {
      length++;
      code <<= 1;
    }
    const symbol = <u32>load<u16>(SORTED + (i << 1));
    const entry = entryOf(symbol, kind);
    const bits = reversed(code, length);
    if (length <= root) {
      const filled = entry == 0 && kind != KIND_LENGTHS ? 0 : entry | length;
      for (let at = bits; at < <u32>1 << root; at += 1 << length) store<u32>(table + (at << 2), filled);
    } else {
      const low = bits & ((1 << root) - 1);
      if (low != prefix) {
        prefix = low;
        nestedBits = length - root;
        let room: i32 = 1 << nestedBits;
        while (nestedBits + root < longest) {
          room -= load<u32>(COUNTS + ((nestedBits + root) << 2));
          if (room <= 0) break;
          nestedBits++;
          room <<= 1;
        }
        store<u32>(table + (low << 2), (next << 16) | NESTED | (nestedBits << 8) | root);
        nested = table + (next << 2);
        next += 1 << nestedBits;
        if (next > 2048) return false;
      }
      const filled = entry == 0 ? 0 : entry | (length - root);
      for (let at = bits >> root; at < <u32>1 << nestedBits; at += 1 << (length - root))
        store<u32>(nested + (at << 2), filled);
    }
    const at = COUNTS + (length << 2);
    store<u32>(at, load<u32>(at) - 1);
    code++;
  }
  return true;
}

/** Makes the tables that do not change. Called once. */
export function prepare(): void {
  memory.fill(LENGTHS, 8, 144);
  memory.fill(LENGTHS + 144, 9, 112);
  memory.fill(LENGTHS + 256, 7, 24);
  memory.fill(LENGTHS + 280, 8, 8);
  build(LENGTHS, 288, LITERAL_ROOT, FIXED_LITERALS, KIND_LITERALS);
  memory.fill(LENGTHS, 5, 32);
  build(LENGTHS, 32, DISTANCE_ROOT, FIXED_DISTANCES, KIND_DISTANCES);
}

/** The order in which a block states the lengths of the code for lengths, four bits each, from the end. */
function orderOf(index: u32): u32 {
  // 16 17 18 0 8 7 9 6 10 5 11 4 12 3 13 2 14 1 15
  if (index < 3) return 16 + index;
  if (index == 3) return 0;
  const step = (index - 4) >> 1;
  return (index & 1) == 0 ? 8 + step : 7 - step;
}

/** The checksum of RFC 1950. */
function adler(from: usize, length: u32): u32 {
  let a: u32 = 1;
  let b: u32 = 0;
  let at = from;
  let left = length;
  const weights = i8x16(16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
  const weightsLow = i16x8.extend_low_i8x16_s(weights);
  const weightsHigh = i16x8.extend_high_i8x16_s(weights);
  while (left >= 16) {
    const blocks: u32 = min(left >> 4, 300);
    let sums = i32x4.splat(0);
    let before = i32x4.splat(0);
    let weighted = i32x4.splat(0);
    for (let block: u32 = 0; block < blocks; block++) {
      const bytes = v128.load(at);
      before = i32x4.add(before, sums);
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes)));
      weighted = i32x4.add(weighted, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(bytes), weightsLow));
      weighted = i32x4.add(weighted, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(bytes), weightsHigh));
      at += 16;
    }
    const sum = totalOf(sums);
    b = (b + 16 * blocks * a + 16 * totalOf(before) + totalOf(weighted)) % 65521;
    a = (a + sum) % 65521;
    left -= blocks << 4;
  }
  for (; left > 0; left--) {
    a += <u32>load<u8>(at++);
    b += a;
  }
  return ((b % 65521) << 16) | (a % 65521);
}

function totalOf(lanes: v128): u32 {
  return (
    i32x4.extract_lane(lanes, 0) +
    i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) +
    i32x4.extract_lane(lanes, 3)
  );
}

/**
 * Inflates an entry, which must fill its place exactly and take all of the input.
 *
 * @returns 0, or what is wrong with it
 */
export function inflate(source: usize, sourceLength: u32, target: usize, targetLength: u32): u32 {
  const sourceEnd = source + sourceLength;
  const targetEnd = target + targetLength;
  if (sourceLength < 6) return 1;
  const method = <u32>load<u8>(source);
  const flags = <u32>load<u8>(source, 1);
  if ((method & 15) != 8 || ((method << 8) | flags) % 31 != 0 || (flags & 32) != 0) return 2;
  let from = source + 2;
  let to = target;
  let buffer: u64 = 0;
  let bits: u32 = 0;
  let isLast = false;
  while (!isLast) {
    if (from - (bits >>> 3) > sourceEnd) return 3;
    buffer |= load<u64>(from) << bits;
    from += (63 - bits) >> 3;
    bits |= 56;
    isLast = (buffer & 1) != 0;
    const type = <u32>(buffer >> 1) & 3;
    buffer >>= 3;
    bits -= 3;
    let literals = FIXED_LITERALS;
    let distances = FIXED_DISTANCES;
    if (type == 3) return 4;
    if (type == 0) {
      const odd = bits & 7;
      buffer >>= odd;
      bits -= odd;
      const length = <u32>buffer & 0xffff;
      if ((length ^ 0xffff) != (<u32>(buffer >> 16) & 0xffff)) return 5;
      from = from - (bits >>> 3) + 4;
      if (from + length > sourceEnd || to + length > targetEnd) return 6;
      memory.copy(to, from, length);
      from += length;
      to += length;
      buffer = 0;
      bits = 0;
      continue;
    }
    if (type == 2) {
      const literalCount = (<u32>buffer & 31) + 257;
      const distanceCount = (<u32>(buffer >> 5) & 31) + 1;
      const lengthCount = (<u32>(buffer >> 10) & 15) + 4;
      buffer >>= 14;
      bits -= 14;
      if (literalCount > 286 || distanceCount > 30) return 7;
      memory.fill(LENGTHS, 0, 19);
      for (let index: u32 = 0; index < lengthCount; index++) {
        if (bits < 8) {
          buffer |= load<u64>(from) << bits;
          from += (63 - bits) >> 3;
          bits |= 56;
        }
        store<u8>(LENGTHS + orderOf(index), <u8>(<u32>buffer & 7));
        buffer >>= 3;
        bits -= 3;
      }
      if (!build(LENGTHS, 19, LENGTH_ROOT, LITERALS, KIND_LENGTHS)) return 8;
      const all = literalCount + distanceCount;
      let index: u32 = 0;
      while (index < all) {
        buffer |= load<u64>(from) << bits;
        from += (63 - bits) >> 3;
        bits |= 56;
        const entry = load<u32>(LITERALS + ((<u32>buffer & 127) << 2));
        const taken = entry & 0xff;
        buffer >>= taken;
        bits -= taken;
        const symbol = entry >> 16;
        if (symbol < 16) {
          store<u8>(LENGTHS + index++, <u8>symbol);
          continue;
        }
        let value: u8 = 0;
        let repeat: u32;
        if (symbol == 16) {
          if (index == 0) return 9;
          value = load<u8>(LENGTHS + index - 1);
          repeat = 3 + (<u32>buffer & 3);
          buffer >>= 2;
          bits -= 2;
        } else if (symbol == 17) {
          repeat = 3 + (<u32>buffer & 7);
          buffer >>= 3;
          bits -= 3;
        } else {
          repeat = 11 + (<u32>buffer & 127);
          buffer >>= 7;
          bits -= 7;
        }
        if (index + repeat > all) return 10;
        memory.fill(LENGTHS + index, value, repeat);
        index += repeat;
      }
      if (load<u8>(LENGTHS + 256) == 0) return 11;
      if (!build(LENGTHS, literalCount, LITERAL_ROOT, LITERALS, KIND_LITERALS)) return 12;
      if (!build(LENGTHS + literalCount, distanceCount, DISTANCE_ROOT, DISTANCES, KIND_DISTANCES)) return 13;
      literals = LITERALS;
      distances = DISTANCES;
    }
    while (true) {
      buffer |= load<u64>(from) << bits;
      from += (63 - bits) >> 3;
      bits |= 56;
      let entry = load<u32>(literals + ((<u32>buffer & 511) << 2));
      if ((entry & LITERAL) != 0) {
        if (to >= targetEnd) return 14;
        store<u8>(to++, <u8>(entry >> 16));
        buffer >>= entry & 0xff;
        bits -= entry & 0xff;
        entry = load<u32>(literals + ((<u32>buffer & 511) << 2));
        if ((entry & LITERAL) != 0) {
          if (to >= targetEnd) return 14;
          store<u8>(to++, <u8>(entry >> 16));
          buffer >>= entry & 0xff;
          bits -= entry & 0xff;
          entry = load<u32>(literals + ((<u32>buffer & 511) << 2));
        }
        buffer |= load<u64>(from) << bits;
        from += (63 - bits) >> 3;
        bits |= 56;
      }
      if ((entry & NESTED) != 0) {
        const taken = entry & 0xff;
        buffer >>= taken;
        bits -= taken;
        entry = load<u32>(literals + (((entry >> 16) + (<u32>buffer & ((1 << ((entry >> 8) & 15)) - 1))) << 2));
      }
      if (entry == 0) return 15;
      buffer >>= entry & 0xff;
      bits -= entry & 0xff;
      if ((entry & LITERAL) != 0) {
        if (to >= targetEnd) return 14;
        store<u8>(to++, <u8>(entry >> 16));
        continue;
      }
      if ((entry & END) != 0) break;
      let extra = (entry >> 8) & 15;
      const length = (entry >> 16) + (<u32>buffer & ((1 << extra) - 1));
      buffer >>= extra;
      bits -= extra;
      entry = load<u32>(distances + ((<u32>buffer & 63) << 2));
      if ((entry & NESTED) != 0) {
        const taken = entry & 0xff;
        buffer >>= taken;
        bits -= taken;
        entry = load<u32>(distances + (((entry >> 16) + (<u32>buffer & ((1 << ((entry >> 8) & 15)) - 1))) << 2));
      }
      if (entry == 0) return 16;
      buffer >>= entry & 0xff;
      bits -= entry & 0xff;
      extra = (entry >> 8) & 15;
      const distance = (entry >> 16) + (<u32>buffer & ((1 << extra) - 1));
      buffer >>= extra;
      bits -= extra;
      if (distance > <u32>(to - target)) return 17;
      if (to + length > targetEnd) return 18;
      const end = to + length;
      let copied = to - distance;
      if (distance >= 8) {
        while (to < end) {
          store<u64>(to, load<u64>(copied));
          to += 8;
          copied += 8;
        }
      } else while (to < end) store<u8>(to++, load<u8>(copied++));
      to = end;
      if (from - (bits >>> 3) > sourceEnd) return 19;
    }
  }
  from -= bits >>> 3;
  if (to != targetEnd || from + 4 != sourceEnd) return 20;
  return bswap<u32>(load<u32>(from)) == adler(target, targetLength) ? 0 : 21;
}

let parts: u32 = 0;

/** How many parts of the last result may be new. */
export function partCount(): u32 {
  return parts;
}

function addPart(start: u32, end: u32, before: u32, after: u32, size: u32): void {
  const from = start > before ? start - before : 0;
  const to = min(size, end + after);
  if (to <= from) return;
  const last = PARTS + (parts << 3) - 8;
  if (parts > 0 && (from <= load<u32>(last, 4) + 64 || parts == MAX_PARTS)) {
    store<u32>(last, max(to, load<u32>(last, 4)), 4);
    return;
  }
  store<u32>(last, from, 8);
  store<u32>(last, to, 12);
  parts++;
}

/**
 * Applies a delta. Parts of the result that are not copied in one piece from the base, with so many bytes before and after
 * them, are in PARTS afterwards.
 *
 * @returns the size of the result, or -1 if the delta is none for this base, or the result is larger than `most`
 */
export function applyDelta(
  base: usize,
  baseLength: u32,
  delta: usize,
  deltaLength: u32,
  target: usize,
  most: u32,
  before: u32,
  after: u32,
): i32 {
  const end = delta + deltaLength;
  let at = delta;
  parts = 0;
  let stated: u64 = 0;
  let shift: u64 = 0;
  let byte: u32;
  do {
    if (at >= end || shift > 56) return -1;
    byte = <u32>load<u8>(at++);
    stated |= <u64>(byte & 127) << shift;
    shift += 7;
  } while ((byte & 128) != 0);
  if (stated != <u64>baseLength) return -1;
  stated = 0;
  shift = 0;
  do {
    if (at >= end || shift > 56) return -1;
    byte = <u32>load<u8>(at++);
    stated |= <u64>(byte & 127) << shift;
    shift += 7;
  } while ((byte & 128) != 0);
  if (stated > <u64>most) return -1;
  const size = <u32>stated;
  let to: u32 = 0;
  /** Up to where the result was copied, and from where in the base. */
  let copiedTo: u32 = 0;
  let copiedFrom: u32 = 0;
  while (at < end) {
    const code = <u32>load<u8>(at++);
    if ((code & 128) != 0) {
      let offset: u32 = 0;
      let length: u32 = 0;
      if ((code & 1) != 0) offset = <u32>load<u8>(at++);
      if ((code & 2) != 0) offset |= <u32>load<u8>(at++) << 8;
      if ((code & 4) != 0) offset |= <u32>load<u8>(at++) << 16;
      if ((code & 8) != 0) offset |= <u32>load<u8>(at++) << 24;
      if ((code & 16) != 0) length = <u32>load<u8>(at++);
      if ((code & 32) != 0) length |= <u32>load<u8>(at++) << 8;
      if ((code & 64) != 0) length |= <u32>load<u8>(at++) << 16;
      if (length == 0) length = 0x10000;
      if (at > end || <u64>offset + <u64>length > <u64>baseLength || <u64>to + <u64>length > <u64>size) return -1;
      if (offset != copiedFrom || to != copiedTo) addPart(copiedTo, to, before, after, size);
      if (length > 256) memory.copy(target + to, base + offset, length);
      else
        for (let i: u32 = 0; i < length; i += 16) v128.store(target + to + i, v128.load(base + offset + i));
      to += length;
      copiedTo = to;
      copiedFrom = offset + length;
    } else {
      if (code == 0 || at + code > end || to + code > size) return -1;
      for (let i: u32 = 0; i < code; i += 16) v128.store(target + to + i, v128.load(at + i));
      at += code;
      to += code;
    }
  }
  if (to != size) return -1;
  if (copiedTo != size || copiedFrom != baseLength) addPart(copiedTo, size, before, after, size);
  return size;
}

let named: u32 = 0;

/** How many ids wait in NAMED. The caller takes them and calls this again with true. */
export function namedCount(isTaken: bool): u32 {
  const count = named;
  if (isTaken) named = 0;
  return count;
}

/**
 * Passes on the ids that a tree names, but for those that were named lately.
 *
 * @returns false, and nothing is passed on, for a tree that is malformed, or holds a submodule or the name of a file
 *   compressed with brotli, or does not fit: the caller walks it itself
 */
export function walkTree(tree: usize, length: u32, idBytes: u32): bool {
  const end = tree + length;
  const first = named;
  const zeros = i8x16.splat(0);
  let at = tree;
  while (at < end) {
    let name = at + 5;
    if (load<u8>(name) != 0x20) name++;
    if (load<u8>(name) != 0x20) break;
    name++;
    let id = name;
    while (true) {
      const lanes = <u32>i8x16.bitmask(i8x16.eq(v128.load(id), zeros));
      if (lanes != 0) {
        id += ctz(lanes) + 1;
        break;
      }
      id += 16;
      if (id >= end) break;
    }
    if (id + idBytes > end) break;
    // A mode that begins with 16 is a submodule's.
    if (load<u16>(at) == 0x3631) break;
    // ".br" and the byte of zero after it.
    if (load<u32>(id - 4) == 0x0072622e) break;
    const entry = load<u64>(id);
    const slot = SEEN + ((<u32>entry & (SEEN_SLOTS - 1)) << 3);
    if (load<u64>(slot) != entry) {
      if (named == MAX_NAMED) break;
      store<u64>(NAMED + (named << 3), entry);
      named++;
      store<u64>(slot, entry);
    }
    at = id + idBytes;
  }
  if (at == end) return true;
  // What is in SEEN stays there: the caller passes all ids of this tree on.
  named = first;
  return false;
}
