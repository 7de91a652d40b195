import { ArchiveError } from "./archive-error.ts";
import type { BitReader } from "./bit-reader.ts";

const GROUP = 50;
const MAX_CODE_LENGTH = 20;

/** A canonical Huffman code: by length, the highest code, and what to add to a code to get its place in `symbols`. */
interface Code {
  readonly shortest: number;
  readonly limits: Int32Array;
  readonly offsets: Int32Array;
  readonly symbols: Uint16Array;
}

/**
 * The bytes of a block of bzip2 as they were sorted: Huffman codes, runs and moves to the front undone.
 *
 * @param maxLength of the block, in bytes; anything longer is damage, whatever the runs say
 */
export function readSymbols(bits: BitReader, maxLength: number): { symbols: Uint32Array; length: number } {
  const used = readUsedBytes(bits);
  const endOfBlock = used.length + 1;
  const groups = bits.read(3);
  if (groups < 2 || groups > 6 || used.length === 0) throw damaged();
  const selectors = readSelectors(bits, groups);
  const codes = Array.from({ length: groups }, () => readCode(bits, used.length + 2));
  const symbols = new Uint32Array(maxLength);
  let length = 0;
  let run = 0;
  let weight = 1;
  const flush = (): void => {
    if (run > maxLength - length) throw damaged();
    symbols.fill(used[0] ?? 0, length, length + run);
    length += run;
    run = 0;
    weight = 1;
  };
  for (const selector of selectors) {
    const code = codes[selector];
    if (code === undefined) throw damaged();
    for (let i = 0; i < GROUP; i++) {
      const symbol = readSymbol(bits, code);
      if (symbol <= 1) {
        run += weight << symbol;
        weight <<= 1;
        // Long before the weight could overflow.
        if (run > maxLength) throw damaged();
        continue;
      }
      if (run > 0) flush();
      if (symbol === endOfBlock) return { symbols, length };
      if (length >= maxLength) throw damaged();
      const place = symbol - 1;
      const byte = used[place] ?? 0;
      used.copyWithin(1, 0, place);
      used[0] = byte;
      symbols[length++] = byte;
    }
  }
  throw damaged();
}

/** The byte values that occur, ascending: one bit for each sixteen, then one for each of those. */
function readUsedBytes(bits: BitReader): Uint8Array {
  const ranges = bits.read(16);
  const used: number[] = [];
  for (let high = 0; high < 16; high++) {
    if ((ranges & (0x8000 >> high)) === 0) continue;
    const range = bits.read(16);
    for (let low = 0; low < 16; low++) if ((range & (0x8000 >> low)) !== 0) used.push(high * 16 + low);
  }
  return Uint8Array.from(used);
}

/** Which code each group of fifty symbols has, as moves to the front. */
function readSelectors(bits: BitReader, groups: number): Uint8Array {
  const count = bits.read(15);
  if (count === 0) throw damaged();
  const order = Uint8Array.from({ length: groups }, (_, index) => index);
  const selectors = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    let place = 0;
    while (bits.read(1) === 1) {
      place += 1;
      if (place >= groups) throw damaged();
    }
    const selector = order[place] ?? 0;
    order.copyWithin(1, 0, place);
    order[0] = selector;
    selectors[i] = selector;
  }
  return selectors;
}

function readCode(bits: BitReader, count: number): Code {
  const lengths = new Uint8Array(count);
  let length = bits.read(5);
  for (let i = 0; i < count; i++) {
    for (;;) {
      if (length < 1 || length > MAX_CODE_LENGTH) throw damaged();
      if (bits.read(1) === 0) break;
      length += bits.read(1) === 0 ? 1 : -1;
    }
    lengths[i] = length;
  }
  const limits = new Int32Array(MAX_CODE_LENGTH + 1).fill(-1);
  const offsets = new Int32Array(MAX_CODE_LENGTH + 1);
  const symbols = new Uint16Array(count);
  let next = 0;
  let code = 0;
  for (let size = 1; size <= MAX_CODE_LENGTH; size++) {
    offsets[size] = next - code;
    for (let symbol = 0; symbol < count; symbol++) {
      if (lengths[symbol] !== size) continue;
      symbols[next++] = symbol;
      limits[size] = code++;
    }
    code <<= 1;
  }
  return { shortest: Math.min(...lengths), limits, offsets, symbols };
}

function readSymbol(bits: BitReader, { shortest, limits, offsets, symbols }: Code): number {
  let code = bits.read(shortest);
  for (let size = shortest; size <= MAX_CODE_LENGTH; size++) {
    if (code <= (limits[size] ?? -1)) {
      const symbol = symbols[code + (offsets[size] ?? 0)];
      if (symbol === undefined) throw damaged();
      return symbol;
    }
    code = (code << 1) | bits.read(1);
  }
  throw damaged();
}

function damaged(): ArchiveError {
  return new ArchiveError("damaged", "a block of bzip2 is damaged");
}
