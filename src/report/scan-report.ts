import type { Finding, Gap } from "../domain/index.ts";
import type { Dismissal } from "../detect/index.ts";
import type { Excerpt } from "./excerpt.ts";

/** A finding of the command line, with its line of source where the report shows one. */
export interface ReportedFinding {
  readonly finding: Finding;
  /** Path as the report shows it; `<stdin>` for text from standard input. A credential in it is redacted. */
  readonly path: string;
  /** Null where it was not asked for, or cannot be shown without risk. */
  readonly excerpt: Excerpt | null;
}

export interface ReportedDismissal {
  readonly path: string;
  readonly dismissal: Dismissal;
}

/** All that one run of the command line has to say. */
export interface ScanReport {
  /** In the order in which files were read, and of position within each. */
  readonly findings: readonly ReportedFinding[];
  /** What looked like a credential and is none; null where `--explain` was not given. */
  readonly dismissals: readonly ReportedDismissal[] | null;
  readonly gaps: readonly Gap[];
  /** Plain sentences on what the scan by its nature did not look into, such as the target of a link. */
  readonly notes: readonly string[];
  readonly files: number;
  readonly bytes: number;
  readonly seconds: number;
}
