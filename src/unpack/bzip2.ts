/**
 * Decompresses bzip2 (Julian Seward's format), block by block. Ignores checksums, because damaged data is searched
 * too. Our own code, because no maintained package fits: the JavaScript ones (unbzip2-stream, seek-bzip, compressjs)
 * loop forever on a crafted run length and collect a block byte by byte; the WebAssembly build of libbz2 has to be told
 * the size beforehand and installs handlers for errors of the whole process. Refuses randomized blocks, which nothing
 * has written since 1998.
 */
import { ArchiveError } from "./archive-error.ts";
import { BitReader, OutOfBytes } from "./bit-reader.ts";
import type { ByteStream } from "./byte-stream.ts";
import { readSymbols } from "./bzip2-symbols.ts";

const BLOCK_MARK = 0x314159;
const END_MARK = 0x177245;
const LEVEL_BYTES = 100_000;
/** Bytes of output at once. */
const CHUNK = 64 * 1024;
/** Compressed bytes buffered before a block is tried; a block that needs more is tried again with twice as many. */
const FIRST_TRY = 1024 ** 2;

/** @throws {ArchiveError} if the data is damaged or cut off, after everything readable was returned */
export async function* throughBzip2(input: ByteStream): AsyncGenerator<Uint8Array, void> {
  let held: Uint8Array = new Uint8Array(0);
  let at = { bit: 0 };
  let level = 0;
  let wanted = FIRST_TRY;
  let ended = false;
  for (;;) {
    while (!ended && held.length - at.bit / 8 < wanted) {
      const chunk = await input.next();
      ended = chunk === null;
      const from = at.bit >> 3;
      if (chunk !== null) held = Buffer.concat([held.subarray(from), chunk]);
      if (chunk !== null) at = { bit: at.bit - from * 8 };
    }
    const bits = new BitReader(held, at.bit);
    let step: Step;
    try {
      step = readStep(bits, level);
    } catch (error) {
      if (!(error instanceof OutOfBytes)) throw error;
      if (ended) throw new ArchiveError("damaged", "bzip2 data is cut off", error);
      wanted *= 2;
      continue;
    }
    wanted = FIRST_TRY;
    at = { bit: bits.bit };
    if (step.kind === "end") return;
    if (step.kind === "header") level = step.level;
    else if (step.kind === "stream_end") level = 0;
    else yield* step.bytes;
  }
}

type Step =
  | { readonly kind: "header"; readonly level: number }
  | { readonly kind: "block"; readonly bytes: Iterable<Uint8Array> }
  | { readonly kind: "stream_end" }
  /** Nothing follows, or nothing of the format. */
  | { readonly kind: "end" };

/** @param level of the stream that was begun; 0 before one begins */
function readStep(bits: BitReader, level: number): Step {
  if (level === 0) {
    if (bits.left < 32) return { kind: "end" };
    const mark = bits.read(24);
    const digit = bits.read(8) - 0x30;
    if (mark !== 0x425a68 || digit < 1 || digit > 9) return { kind: "end" };
    return { kind: "header", level: digit };
  }
  const mark = bits.read(24);
  bits.read(24);
  if (mark === END_MARK) {
    bits.read(24);
    bits.read(8);
    bits.alignToByte();
    return { kind: "stream_end" };
  }
  if (mark !== BLOCK_MARK) throw new ArchiveError("damaged", "no block of bzip2 begins here");
  return { kind: "block", bytes: readBlock(bits, level * LEVEL_BYTES) };
}

function readBlock(bits: BitReader, maxLength: number): Iterable<Uint8Array> {
  bits.read(24);
  bits.read(8);
  if (bits.read(1) === 1) throw new ArchiveError("unsupported", "a randomized block of bzip2");
  const origin = bits.read(24);
  const { symbols, length } = readSymbols(bits, maxLength);
  if (length === 0) return [];
  if (origin >= length) throw new ArchiveError("damaged", "a block of bzip2 begins behind its end");
  return withoutRuns(unsorted(symbols, length), origin, length);
}

/** Undoes the Burrows-Wheeler transform: each entry becomes its byte, and above it the place of the next one. */
function unsorted(symbols: Uint32Array, length: number): Uint32Array {
  const starts = new Uint32Array(257);
  for (let i = 0; i < length; i++) {
    const next = (symbols[i] ?? 0) + 1;
    starts[next] = (starts[next] ?? 0) + 1;
  }
  for (let byte = 1; byte <= 256; byte++) starts[byte] = (starts[byte] ?? 0) + (starts[byte - 1] ?? 0);
  for (let i = 0; i < length; i++) {
    const byte = (symbols[i] ?? 0) & 0xff;
    const place = starts[byte] ?? 0;
    symbols[place] = (symbols[place] ?? 0) | (i << 8);
    starts[byte] = place + 1;
  }
  return symbols;
}

/** After four equal bytes comes a count of how many more there were. */
function* withoutRuns(links: Uint32Array, origin: number, length: number): Generator<Uint8Array, void> {
  let out = new Uint8Array(CHUNK);
  let used = 0;
  let run = 0;
  let last = -1;
  let link = links[origin] ?? 0;
  for (let i = 0; i < length; i++) {
    link = links[link >>> 8] ?? 0;
    const byte = link & 0xff;
    const isCount = run === 4;
    const copies = isCount ? byte : 1;
    if (!isCount) {
      run = byte === last ? run + 1 : 1;
      last = byte;
    }
    if (used + copies > CHUNK) {
      yield out.subarray(0, used);
      out = new Uint8Array(CHUNK);
      used = 0;
    }
    out.fill(last, used, used + copies);
    used += copies;
    if (isCount) {
      run = 0;
      last = -1;
    }
  }
  if (used > 0) yield out.subarray(0, used);
}
