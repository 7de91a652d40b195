import { Buffer } from "node:buffer";
import { allocateText, detect, detectPieces, HELD_BYTES } from "../detect/index.ts";
import type { Unopened } from "../scan/index.ts";
import { Batch, MAX_BATCHED } from "./batch.ts";
import { wholeText } from "./collector.ts";
import type { Collector } from "./collector.ts";
import { errorWords } from "./error-words.ts";
import { CHUNK_BYTES, fileChunks, readInto, readWhole, SpecialFileError } from "./file-chunks.ts";
import { isContainer } from "./is-container.ts";
import { scanContainer } from "./scan-container.ts";
import type { Step } from "./walk.ts";

type FileStep = Extract<Step, { kind: "file" }>;

/** What `scanFile` uses again for every file. */
export interface ReadBuffers {
  /** For a file that is read by itself. */
  readonly held: Uint8Array<ArrayBuffer>;
  /** For chunks of a file that is read again, for the lines that the report shows. */
  readonly chunk: Buffer;
  /** Small files that are not searched yet. */
  readonly batch: Batch;
}

export function createReadBuffers(): ReadBuffers {
  return {
    held: allocateText(HELD_BYTES),
    chunk: Buffer.allocUnsafeSlow(CHUNK_BYTES),
    batch: new Batch(),
  };
}

/**
 * Scans one file, a small one with the batch that it is added to; a file that cannot be read is a gap. Synchronous, but for
 * archives: with a warm cache a promise for each call costs more than the call, and threads gained nothing when measured
 * on two processors.
 *
 * @returns for an archive, a promise of those in it that could not be opened; null for any other file
 */
export function scanFile(
  file: FileStep,
  buffers: ReadBuffers,
  collector: Collector,
): Promise<readonly Unopened[]> | null {
  const { chunk, batch } = buffers;
  collector.files += 1;
  try {
    const isPlain = addToBatch(file, chunk, batch, collector);
    if (isPlain === true) return null;
    batch.flush();
    return isPlain === null && scanPlain(file, buffers, collector) ? null : scanArchive(file, collector);
  } catch (error) {
    addUnreadable(file, error, collector);
    return null;
  }
}

/** Whether the file is in the batch: an archive is not. Null if it is too large for it. */
function addToBatch(file: FileStep, chunk: Buffer, batch: Batch, collector: Collector): boolean | null {
  const { path, location, follow } = file;
  const at = batch.offsetFor(MAX_BATCHED);
  const length = readInto(location, follow, batch.buffer, at, MAX_BATCHED);
  if (length === null) return null;
  if (isContainer(batch.buffer, at, length, path)) return false;
  collector.bytes += length;
  batch.add(length, (bytes) => {
    collector.addDetected(
      detect(bytes, path, collector.wanted.now),
      wholeText(path, () => fileChunks(location, follow, chunk)),
    );
  });
  return true;
}

async function scanArchive(file: FileStep, collector: Collector): Promise<readonly Unopened[]> {
  try {
    return await scanContainer(file, collector);
  } catch (error) {
    addUnreadable(file, error, collector);
    return [];
  }
}

function addUnreadable({ path }: FileStep, error: unknown, collector: Collector): void {
  const special = error instanceof SpecialFileError;
  collector.addGap({
    reason: special ? "special_file" : "unreadable",
    commit: null,
    path,
    detail: special ? error.message : errorWords(error),
  });
}

/** Whether the file was scanned: an archive is not. */
function scanPlain(
  { location, path, follow }: FileStep,
  { held, chunk }: ReadBuffers,
  collector: Collector,
): boolean {
  const { now } = collector.wanted;
  const detected = readWhole(location, follow, (read) => {
    const first = read(held.subarray(0, CHUNK_BYTES));
    if (isContainer(held, 0, first, path)) return null;
    collector.bytes += first;
    if (first < CHUNK_BYTES) return detect(held.subarray(0, first), path, now);
    return detectPieces(path, now, held, first, (buffer) => {
      const length = read(buffer);
      collector.bytes += length;
      return length;
    });
  });
  if (detected === null) return false;
  collector.addDetected(
    detected,
    wholeText(path, () => fileChunks(location, follow, chunk)),
  );
  return true;
}
