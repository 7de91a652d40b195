/**
 * The ids that objects name, to find out which of them are not there. Most entries of a tree were in the tree before it,
 * so a small cache leaves about one in fifteen; each of those is passed on as the first eight bytes of its id.
 */

/** Bytes of an id that are passed on. Two objects of one repository never share them but by design. */
export const REFERENCE_BYTES = 8;

const CACHE_SLOTS = 1 << 16;
const BLOCK_REFERENCES = 1 << 12;

export class References {
  readonly #write: (block: Uint8Array) => void;
  readonly #seen = new Int32Array(2 * CACHE_SLOTS);
  readonly #block = new Int32Array(2 * BLOCK_REFERENCES);
  #length = 0;

  /** @param write takes a block; it is valid during the call */
  constructor(write: (block: Uint8Array) => void) {
    this.#write = write;
  }

  /** The id whose bytes begin at a place. */
  add(bytes: Uint8Array, at: number): void {
    const low = wordAt(bytes, at);
    const high = wordAt(bytes, at + 4);
    const slot = (low & (CACHE_SLOTS - 1)) << 1;
    if (this.#seen[slot] === low && this.#seen[slot + 1] === high) return;
    this.#seen[slot] = low;
    this.#seen[slot + 1] = high;
    this.#block[this.#length++] = low;
    this.#block[this.#length++] = high;
    if (this.#length === this.#block.length) this.flush();
  }

  flush(): void {
    this.#write(new Uint8Array(this.#block.buffer, 0, 4 * this.#length));
    this.#length = 0;
  }
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}
