import { Buffer } from "node:buffer";
import type { Gap } from "../domain/index.ts";
import { detect, redactText, toFinding } from "../detect/index.ts";
import type { Detected } from "../detect/index.ts";
import type { ReportedDismissal, ReportedFinding, ScanReport } from "../report/index.ts";
import { excerptsFor } from "./excerpts.ts";

/** What a scan is to gather. */
export interface Wanted {
  /** Bounds the age that a key may claim. */
  readonly now: Date;
  readonly explain: boolean;
  readonly excerpts: boolean;
}

/** One piece of text that was searched. */
export interface SearchedText {
  readonly path: string;
  /** Reads the same text once more, for the lines that the report shows. */
  readonly chunksAgain: () => Iterable<Uint8Array>;
  /** Lines of the file that stand before the text; 0 for a whole file. */
  readonly linesBefore: number;
  /** Which lines of the text count, from 1. */
  readonly counts: (line: number, endLine: number) => boolean;
}

/** The shortest credential is longer: a name under this length holds none. */
const SHORTEST = 16;
/** Findings and dismissals that one run reports; more is a gap. Bounds memory where a file is full of keys. */
const REPORTED_AT_MOST = 100_000;

/** Gathers what a scan finds, piece of text by piece of text, redacted as it comes in. */
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
    if (detected.truncated === true) {
      const detail = "more credentials than one file is reported with";
      this.addGap({ reason: "too_many_findings", commit: null, path: text.path, detail });
    }
    if (detected.detections.length > 0) {
      this.#addDetections(detected, text);
    }
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
          finding: toFinding(placed, { place: "content", commit: null, path }),
          path,
          excerpt: excerpts[index] ?? null,
        });
      }
    }
  }

  /** A name is text like any other: a key in it is a leak. */
  addName(path: string, name: string): void {
    if (name.length < SHORTEST) {
      return;
    }
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

  addGap(gap: Gap): void {
    this.#gaps.push({ ...gap, path: gap.path === null ? null : redactedPath(gap.path) });
  }

  report(notes: readonly string[], seconds: number): ScanReport {
    const unreported: Gap = {
      reason: "too_many_findings",
      commit: null,
      path: null,
      detail: `${this.#unreported} more than the ${REPORTED_AT_MOST} that one run reports`,
    };
    return {
      findings: this.#findings,
      dismissals: this.wanted.explain ? this.#dismissals : null,
      gaps: this.#unreported === 0 ? this.#gaps : [...this.#gaps, unreported],
      notes,
      files: this.files,
      bytes: this.bytes,
      seconds,
    };
  }

  #mayReport(reported: readonly unknown[]): boolean {
    if (reported.length < REPORTED_AT_MOST) {
      return true;
    }
    this.#unreported += 1;
    return false;
  }
}

/** A path may itself hold a credential: it is shown redacted. */
export function redactedPath(path: string): string {
  return path.length < SHORTEST ? path : redactText(path);
}

/** A whole file, all of whose lines count. */
export function wholeText(path: string, chunksAgain: () => Iterable<Uint8Array>): SearchedText {
  return { path, chunksAgain, linesBefore: 0, counts: () => true };
}
