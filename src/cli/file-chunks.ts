import { Buffer } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { RandomAccess } from "../unpack/index.ts";
import type { Location } from "./folder-entries.ts";

/** Bytes that one read asks for. Files up to this size are handed over in one piece. */
export const CHUNK_BYTES = 1 << 20;

/** The path is not a regular file, or no longer one. Reading it could block for ever. */
export class SpecialFileError extends Error {
  override readonly name = "SpecialFileError";
  readonly code = "special_file";
}

/**
 * Opens a regular file to read any part of it. `use` has it until its promise settles.
 *
 * @throws {SpecialFileError} also where the path became one after it was listed
 */
export async function withFile<T>(
  location: Location,
  follow: boolean,
  use: (access: RandomAccess) => Promise<T>,
): Promise<T> {
  const { file, size } = openRegular(location, follow);
  try {
    return await use({
      size,
      async read(from, to) {
        const bytes = Buffer.allocUnsafe(Math.max(0, to - from));
        return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
      },
    });
  } finally {
    closeSync(file);
  }
}

function openRegular(location: Location, follow: boolean): { readonly file: number; readonly size: number } {
  // Without O_NONBLOCK, to open a named pipe waits for a writer.
  const file = openSync(
    location,
    constants.O_RDONLY | constants.O_NONBLOCK | (follow ? 0 : constants.O_NOFOLLOW),
  );
  const stats = fstatSync(file);
  if (stats.isFile()) return { file, size: stats.size };
  closeSync(file);
  throw new SpecialFileError("it is no longer a regular file");
}

/**
 * Reads a whole regular file into `buffer` from the offset `at`, which has room for `room` bytes.
 *
 * @returns its length; null if it does not fit, or its size was not what the file system said
 * @throws {SpecialFileError} also where the path became one after it was listed
 */
export function readInto(
  location: Location,
  follow: boolean,
  buffer: Uint8Array,
  at: number,
  room: number,
): number | null {
  const { file, size } = openRegular(location, follow);
  try {
    // One byte more, to see that the file ends.
    if (size === 0 || size >= room) return null;
    return readSync(file, buffer, at, size + 1, null) === size ? size : null;
  } finally {
    closeSync(file);
  }
}

/**
 * Opens a regular file and reads it piece by piece while `use` runs: `read` fills a buffer as far as there are bytes.
 *
 * @throws {SpecialFileError} also where the path became one after it was listed
 */
export function readWhole<T>(
  location: Location,
  follow: boolean,
  use: (read: (buffer: Uint8Array) => number) => T,
): T {
  const { file, size } = openRegular(location, follow);
  let place = 0;
  try {
    return use((buffer) => {
      // A file in /proc has no size. Any other that fits one read needs no second one.
      const enough = size > place ? Math.min(buffer.length, size - place) : buffer.length;
      const length = fill(file, buffer, enough);
      place += length;
      return length;
    });
  } finally {
    closeSync(file);
  }
}

/**
 * The bytes of a regular file, up to `CHUNK_BYTES` at a time. A chunk is valid until the next one is asked for: all
 * are views of `buffer`.
 *
 * @param buffer of at least `CHUNK_BYTES`
 * @throws {SpecialFileError} also where the path became one after it was listed
 */
export function* fileChunks(location: Location, follow: boolean, buffer: Buffer): Generator<Buffer, void> {
  const { file, size } = openRegular(location, follow);
  try {
    // A file in /proc has no size. Any other that fits one read needs no second one.
    const enough = size > 0 && size < CHUNK_BYTES ? size : CHUNK_BYTES;
    for (;;) {
      const length = fill(file, buffer.subarray(0, CHUNK_BYTES), enough);
      if (length > 0) yield buffer.subarray(0, length);

      if (length < CHUNK_BYTES) return;
    }
  } finally {
    closeSync(file);
  }
}

/** Reads until there are `enough` bytes, the buffer is full or the file ends. Returns how many there are. */
function fill(file: number, buffer: Uint8Array, enough: number): number {
  let length = 0;
  while (length < enough) {
    const read = readSync(file, buffer, length, buffer.length - length, null);
    if (read === 0) break;

    length += read;
  }
  return length;
}
