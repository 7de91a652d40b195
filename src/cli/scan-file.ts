import { Buffer } from "node:buffer";
import { createDetector, detect } from "../detect/index.ts";
import type { Detected } from "../detect/index.ts";
import { wholeText } from "./collector.ts";
import type { Collector } from "./collector.ts";
import { errorWords } from "./error-words.ts";
import { CHUNK_BYTES, fileChunks, SpecialFileError } from "./file-chunks.ts";
import type { Step } from "./walk.ts";

/** A buffer that `scanFile` can reuse for every file. */
export function createReadBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(CHUNK_BYTES);
}

/**
 * Scans one file; a file that cannot be read is a gap. Synchronous: with a warm cache a promise for each call costs more
 * than the call, and threads gained nothing when measured on two processors.
 */
export function scanFile(file: Extract<Step, { kind: "file" }>, buffer: Buffer, collector: Collector): void {
  const chunks = (): Generator<Buffer, void> => fileChunks(file.location, file.follow, buffer);
  try {
    collector.files += 1;
    const detected = detectChunks(file.path, chunks(), collector);
    collector.addDetected(detected, wholeText(file.path, chunks));
  } catch (error) {
    const special = error instanceof SpecialFileError;
    collector.addGap({
      reason: special ? "special_file" : "unreadable",
      commit: null,
      path: file.path,
      detail: special ? error.message : errorWords(error),
    });
  }
}

function detectChunks(path: string, chunks: Generator<Buffer, void>, collector: Collector): Detected {
  const { now } = collector.wanted;
  const first = chunks.next();
  if (first.done === true) {
    return { detections: [], dismissals: [] };
  }
  collector.bytes += first.value.length;
  if (first.value.length < CHUNK_BYTES) {
    chunks.return(undefined);
    return detect(first.value, path, now);
  }
  const detector = createDetector(path, now);
  detector.push(first.value);
  for (const chunk of chunks) {
    collector.bytes += chunk.length;
    detector.push(chunk);
  }
  return detector.finish();
}
