import type { Confidence, Encoding, Finding, Kind, Mode, Place, Secret } from "../domain/index.ts";

/**
 * One credential in one piece of text. Lines and columns count from 1; columns count UTF-16 code units of the
 * line read as UTF-8 (invalid bytes as a decoder replaces them; a key in UTF-16: units of its own), `endColumn` is exclusive. A credential joined from pieces
 * spans from the first piece to the last, so `endLine` may lie below `line`.
 */
export interface Detection {
  readonly kind: Kind;
  readonly mode: Mode;
  readonly confidence: Confidence;
  readonly encoding: Encoding;
  readonly secret: Secret;
  /** `acct_…` if the key itself names its owner. */
  readonly account: string | null;
  /** Day (UTC, `YYYY-MM-DD`) on which that account was created, decoded from the key. */
  readonly accountCreated: string | null;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** The credential's first or last line contains `rollcall:allow`. Policy decides what that may silence. */
  readonly allowComment: boolean;
}

/** Why something that looks like a Stripe credential is judged not to be one. */
export interface Grounds {
  readonly reason:
    "sample" | "placeholder" | "other_vendor" | "identifier" | "masked" | "pattern" | "publishable";
  /** One plain sentence; contains no more of the text than `redacted`. */
  readonly explanation: string;
  readonly redacted: string;
}

/** Something that looked like a Stripe credential and is judged not to be one, at its place; listed by `--explain`. */
export interface Dismissal extends Grounds {
  readonly line: number;
  readonly column: number;
}

export interface Detected {
  /** In order of position. */
  readonly detections: readonly Detection[];
  /** At most a few thousand: the rest is left out. */
  readonly dismissals: readonly Dismissal[];
  /** There are more credentials than are listed for one input, so the scan is not complete. */
  readonly truncated?: true;
  /** The work budget ran out and the rest was not read, so the scan is not complete. */
  readonly overBudget?: true;
}

/** Places a detection, without the text of the secret. */
export function toFinding(
  detection: Detection,
  at: { readonly place: Place; readonly commit: string | null; readonly path: string | null },
): Finding {
  const { secret, ...rest } = detection;
  return { ...rest, redacted: secret.redacted, fingerprint: secret.fingerprint, ...at };
}
