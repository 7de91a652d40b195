/**
 * Reads the body of an answer that Octokit was told not to parse.
 *
 * @returns the bytes; null if there are more than `limit`; the rest is not read
 * @throws TypeError where `body` is no stream
 */
export async function readCapped(body: unknown, limit: number): Promise<Uint8Array | null> {
  if (!(body instanceof ReadableStream)) throw new TypeError("The answer has no body to read.");
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError("The body of the answer is not bytes.");
    size += chunk.length;
    if (size > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
