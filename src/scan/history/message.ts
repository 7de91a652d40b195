/** What a reader process says about the objects that it reads, one JSON text a line. Everything in it is redacted. */
import { z } from "zod";
import { CONFIDENCES, findingSchema, GAP_REASONS } from "../../domain/index.ts";
import { OBJECT_TYPES } from "../../objects/index.ts";

const id = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);

/** One credential in one object, before it is known in which commit and at which path the object is. */
const hitSchema = z.strictObject({
  /** As if the path named Stripe; `commit` and `path` are null. */
  finding: findingSchema,
  /** The rest of the path if it is inside of an archive: `!inner/file`. Otherwise empty. */
  inside: z.string(),
  /** Its confidence under a path that does not name Stripe; null if it is no finding then. */
  confidenceElsewhere: z.enum(CONFIDENCES).nullable(),
});
export type Hit = z.infer<typeof hitSchema>;

export const readerMessageSchema = z.discriminatedUnion("kind", [
  /** So many objects were read since the last message, in the order in which they came. */
  z.strictObject({
    kind: z.literal("read"),
    objects: z.int(),
    blobs: z.int(),
    bytes: z.int(),
    /** Besides those that were read: each was named before. */
    left: z.int(),
  }),
  /** An object that this reader cannot read, which says nothing about it: git may. */
  z.strictObject({ kind: z.literal("left"), id }),
  z.strictObject({ kind: z.literal("found"), id, type: z.enum(OBJECT_TYPES), hits: z.array(hitSchema) }),
  z.strictObject({
    kind: z.literal("gap"),
    id,
    type: z.enum(OBJECT_TYPES),
    reason: z.enum(GAP_REASONS),
    detail: z.string(),
  }),
  /** An archive in it was searched without being opened. */
  z.strictObject({
    kind: z.literal("unopened"),
    id,
    inside: z.string(),
    reason: z.enum(["damaged", "encrypted", "unsupported"]),
  }),
  /** A blob of which a name ends in `.br`: only its name says that it is compressed. */
  z.strictObject({ kind: z.literal("brotli"), id }),
  /** A pointer of Git LFS: the file itself is not in the repository. */
  z.strictObject({ kind: z.literal("pointer"), id }),
  /** A path that is a commit of another repository. */
  z.strictObject({ kind: z.literal("submodule"), name: z.string() }),
]);
export type ReaderMessage = z.infer<typeof readerMessageSchema>;

/** What is said about an object that was read. */
export type ObjectMessage = Exclude<ReaderMessage, { kind: "read" | "left" }>;
