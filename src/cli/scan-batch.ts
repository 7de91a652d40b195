import { Buffer } from "node:buffer";
import { createDetector, detect } from "../detect/index.ts";
import type { Detected } from "../detect/index.ts";
import { Collector, wholeText } from "./collector.ts";
import type { Collected, Wanted } from "./collector.ts";
import { errorWords } from "./error-words.ts";
import { CHUNK_BYTES, fileChunks, SpecialFileError } from "./file-chunks.ts";
import type { Step } from "./walk.ts";

/** Steps of a walk that are scanned in one go. */
export interface Batch {
  readonly steps: readonly Step[];
  readonly wanted: Wanted;
}

/**
 * Scans what some steps of a walk came across, synchronously: with a warm cache a promise for each call costs more
 * than the call. The same batch gives the same result in any thread.
 */
export function scanBatch({ steps, wanted }: Batch): Collected {
  const collector = new Collector(wanted);
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  for (const step of steps) {
    switch (step.kind) {
      case "name":
        collector.addName(step.path, step.name);
        break;
      case "file":
        scanFile(step, buffer, collector);
        break;
      case "link":
        // As git stores a link: its content is the text of its target.
        collector.addDetected(
          detect(step.target, step.path, wanted.now),
          wholeText(step.path, () => [step.target]),
        );
        break;
      case "gap":
        collector.addGap(step.gap);
        break;
      case "folder":
      case "excluded":
        break;
    }
  }
  return collector.collected();
}

function scanFile(file: Extract<Step, { kind: "file" }>, buffer: Buffer, collector: Collector): void {
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
