import { Buffer } from "node:buffer";
import { createDetector, detect } from "../detect/index.ts";
import { looksLikePatch, PatchReader, touchesAdded } from "../diff/index.ts";
import type { Hunk, PatchFile, PatchRecord, PatchText } from "../diff/index.ts";
import { wholeText } from "./collector.ts";
import type { Collector } from "./collector.ts";
import type { Progress } from "./progress.ts";

/** How text from standard input is named where it has no path. */
const STDIN_PATH = "<stdin>";

/** What is read before it is decided whether the input is a patch, in bytes. */
const DECIDE_ON = 1 << 20;

/**
 * Reads a patch or any other text, chunk by chunk. Of a patch, the lines that it adds count, and all that is no diff
 * (commit messages, mail headers); its context lines serve as context, the lines that it removes are not read.
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
      push = headLength >= DECIDE_ON ? begin() : null;
    } else {
      push(chunk);
    }
    progress.update(collector.files, collector.bytes);
  }
  if (push === null) {
    begin();
  }
  addRecords(patch.end(), now, collector);
  collector.addDetected(
    detector.finish(),
    wholeText(STDIN_PATH, () => kept.chunks()),
  );
  collector.files = Math.max(1, collector.files);
}

/** The beginning of the input, kept for the lines that the report shows: standard input cannot be read twice. */
class KeptHead {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  push(chunk: Uint8Array): void {
    if (this.#length < DECIDE_ON) {
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
    if (record.kind === "file") {
      addFile(record, now, collector);
    } else {
      addText(record, now, collector);
    }
  }
}

function addFile(file: PatchFile, now: Date, collector: Collector): void {
  collector.files += 1;
  const path = file.newPath ?? file.oldPath ?? STDIN_PATH;
  if (file.newPath !== null && file.change !== "changed") {
    collector.addName(path, file.newPath);
  }
  for (const hunk of file.hunks) {
    addHunk(path, hunk, now, collector);
  }
  if (file.binary && file.newPath !== null) {
    collector.addGap({
      reason: "no_patch",
      commit: file.commit,
      path,
      detail: "a binary file, whose content the patch does not show; scan the file itself",
    });
  }
  if (file.problem !== null) {
    collector.addGap({ reason: "no_patch", commit: file.commit, path, detail: file.problem });
  }
}

/** The hunk is read whole, for context; what touches an added line is reported. */
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
