import xzDecompress from "xz-decompress";
import { ArchiveError } from "./archive-error.ts";
import type { ByteStream } from "./byte-stream.ts";
import { UnpackLimitError } from "./limits.ts";

/** What `xz_dec_run` of XZ Embedded answers (linux/xz.h). */
const NO_MEMORY = 3;
const MEMORY_LIMIT = 4;
const UNSUPPORTED = 6;

/**
 * Decompresses xz, also several streams in a row. The package has one decoder per process: while one stream is open, a
 * second one waits for it. A stream inside another must not be opened before the outer one ends.
 *
 * @throws {ArchiveError} if the data is damaged, cut off or filtered, after everything readable was returned
 */
export async function* throughXz(input: ByteStream): AsyncGenerator<Uint8Array, void> {
  const stream = new xzDecompress.XzReadableStream(ReadableStream.from(copies(input)));
  try {
    for await (const chunk of stream) yield chunk;
  } catch (error) {
    throw input.failure ?? errorOf(error);
  }
}

/** The decoder keeps a chunk while it asks for the next. */
async function* copies(input: ByteStream): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of input) yield chunk.slice();
}

function errorOf(error: unknown): Error {
  const code = error instanceof Error ? Number(/error code (\d+)/.exec(error.message)?.[1]) : NaN;
  if (code === NO_MEMORY || code === MEMORY_LIMIT)
    return new UnpackLimitError("it needs more memory to unpack than is given", { cause: error });

  if (code === UNSUPPORTED) return new ArchiveError("unsupported", "a filter or check of xz", error);
  return new ArchiveError("damaged", "xz data is damaged or cut off", error);
}
