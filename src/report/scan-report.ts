import type { Finding, Gap } from "../domain/index.ts";
import type { Dismissal } from "../detect/index.ts";
import type { Excerpt } from "./excerpt.ts";

/** Where a finding of a history came in. Names in it are redacted. */
export interface ReportedOrigin {
  /** Of the commit: name and address; null where no commit introduced it. */
  readonly author: string | null;
  /** When the commit was authored, ISO 8601. */
  readonly date: string | null;
  /** Whether a file at the tip of the default branch still holds it; null where it is in no file. */
  readonly isAtTip: boolean | null;
  /** Branches that have the commit, the default branch first. */
  readonly branches: readonly string[];
  readonly hasMoreBranches: boolean;
  /** The ref that leads to it where no branch does; null if none leads to it. */
  readonly ref: string | null;
  readonly source: "file" | "commit" | "tag" | "note" | "ref" | "loose";
}

/** A finding of the command line, with its line of source if the report shows one. */
export interface ReportedFinding {
  readonly finding: Finding;
  /** Path as the report shows it; `<stdin>` for text from standard input. A credential in it is redacted. */
  readonly path: string;
  /** Null if it was not asked for, or cannot be shown without risk. */
  readonly excerpt: Excerpt | null;
  /** Of a finding in a history. */
  readonly origin?: ReportedOrigin;
}

export interface ReportedDismissal {
  readonly path: string;
  readonly dismissal: Dismissal;
}

/** Everything one run of the command line reports. */
export interface ScanReport {
  /** In the order in which files were read, and by position within each. */
  readonly findings: readonly ReportedFinding[];
  /** Null without `--explain`. */
  readonly dismissals: readonly ReportedDismissal[] | null;
  readonly gaps: readonly Gap[];
  /** Sentences about what the scan does not read on purpose, such as the target of a link. */
  readonly notes: readonly string[];
  readonly files: number;
  readonly bytes: number;
  readonly seconds: number;
}
