const LINE_FEED = 0x0a;

/**
 * Cuts chunks of bytes into lines at LF alone (a CR belongs to its line, as in git), without the LF. A line
 * that lies within one chunk is a view of it; one that spans chunks is copied once, however many it spans.
 */
export class LineSplitter {
  #pending: Uint8Array[] = [];

  push(chunk: Uint8Array, take: (line: Uint8Array) => void): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      if (end === -1) break;
      const piece = chunk.subarray(start, end);
      take(this.#pending.length === 0 ? piece : this.#join(piece));
      start = end + 1;
    }
    if (start < chunk.length) this.#pending.push(chunk.slice(start));
  }

  /** Hands over the last line, if the input did not end in LF. */
  end(take: (line: Uint8Array) => void): void {
    if (this.#pending.length > 0) take(this.#join(new Uint8Array(0)));
  }

  #join(last: Uint8Array): Uint8Array {
    const pieces = [...this.#pending, last];
    this.#pending = [];
    return concatBytes(pieces);
  }
}

/** One array of all the bytes, in order. */
export function concatBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const only = pieces.length === 1 ? pieces[0] : undefined;
  if (only !== undefined) return only;
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
