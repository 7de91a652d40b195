/** There are fewer bits than requested: more input may bring them. */
export class OutOfBytes extends Error {
  override readonly name = "OutOfBytes";
}

/** Reads bits, the highest of a byte first. */
export class BitReader {
  readonly #bytes: Uint8Array;
  /** The next bit, counted from the first of the bytes. */
  bit: number;

  constructor(bytes: Uint8Array, bit: number) {
    this.#bytes = bytes;
    this.bit = bit;
  }

  /** Bits that are left. */
  get left(): number {
    return this.#bytes.length * 8 - this.bit;
  }

  /**
   * @param count at most 24
   * @throws {OutOfBytes}
   */
  read(count: number): number {
    if (this.left < count) throw new OutOfBytes();
    const at = this.bit >> 3;
    const bytes = this.#bytes;
    const word =
      ((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0);
    const value = (word << (this.bit & 7)) >>> (32 - count);
    this.bit += count;
    return count === 0 ? 0 : value;
  }

  alignToByte(): void {
    this.bit = (this.bit + 7) & ~7;
  }
}
