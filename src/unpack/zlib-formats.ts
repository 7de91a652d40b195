import zlib from "node:zlib";
import { ArchiveError } from "./archive-error.ts";
import type { ByteStream } from "./byte-stream.ts";
import { isZstdFrame } from "./formats.ts";
import { megabytes, UnpackLimitError } from "./limits.ts";

/** Bytes that come out at once. */
const CHUNK = 64 * 1024;

/** A frame that needs a larger window (memory) is not read: 64 MB, eight times as much as usual levels use. */
const MAX_ZSTD_WINDOW_LOG = 26;

/** The streams of node:zlib, as far as they are used here. */
type Decompressor = ReturnType<
  typeof zlib.createGunzip | typeof zlib.createBrotliDecompress | typeof zlib.createZstdDecompress
>;

interface ZlibFormat {
  readonly create: () => Decompressor;
  /** Whether more of the same begins with these bytes, which the stream before did not take. */
  readonly goesOn: (rest: Uint8Array) => boolean;
}

const FORMATS = {
  // Members that follow one another are read by node:zlib itself.
  gzip: { create: () => zlib.createGunzip({ chunkSize: CHUNK }), goesOn: () => false },
  deflate: { create: () => zlib.createInflateRaw({ chunkSize: CHUNK }), goesOn: () => false },
  brotli: { create: () => zlib.createBrotliDecompress({ chunkSize: CHUNK }), goesOn: () => false },
  zstd: {
    create: createZstdDecompress,
    goesOn: isZstdFrame,
  },
} satisfies Record<string, ZlibFormat>;

/** @throws {ArchiveError} in Node before 22.15, on which the package of the command line runs too */
function createZstdDecompress(): Decompressor {
  if (!("createZstdDecompress" in zlib))
    throw new ArchiveError("unsupported", "this version of Node has no zstd");
  return zlib.createZstdDecompress({
    chunkSize: CHUNK,
    params: { [zlib.constants.ZSTD_d_windowLogMax]: MAX_ZSTD_WINDOW_LOG },
  });
}

/**
 * Decompresses with node:zlib, no more than a chunk ahead of the reader.
 *
 * @throws {ArchiveError} if the data is damaged or cut off, after everything readable was returned
 */
export async function* throughZlib(
  input: ByteStream,
  format: keyof typeof FORMATS,
): AsyncGenerator<Uint8Array, void> {
  const { create, goesOn }: ZlibFormat = FORMATS[format];
  let rest: Uint8Array | null = null;
  do {
    const stream = create();
    const feeding = feed(input, rest, stream);
    try {
      for await (const chunk of stream) if (chunk instanceof Uint8Array) yield chunk;
    } catch (error) {
      throw input.failure ?? errorOf(error);
    } finally {
      stream.destroy();
    }
    rest = await feeding;
  } while (rest !== null && goesOn(rest));
}

/** Feeds the stream, and returns the bytes after its end in the same chunk. Failures go to the stream. */
async function feed(
  input: ByteStream,
  first: Uint8Array | null,
  stream: Decompressor,
): Promise<Uint8Array | null> {
  let given = 0;
  try {
    for (let chunk = first ?? (await input.next()); chunk !== null; chunk = await input.next()) {
      if (!(await wrote(stream, chunk))) return null;
      given += chunk.length;
      if (stream.bytesWritten < given) {
        stream.end();
        return chunk.subarray(chunk.length - (given - stream.bytesWritten));
      }
    }
    stream.end();
  } catch (error) {
    stream.destroy(error instanceof Error ? error : new Error("the source failed", { cause: error }));
  }
  return null;
}

/** Whether the stream took the chunk; if not, its reader gets the error. */
function wrote(stream: Decompressor, chunk: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    stream.write(chunk, (error) => {
      resolve(error === null || error === undefined);
    });
  });
}

function errorOf(error: unknown): Error {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ZSTD_error_frameParameter_windowTooLarge") {
    return new UnpackLimitError(
      `it needs more than ${megabytes(2 ** MAX_ZSTD_WINDOW_LOG)} of memory to unpack`,
    );
  }
  return new ArchiveError("damaged", "node:zlib cannot read it", error);
}
