import { Buffer } from "node:buffer";
import type { Gap } from "../domain/index.ts";
import { detect, redactText, toFinding } from "../detect/index.ts";
import type { Detected } from "../detect/index.ts";
import type { ReportedDismissal, ReportedFinding, ScanReport } from "../report/index.ts";
import type { Batch } from "./batch.ts";
import { excerptsFor } from "./excerpts.ts";

/**
 * Gathers what one run of the command line finds, piece of text by piece of text. Everything is redacted on the way in:
 * paths too, which may themselves hold a key. It bounds how much one run reports, and turns the rest into a gap.
 */

/** What a scan gathers. */
export interface Wanted {
  /** A key cannot be from later than this. */
  readonly now: Date;
  readonly explain: boolean;
  readonly excerpts: boolean;
}

/** One piece of text that was searched. */
export interface SearchedText {
  readonly path: string;
  /** Reads the same text again, for the lines that the report shows. */
  readonly chunksAgain: () => Iterable<Uint8Array>;
  /** Lines of the file before the text; 0 for a whole file. */
  readonly linesBefore: number;
  /** Which lines of the text count, from 1. */
  readonly counts: (line: number, endLine: number) => boolean;
  /** What the text is. Left out: content. */
  readonly place?: "content" | "path";
}

/** Every credential is longer: a name below this length holds none. */
const MIN_CREDENTIAL_LENGTH = 16;
/** Findings and dismissals that one run reports; more is a gap. Bounds memory if a file is full of keys. */
const MAX_REPORTED = 100_000;

export class Collector {
  readonly wanted: Wanted;
  readonly #findings: ReportedFinding[] = [];
  readonly #dismissals: ReportedDismissal[] = [];
  readonly #gaps: Gap[] = [];
  #unreported = 0;
  files = 0;
  bytes = 0;

  constructor(wanted: Wanted) {
    this.wanted = wanted;
  }

  addDetected(detected: Detected, text: SearchedText): void {
    if (detected.truncated === true) this.addTruncated(text.path);

    if (detected.detections.length > 0) this.#addDetections(detected, text);

    if (this.wanted.explain) {
      for (const dismissal of detected.dismissals) {
        if (text.counts(dismissal.line, dismissal.line) && this.#mayReport(this.#dismissals)) {
          this.#dismissals.push({
            path: redactedPath(text.path),
            dismissal: { ...dismissal, line: dismissal.line + text.linesBefore },
          });
        }
      }
    }
  }

  #addDetections({ detections }: Detected, text: SearchedText): void {
    const path = redactedPath(text.path);
    const excerpts = this.wanted.excerpts ? excerptsFor(detections, text.chunksAgain()) : [];
    for (const [index, detection] of detections.entries()) {
      if (text.counts(detection.line, detection.endLine) && this.#mayReport(this.#findings)) {
        const { line, endLine } = detection;
        const placed = { ...detection, line: line + text.linesBefore, endLine: endLine + text.linesBefore };
        this.#findings.push({
          finding: toFinding(placed, { place: text.place ?? "content", commit: null, path }),
          path,
          excerpt: excerpts[index] ?? null,
        });
      }
    }
  }

  /** The same with the next texts of a batch. */
  addNameTo(batch: Batch, path: string, name: string): void {
    if (name.length >= MIN_CREDENTIAL_LENGTH) batch.addText(name, () => this.addName(path, name));
  }

  /** A name is text like any other: a key in it is a leak. */
  addName(path: string, name: string): void {
    if (name.length < MIN_CREDENTIAL_LENGTH) return;

    for (const detection of detect(Buffer.from(name), null, this.wanted.now).detections) {
      const shown = redactedPath(path);
      if (this.#mayReport(this.#findings)) {
        this.#findings.push({
          finding: toFinding(detection, { place: "path", commit: null, path: shown }),
          path: shown,
          excerpt: null,
        });
      }
    }
  }

  /** More was found in the file than is listed. */
  addTruncated(path: string): void {
    const detail = "the others in this file are not listed";
    this.addGap({ reason: "too_many_findings", commit: null, path, detail });
  }

  addGap(gap: Gap): void {
    this.#gaps.push({ ...gap, path: gap.path === null ? null : redactedPath(gap.path) });
  }

  report(notes: readonly string[], seconds: number): ScanReport {
    return {
      findings: this.#findings,
      dismissals: this.wanted.explain ? this.#dismissals : null,
      gaps: this.#unreported === 0 ? this.#gaps : [...this.#gaps, unreportedGap(this.#unreported)],
      notes,
      files: this.files,
      bytes: this.bytes,
      seconds,
    };
  }

  #mayReport(reported: readonly unknown[]): boolean {
    if (reported.length < MAX_REPORTED) return true;

    this.#unreported += 1;
    return false;
  }
}

function unreportedGap(unreported: number): Gap {
  const detail = `${unreported.toLocaleString("en-US")} more are not listed`;
  return { reason: "too_many_findings", commit: null, path: null, detail };
}

/** A path may itself hold a credential: it is shown redacted. */
export function redactedPath(path: string): string {
  return path.length < MIN_CREDENTIAL_LENGTH ? path : redactText(path);
}

/** A whole file, all of whose lines count. */
export function wholeText(path: string, chunksAgain: () => Iterable<Uint8Array>): SearchedText {
  return { path, chunksAgain, linesBefore: 0, counts: () => true };
}
