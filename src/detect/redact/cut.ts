/** A part of a text, and what stands for it. */
export interface Cut {
  readonly start: number;
  readonly end: number;
  readonly redacted: string;
}
