/**
 * Reads entries of packs. Objects of a chain lie near one another as a rule, so blocks that were read are kept, in the
 * memory in which they are unpacked.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { INPUT_BYTES } from "../../objects/index.ts";

const BLOCK = 1 << 13;
const BLOCKS = 1 << 10;
/** A longer entry is read by itself. */
const MAX_BLOCKS = 8;
/** More packs than anybody has blocks in one. */
const PACK_UNIT = 2 ** 32;
/** Room after the blocks for one entry. */
const ENTRY_BYTES = INPUT_BYTES - BLOCK * BLOCKS;

export class PackInput {
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #entry: number;
  readonly #files: readonly number[];
  /** Which block each place has. */
  readonly #blocks = new Float64Array(BLOCKS).fill(-1);

  /** @param start where in the memory `INPUT_BYTES` are free */
  constructor(memory: ArrayBuffer, start: number, packs: readonly string[]) {
    this.#bytes = Buffer.from(memory);
    this.#start = start;
    this.#entry = start + BLOCK * BLOCKS;
    this.#files = packs.map((path) => openSync(`${path}.pack`, "r"));
  }

  /** No entry is found any more. */
  close(): void {
    for (const file of this.#files) closeSync(file);
  }

  /** Where in the memory an entry is now; null if it is too long or not there. */
  find(pack: number, offset: number, length: number): number | null {
    const block = Math.floor(offset / BLOCK);
    const within = offset - block * BLOCK;
    if (within + length <= BLOCK) return this.#block(pack, block) + within;
    if (length > ENTRY_BYTES) return null;
    if (length > MAX_BLOCKS * BLOCK) return this.#readEntry(pack, offset, length);
    let at = this.#entry;
    for (let from = offset, left = length; left > 0;) {
      const number = Math.floor(from / BLOCK);
      const begin = from - number * BLOCK;
      const size = Math.min(left, BLOCK - begin);
      const there = this.#block(pack, number) + begin;
      this.#bytes.copyWithin(at, there, there + size);
      at += size;
      from += size;
      left -= size;
    }
    return this.#entry;
  }

  #block(pack: number, number: number): number {
    const slot = number % BLOCKS;
    const at = this.#start + slot * BLOCK;
    const key = pack * PACK_UNIT + number;
    if (this.#blocks[slot] === key) return at;
    this.#blocks[slot] = -1;
    const read = this.#read(pack, at, BLOCK, number * BLOCK);
    // Nothing of another block stays where a file ends.
    this.#bytes.fill(0, at + read, at + BLOCK);
    this.#blocks[slot] = key;
    return at;
  }

  #readEntry(pack: number, offset: number, length: number): number | null {
    return this.#read(pack, this.#entry, length, offset) === length ? this.#entry : null;
  }

  #read(pack: number, at: number, length: number, offset: number): number {
    const file = this.#files[pack];
    if (file === undefined) return 0;
    let read = 0;
    while (read < length) {
      const more = readSync(file, this.#bytes, at + read, length - read, offset + read);
      if (more === 0) break;
      read += more;
    }
    return read;
  }
}
