import { Buffer } from "node:buffer";
import { createDetector, detect } from "../detect/index.ts";
import type { Detected } from "../detect/index.ts";
import { redactedPath, wholeText } from "./collector.ts";
import type { Collector } from "./collector.ts";
import { errorWords } from "./error-words.ts";
import { CHUNK_BYTES, fileChunks, SpecialFileError } from "./file-chunks.ts";
import type { Progress } from "./progress.ts";
import { walk } from "./walk.ts";
import type { Location } from "./walk.ts";

/** Paths that a note names; the rest is counted. */
const NAMED = 5;

/**
 * Reads files and folders, one file at a time: memory does not grow with their number or size.
 *
 * @returns notes on what such a scan does not look into
 */
export function scanFiles(
  paths: readonly string[],
  exclude: readonly string[],
  now: Date,
  collector: Collector,
  progress: Progress,
): readonly string[] {
  const outsideLinks: string[] = [];
  const repositories: string[] = [];
  const excluded: string[] = [];
  const given = new Set(paths);
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  for (const step of walk(paths, exclude)) {
    switch (step.kind) {
      case "file":
        scanFile({ ...step, follow: given.has(step.location.toString()) }, now, buffer, collector);
        progress.update(collector.files, collector.bytes);
        break;
      case "link":
        // As git stores a link: its content is the text of its target.
        collector.addDetected(
          detect(step.target, step.path, now),
          wholeText(step.path, () => [step.target]),
        );
        if (step.outside) {
          outsideLinks.push(step.path);
        }
        break;
      case "name":
        collector.addName(step.path, step.name);
        break;
      case "folder":
        if (step.path === ".git" || step.path.endsWith("/.git")) {
          repositories.push(step.path);
        }
        break;
      case "excluded":
        excluded.push(step.path);
        break;
      case "gap":
        collector.addGap(step.gap);
        break;
    }
  }
  return [
    ...note(
      outsideLinks,
      "symbolic link leads",
      "symbolic links lead",
      "out of what was scanned, or nowhere; not followed",
    ),
    ...note(excluded, "path was", "paths were", "left out by --exclude"),
    ...note(
      repositories,
      "git folder was",
      "git folders were",
      "read as plain files; the history packed in there is compressed and was not searched",
    ),
  ];
}

interface FileToRead {
  readonly location: Location;
  readonly path: string;
  /** Whether it may be a symbolic link: where the person named it. */
  readonly follow: boolean;
}

function scanFile(file: FileToRead, now: Date, buffer: Buffer, collector: Collector): void {
  const chunks = (): Generator<Buffer, void> => fileChunks(file.location, file.follow, buffer);
  try {
    collector.files += 1;
    const detected = detectChunks(file.path, chunks(), now, collector);
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

function detectChunks(
  path: string,
  chunks: Generator<Buffer, void>,
  now: Date,
  collector: Collector,
): Detected {
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

function note(paths: readonly string[], one: string, many: string, words: string): readonly string[] {
  if (paths.length === 0) {
    return [];
  }
  const named = paths.slice(0, NAMED).map(redactedPath).join(", ");
  const more = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : "";
  return [`${paths.length} ${paths.length === 1 ? one : many} ${words}: ${named}${more}`];
}
