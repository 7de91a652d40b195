/** Writes bzip2 for tests: sorts rotations one by one, and gives every symbol a code of one length. */

const GROUP = 50;
const MAX_BLOCK = 90_000;
const CRC_TABLE = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc >>> 0;
});

export function bzip2(bytes: Uint8Array): Buffer {
  const bits = new BitWriter();
  for (const character of "BZh1") bits.write(character.charCodeAt(0), 8);
  let streamCrc = 0;
  for (let at = 0; at < bytes.length; at += MAX_BLOCK / 2) {
    const part = bytes.subarray(at, at + MAX_BLOCK / 2);
    const crc = crcOf(part);
    streamCrc = (((streamCrc << 1) | (streamCrc >>> 31)) ^ crc) >>> 0;
    writeBlock(bits, withRuns(part), crc);
  }
  bits.write(0x177245, 24);
  bits.write(0x385090, 24);
  bits.write(streamCrc >>> 16, 16);
  bits.write(streamCrc & 0xffff, 16);
  return bits.finish();
}

class BitWriter {
  readonly #bytes: number[] = [];
  #current = 0;
  #used = 0;

  write(value: number, count: number): void {
    for (let bit = count - 1; bit >= 0; bit--) {
      this.#current = (this.#current << 1) | ((value >>> bit) & 1);
      this.#used += 1;
      if (this.#used < 8) continue;
      this.#bytes.push(this.#current);
      this.#current = 0;
      this.#used = 0;
    }
  }

  finish(): Buffer {
    while (this.#used > 0) this.write(0, 1);
    return Buffer.from(this.#bytes);
  }
}

function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = ((crc << 8) ^ (CRC_TABLE[((crc >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0;
  return ~crc >>> 0;
}

/** After four equal bytes comes the number of further ones. */
function withRuns(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at] ?? 0;
    let run = 1;
    while (run < 259 && bytes[at + run] === byte) run += 1;
    for (let i = 0; i < Math.min(run, 4); i++) out.push(byte);
    if (run >= 4) out.push(run - 4);
    at += run;
  }
  return Uint8Array.from(out);
}

/** One block that begins with a run of 2^41 bytes and more: its length, kept in 32 bits, comes out as less than nothing. */
export function bzip2WithRunawayRun(): Buffer {
  const bits = new BitWriter();
  for (const character of "BZh9") bits.write(character.charCodeAt(0), 8);
  writeSymbols(bits, { used: [0x61], symbols: [...Array<number>(40).fill(1), 2], origin: 0, crc: 0 });
  return bits.finish();
}

function writeBlock(bits: BitWriter, block: Uint8Array, crc: number): void {
  const twice = Buffer.concat([block, block]);
  const rotations = Array.from(block, (_, at) => at).sort((a, b) =>
    twice.compare(twice, b, b + block.length, a, a + block.length),
  );
  const sorted = rotations.map((at) => block[(at + block.length - 1) % block.length] ?? 0);
  const used = [...new Set(block)].sort((a, b) => a - b);
  writeSymbols(bits, { used, symbols: symbolsOf(sorted, used), origin: rotations.indexOf(0), crc });
}

interface Block {
  /** Byte values that occur, ascending. */
  readonly used: readonly number[];
  readonly symbols: readonly number[];
  readonly origin: number;
  readonly crc: number;
}

function writeSymbols(bits: BitWriter, { used, symbols, origin, crc }: Block): void {
  bits.write(0x314159, 24);
  bits.write(0x265359, 24);
  bits.write(crc >>> 16, 16);
  bits.write(crc & 0xffff, 16);
  bits.write(0, 1);
  bits.write(origin, 24);
  const ranges = Array.from({ length: 16 }, (_, high) => used.some((byte) => byte >> 4 === high));
  for (const range of ranges) bits.write(Number(range), 1);
  for (const [high, range] of ranges.entries()) {
    if (!range) continue;
    for (let low = 0; low < 16; low++) bits.write(Number(used.includes(high * 16 + low)), 1);
  }
  const length = Math.max(1, Math.ceil(Math.log2(used.length + 2)));
  const selectors = Math.ceil(symbols.length / GROUP);
  bits.write(2, 3);
  bits.write(selectors, 15);
  for (let i = 0; i < selectors; i++) bits.write(0, 1);
  for (let table = 0; table < 2; table++) {
    bits.write(length, 5);
    for (let symbol = 0; symbol < used.length + 2; symbol++) bits.write(0, 1);
  }
  for (const symbol of symbols) bits.write(symbol, length);
}

/** Moves to the front, runs of zeros as digits of base two without a zero, and the end of the block. */
function symbolsOf(sorted: readonly number[], used: readonly number[]): number[] {
  const order = [...used];
  const symbols: number[] = [];
  let zeros = 0;
  const flush = (): void => {
    for (; zeros > 0; zeros = Math.floor((zeros - 1) / 2)) symbols.push(zeros % 2 === 1 ? 0 : 1);
  };
  for (const byte of sorted) {
    const place = order.indexOf(byte);
    if (place === 0) {
      zeros += 1;
      continue;
    }
    flush();
    symbols.push(place + 1);
    order.splice(place, 1);
    order.unshift(byte);
  }
  flush();
  return [...symbols, used.length + 1];
}
