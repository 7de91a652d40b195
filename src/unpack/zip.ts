/**
 * Reads zip archives by their central directory, as unzip does: entries that it does not name are found only by searching
 * the archive's own bytes. Names are decoded and passed on unchanged, including `../`; stated sizes are not trusted. Skips
 * encrypted entries and rare methods, one by one: the other entries are read.
 */
import { isUtf8 } from "node:buffer";
import { callbackify } from "node:util";
import { inflateRawSync } from "node:zlib";
import { fromRandomAccessReaderPromise, getFileNameLowLevel, RandomAccessReader } from "yauzl";
import type { Entry, ZipFile } from "yauzl";
import { ArchiveError } from "./archive-error.ts";
import { throughBzip2 } from "./bzip2.ts";
import { ByteStream } from "./byte-stream.ts";
import { readRange } from "./random-access.ts";
import type { RandomAccess } from "./random-access.ts";
import type { ArchiveFile } from "./tar.ts";
import { throughZlib } from "./zlib-formats.ts";

/** Up to this many compressed bytes are inflated in one call: a stream costs more than most files of an archive. */
const SMALL = 64 * 1024;
const MAX_SMALL_OUTPUT = 1024 ** 2;

/** One file, or why it cannot be read. */
export type ZipItem =
  | { readonly kind: "file"; readonly file: ArchiveFile }
  | { readonly kind: "unopened"; readonly error: ArchiveError };

/**
 * The files of a zip archive, in the order of its directory.
 *
 * @throws {ArchiveError} if the directory is damaged or missing, after everything readable was returned
 */
export async function* readZip(access: RandomAccess): AsyncGenerator<ZipItem, void> {
  const reader = new AccessReader(access);
  try {
    const zip = await fromRandomAccessReaderPromise(reader, access.size, {
      autoClose: false,
      decodeStrings: false,
      validateEntrySizes: false,
    });
    for await (const entry of zip.eachEntry()) {
      const name = nameOf(entry);
      if (entry.compressedSize === 0 || name.endsWith("/")) continue;
      yield await openEntry(zip, entry, name, reader);
    }
  } catch (error) {
    throw reader.failure ?? new ArchiveError("damaged", "the zip archive's directory is damaged", error);
  }
}

/** Many tools write UTF-8 and do not say so. */
function nameOf({ fileNameRaw, generalPurposeBitFlag, extraFields }: Entry): string {
  return isUtf8(fileNameRaw)
    ? fileNameRaw.toString("utf8").replaceAll("\\", "/")
    : getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
}

async function openEntry(zip: ZipFile, entry: Entry, name: string, reader: AccessReader): Promise<ZipItem> {
  if (entry.isEncrypted()) return unopened(new ArchiveError("encrypted", "an entry is encrypted"));
  let start: number;
  try {
    ({ fileDataStart: start } = await zip.readLocalFileHeaderPromise(entry, { minimal: true }));
  } catch (error) {
    if (reader.failure !== null) throw error;
    return unopened(new ArchiveError("damaged", "an entry does not begin where the directory says", error));
  }
  const raw = new ByteStream(readRange(reader.access, start, start + entry.compressedSize));
  const content = await decompressed(entry, raw);
  if (content !== null) return { kind: "file", file: { name, content } };
  return unopened(new ArchiveError("unsupported", `compression method ${entry.compressionMethod}`));
}

function unopened(error: ArchiveError): ZipItem {
  return { kind: "unopened", error };
}

/** By the methods of APPNOTE.TXT, 4.4.5; null for one that is not read. */
async function decompressed(entry: Entry, raw: ByteStream): Promise<AsyncIterable<Uint8Array> | null> {
  switch (entry.compressionMethod) {
    case 0:
      return raw;
    case 8:
      return (entry.compressedSize <= SMALL ? await inflatedSmall(raw) : null) ?? throughZlib(raw, "deflate");
    case 12:
      return throughBzip2(raw);
    case 93:
      return throughZlib(raw, "zstd");
    default:
      return null;
  }
}

/** The whole entry at once; null if it is large or damaged, and then `raw` is not read. */
async function inflatedSmall(raw: ByteStream): Promise<AsyncIterable<Uint8Array> | null> {
  const head = await raw.head(SMALL);
  try {
    const bytes = inflateRawSync(head, { maxOutputLength: MAX_SMALL_OUTPUT });
    return new ByteStream(once(bytes));
  } catch {
    return null;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}

/** Reads for yauzl. */
class AccessReader extends RandomAccessReader {
  readonly access: RandomAccess;
  /** The error of the access, to tell it from a damaged archive. */
  failure: unknown = null;

  constructor(access: RandomAccess) {
    super();
    this.access = access;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    callbackify(async () => await this.#fill(buffer.subarray(offset, offset + length), position))(callback);
  }

  async #fill(buffer: Buffer, position: number): Promise<void> {
    let bytes: Uint8Array;
    try {
      bytes = await this.access.read(position, position + buffer.length);
    } catch (error) {
      this.failure = error;
      throw error;
    }
    if (bytes.length < buffer.length) throw new ArchiveError("damaged", "the archive ends too early");
    buffer.set(bytes);
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }
}
