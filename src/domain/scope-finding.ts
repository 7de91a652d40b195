import { z } from "zod";
import { findingSchema } from "./finding.ts";

/** Where the credential is in the head commit. */
const headLocationSchema = z.strictObject({
  path: z.string(),
  line: z.int().positive(),
  column: z.int().positive(),
  endLine: z.int().positive(),
  endColumn: z.int().positive(),
});
export type HeadLocation = Readonly<z.infer<typeof headLocationSchema>>;

/** A finding of a scope, with its place in the head commit. */
export const scopeFindingSchema = z.strictObject({
  finding: findingSchema,
  /** Null if no line of the head is known to contain the credential. */
  head: headLocationSchema.nullable(),
  /**
   * Whether the finding's file was read in the head: then `head` null means that the file there no longer contains the
   * credential. Older records say no.
   */
  headRead: z.boolean().default(false),
  /**
   * It is only in commits that a force-push dropped, so the push itself does not publish it: on a public repository it is
   * shown nowhere.
   */
  dropped: z.boolean(),
});
export type ScopeFinding = Readonly<z.infer<typeof scopeFindingSchema>>;
