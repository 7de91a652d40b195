import { isAbsolute, resolve } from "node:path";

/** One place that a scanner reports. */
export interface Reported {
  /** Absolute path of the file. */
  readonly file: string;
  /** Whether the scanner calls it a Stripe credential; false for a general rule. */
  readonly stripe: boolean;
  /** Whether the credential that it reports is this one, whole. */
  readonly is: (key: string) => boolean;
  /** Whether the scanner itself counts it as weak; false where it knows no such thing. */
  readonly weak: boolean;
}

/** A scanner, ready to run. */
export interface Tool {
  readonly name: string;
  readonly version: string;
  /** Scans a folder and gives what it reports; throws where its answer cannot be read. */
  readonly scan: (folder: string) => readonly Reported[];
  /** What a reader of the numbers has to know of how it was run; empty for nothing. */
  readonly note: string;
}

/** A scanner that is not at hand, and why. */
export interface Missing {
  readonly name: string;
  readonly missing: string;
}

export function absolute(folder: string, path: string): string {
  return isAbsolute(path) ? path : resolve(folder, path);
}
