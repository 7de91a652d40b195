/** Bytes that come in chunks, of which the first may be looked at before they are read. */
export class ByteStream {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #peeked: Uint8Array[] = [];
  /** Bytes handed over so far. */
  length = 0;
  /** What the source threw; null as long as it did not. Tells a broken source from a broken reader of it. */
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

  /** The next bytes, never none; null at the end. Valid until the next are asked for. */
  async next(): Promise<Uint8Array | null> {
    const chunk = this.#peeked.shift() ?? (await this.#pull());
    this.length += chunk?.length ?? 0;
    return chunk;
  }

  /** Lets the source go, read to its end or not. */
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
