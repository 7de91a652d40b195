import type { ScanReport } from "./scan-report.ts";

/** One way to write what a run of the command line found. A new format is one file and one line in `formats.ts`. */
export interface ReportFormat {
  /** What `--format` takes. */
  readonly name: string;
  /** Who it is for, in a few words, for `--help`. */
  readonly description: string;
  /** Whether it shows the line around each credential. */
  readonly showsExcerpts: boolean;
  /** Whether it shows what `--explain` adds. */
  readonly showsDismissals: boolean;
  /** Whether it shows `notes`; otherwise they go to standard error. */
  readonly showsNotes: boolean;
  /** The whole report, ending in a line feed. */
  readonly render: (report: ScanReport, options: RenderOptions) => string;
}

export interface RenderOptions {
  /** Whether escapes for colour may be used. */
  readonly colour: boolean;
  /** Version of Rollcall. */
  readonly version: string;
}
