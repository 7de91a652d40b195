/** A part of a text, and its replacement. */
export interface Cut {
  readonly start: number;
  readonly end: number;
  readonly redacted: string;
}
