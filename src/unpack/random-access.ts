/** Bytes with random access: a zip archive is read from its end. */
export interface RandomAccess {
  readonly size: number;
  /**
   * The bytes `from..to`, as far as there are any.
   *
   * @throws where they cannot be read
   */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** Bytes in memory. */
export function inMemory(bytes: Uint8Array): RandomAccess {
  return { size: bytes.length, read: async (from, to) => bytes.subarray(from, to) };
}

/** A part of it, from the first byte to the last. */
export async function* readRange(
  access: RandomAccess,
  from: number,
  to: number,
): AsyncGenerator<Uint8Array, void> {
  for (let at = from; at < to;) {
    const chunk = await access.read(at, Math.min(to, at + CHUNK));
    if (chunk.length === 0) return;
    yield chunk;
    at += chunk.length;
  }
}

const CHUNK = 1 << 18;
