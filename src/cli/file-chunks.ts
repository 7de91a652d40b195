import type { Buffer } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { Location } from "./walk.ts";

/** Bytes that one read asks for. Files up to this size are handed over in one piece. */
export const CHUNK_BYTES = 1 << 20;

/** The path names something that is no regular file (any more); reading it could wait for ever. */
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
    if (!fstatSync(file).isFile()) {
      throw new SpecialFileError("it is no longer a regular file");
    }
    for (;;) {
      const length = fill(file, buffer);
      if (length > 0) {
        yield buffer.subarray(0, length);
      }
      // The size that the system states is no guide: it is 0 in /proc, and a log grows while it is read.
      if (length < CHUNK_BYTES) {
        return;
      }
    }
  } finally {
    closeSync(file);
  }
}

/** Reads until the chunk is full or the file ends. */
function fill(file: number, buffer: Buffer): number {
  let length = 0;
  while (length < CHUNK_BYTES) {
    const read = readSync(file, buffer, length, CHUNK_BYTES - length, null);
    if (read === 0) {
      break;
    }
    length += read;
  }
  return length;
}
