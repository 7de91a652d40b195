import { Buffer } from "node:buffer";
import { createDetector, detect } from "../detect/index.ts";
import { looksLikePatch, PatchReader, touchesAdded } from "../diff/index.ts";
import type { Hunk, PatchFile, PatchRecord, PatchText } from "../diff/index.ts";
import { wholeText } from "./collector.ts";
import type { Collector } from "./collector.ts";
import type { Progress } from "./progress.ts";

/**
 * Scans standard input, which it decides from its beginning to be a patch or plain text. It holds one file of a patch at
 * a time, and of plain text only the beginning.
 */

/** The name of text from standard input that has no path. */
const STDIN_PATH = "<stdin>";

/** Bytes that are read before deciding whether the input is a patch. */
const DECISION_BYTES = 1 << 20;

/**
 * Reads a patch or any other text, chunk by chunk. In a patch, added lines count, and so does everything outside the
 * diffs (commit messages, mail headers). Context lines only give context; removed lines are not read.
 */
export async function scanStdin(
  chunks: AsyncIterable<Uint8Array>,
  collector: Collector,
  progress: Progress,
): Promise<void> {
  const { now } = collector.wanted;
  let head: Uint8Array[] = [];
  let headLength = 0;
  let push: ((chunk: Uint8Array) => void) | null = null;
  const patch = new PatchReader();
  const detector = createDetector(null, now);
  const kept = new KeptHead();
  const begin = (): ((chunk: Uint8Array) => void) => {
    const start = Buffer.concat(head);
    head = [];
    const isPatch = looksLikePatch(start);
    const take = isPatch
      ? (chunk: Uint8Array) => addRecords(patch.push(chunk), now, collector)
      : (chunk: Uint8Array) => {
          kept.push(chunk);
          detector.push(chunk);
        };
    take(start);
    return take;
  };
  for await (const chunk of chunks) {
    collector.bytes += chunk.length;
    if (push === null) {
      head.push(chunk);
      headLength += chunk.length;
      push = headLength >= DECISION_BYTES ? begin() : null;
    } else {
      push(chunk);
    }
    progress.update(collector.files, collector.bytes);
  }
  if (push === null) begin();

  addRecords(patch.end(), now, collector);
  collector.addDetected(
    detector.finish(),
    wholeText(STDIN_PATH, () => kept.chunks()),
  );
  collector.files = Math.max(1, collector.files);
}

/** The beginning of the input, kept for the excerpts in the report: standard input cannot be read twice. */
class KeptHead {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  push(chunk: Uint8Array): void {
    if (this.#length < DECISION_BYTES) {
      this.#chunks.push(Uint8Array.from(chunk));
      this.#length += chunk.length;
    }
  }

  chunks(): readonly Uint8Array[] {
    return this.#chunks;
  }
}

function addRecords(records: readonly PatchRecord[], now: Date, collector: Collector): void {
  for (const record of records) {
    if (record.kind === "file") addFile(record, now, collector);
    else addText(record, now, collector);
  }
}

function addFile(file: PatchFile, now: Date, collector: Collector): void {
  collector.files += 1;
  const path = file.newPath ?? file.oldPath ?? STDIN_PATH;
  if (file.newPath !== null && file.change !== "changed") collector.addName(path, file.newPath);

  for (const hunk of file.hunks) addHunk(path, hunk, now, collector);

  if (file.binary && file.newPath !== null) {
    collector.addGap({
      reason: "no_patch",
      commit: file.commit,
      path,
      detail: "it is a binary file; scan the file itself",
    });
  }
  if (file.problem !== null)
    collector.addGap({ reason: "no_patch", commit: file.commit, path, detail: file.problem });
}

/** Reads the whole hunk, for context, and reports what touches an added line. */
function addHunk(path: string, hunk: Hunk, now: Date, collector: Collector): void {
  const linesBefore = hunk.newStart - 1;
  collector.addDetected(detect(hunk.text, path, now), {
    path,
    chunksAgain: () => [hunk.text],
    linesBefore,
    counts: (line, endLine) => touchesAdded([hunk], line + linesBefore, endLine + linesBefore),
  });
}

function addText(text: PatchText, now: Date, collector: Collector): void {
  collector.addDetected(detect(text.bytes, null, now), {
    ...wholeText(STDIN_PATH, () => [text.bytes]),
    linesBefore: text.line - 1,
  });
}
