import type { Buffer } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { Location } from "./folder-entries.ts";

/** Bytes that one read asks for. Files up to this size are handed over in one piece. */
export const CHUNK_BYTES = 1 << 20;

/** The path is not a regular file, or no longer one. Reading it could block for ever. */
export class SpecialFileError extends Error {
  override readonly name = "SpecialFileError";
  readonly code = "special_file";
}

/**
 * The bytes of a regular file, up to `CHUNK_BYTES` at a time. A chunk is valid until the next one is asked for: all
 * are views of `buffer`.
 *
 * @param buffer of at least `CHUNK_BYTES`
 * @throws {SpecialFileError} also where the path became one after it was listed
 */
export function* fileChunks(location: Location, follow: boolean, buffer: Buffer): Generator<Buffer, void> {
  // Without O_NONBLOCK, to open a named pipe waits for a writer.
  const file = openSync(
    location,
    constants.O_RDONLY | constants.O_NONBLOCK | (follow ? 0 : constants.O_NOFOLLOW),
  );
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) {
      throw new SpecialFileError("it is no longer a regular file");
    }
    // A file in /proc has no size. Any other that fits one read needs no second one.
    const enough = stats.size > 0 && stats.size < CHUNK_BYTES ? stats.size : CHUNK_BYTES;
    for (;;) {
      const length = fill(file, buffer, enough);
      if (length > 0) {
        yield buffer.subarray(0, length);
      }
      if (length < CHUNK_BYTES) {
        return;
      }
    }
  } finally {
    closeSync(file);
  }
}

/** Reads until there are `enough` bytes or the file ends. Returns how many there are. */
function fill(file: number, buffer: Buffer, enough: number): number {
  let length = 0;
  while (length < enough) {
    const read = readSync(file, buffer, length, CHUNK_BYTES - length, null);
    if (read === 0) {
      break;
    }
    length += read;
  }
  return length;
}
