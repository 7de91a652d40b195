/** Bytes that arrive in chunks. The first ones can be peeked at before they are read. */
export class ByteStream {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #peeked: Uint8Array[] = [];
  /** Bytes passed on so far. */
  length = 0;
  /** The error of the source; null if there was none. Tells a broken source from a broken reader. */
  failure: unknown = null;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The first `count` bytes, or all there are; they are still to be read. */
  async head(count: number): Promise<Uint8Array> {
    let length = this.#peeked.reduce((sum, chunk) => sum + chunk.length, 0);
    while (length < count) {
      const chunk = await this.#pull();
      if (chunk === null) break;
      // The source may use its buffer again for the next chunk.
      this.#peeked.push(length === 0 && chunk.length >= count ? chunk : chunk.slice());
      length += chunk.length;
    }
    const [first] = this.#peeked;
    if (first !== undefined && first.length >= count) return first.subarray(0, count);
    return Buffer.concat(this.#peeked).subarray(0, count);
  }

  /** The next bytes, at least one; null at the end. Valid until the next call. */
  async next(): Promise<Uint8Array | null> {
    const chunk = this.#peeked.shift() ?? (await this.#pull());
    this.length += chunk?.length ?? 0;
    return chunk;
  }

  /** Closes the source, whether it was read to its end or not. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #pull(): Promise<Uint8Array | null> {
    try {
      for (;;) {
        const next = await this.#chunks.next();
        if (next.done === true) return null;
        if (next.value.length > 0) return next.value;
      }
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    for (let chunk = await this.next(); chunk !== null; chunk = await this.next()) yield chunk;
  }
}
