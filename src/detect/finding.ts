import { z } from "zod";
import type { Secret } from "./secret.ts";
import { CONFIDENCES, ENCODINGS, KINDS, MODES } from "./vocabulary.ts";
import type { Confidence, Encoding, Kind, Mode } from "./vocabulary.ts";

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
  /** `acct_…` where the key itself names its owner. */
  readonly account: string | null;
  /** Day (UTC, `YYYY-MM-DD`) on which that account was made, decoded from the key. */
  readonly accountCreated: string | null;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** The credential's first or last line holds the words `rollcall:allow`. What it may silence is policy. */
  readonly allowComment: boolean;
}

/** Something that looked like a Stripe credential and is judged not to be one; listed by `--explain`. */
export interface Dismissal {
  readonly reason:
    "sample" | "placeholder" | "other_vendor" | "identifier" | "masked" | "pattern" | "publishable";
  /** One plain sentence; holds nothing of the text but what `redacted` shows. */
  readonly explanation: string;
  readonly redacted: string;
  readonly line: number;
  readonly column: number;
}

export interface Detected {
  /** In order of position. */
  readonly detections: readonly Detection[];
  /** At most a few thousand: the rest is left out. */
  readonly dismissals: readonly Dismissal[];
  /** More credentials than one input is listed with; those beyond are left out, so the scan is not complete. */
  readonly truncated?: true;
}

/** Where in a commit the credential stood. */
export const PLACES = [
  "content",
  "path",
  "commit_message",
  "author",
  "tag_message",
  "tag_name",
  "ref_name",
] as const;
export type Place = (typeof PLACES)[number];

/** One credential at one place, redacted: safe to store, log and show where the policy allows. */
export const findingSchema = z.strictObject({
  kind: z.enum(KINDS),
  mode: z.enum(MODES).nullable(),
  confidence: z.enum(CONFIDENCES),
  encoding: z.enum(ENCODINGS),
  redacted: z.string(),
  fingerprint: z.string().regex(/^[0-9a-f]{20}$/),
  account: z.string().nullable(),
  accountCreated: z.string().nullable(),
  place: z.enum(PLACES),
  /** Commit (or tag object) that introduced it; null outside git. */
  commit: z.string().nullable(),
  /** Null where the place is not a file. A path that itself holds a credential is stored redacted. */
  path: z.string().nullable(),
  line: z.int().positive(),
  column: z.int().positive(),
  endLine: z.int().positive(),
  endColumn: z.int().positive(),
  allowComment: z.boolean(),
});
export type Finding = Readonly<z.infer<typeof findingSchema>>;

/** Places a detection, leaving the text of the secret behind. */
export function toFinding(
  detection: Detection,
  at: { readonly place: Place; readonly commit: string | null; readonly path: string | null },
): Finding {
  const { secret, ...rest } = detection;
  return { ...rest, redacted: secret.redacted, fingerprint: secret.fingerprint, ...at };
}
