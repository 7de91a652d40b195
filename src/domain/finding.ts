import { z } from "zod";
import { CONFIDENCES, ENCODINGS, KINDS, MODES } from "./credential.ts";

/** Where in a commit the credential was found. */
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
  /** Null if the place is not a file. A path that itself contains a credential is stored redacted. */
  path: z.string().nullable(),
  line: z.int().positive(),
  column: z.int().positive(),
  endLine: z.int().positive(),
  endColumn: z.int().positive(),
  allowComment: z.boolean(),
});
export type Finding = Readonly<z.infer<typeof findingSchema>>;
