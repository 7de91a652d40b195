import type { Encoding } from "../../domain/index.ts";
import type { Reading } from "./reading.ts";

/** A form in which credentials occur in text: one file in this folder and one line in `forms/index.ts`. */
export interface Form {
  readonly name: string;
  readonly encodings: readonly Encoding[];
  /**
   * Byte strings (latin1). One of them is in, or within reach of, every credential in this form. Four bytes or more each,
   * and rare in text without a credential: the reader runs around each one.
   */
  readonly anchors: readonly string[];
  /** Whether an anchor, or several close together, can belong to a credential, by the 512 bytes on either side; left out: always. */
  readonly isWorthReading?: (text: string) => boolean;
  /** Bytes to read before the beginning of an anchor, and after it. At most REACH. */
  readonly before: number;
  readonly after: number;
  /** Linear in the text. Overlapping stretches are merged first, so each form reads a byte at most once. */
  read(text: string): readonly Reading[];
  readonly source: string;
  /** The credential in this form, for `--rules` and the tests. */
  readonly examples: readonly FormExample[];
}

export interface FormExample {
  readonly name: string;
  readonly encoding: Encoding;
  write(credential: string): string;
}
