/** What the process that reads a whole history is told, and what it says: JSON, one message a line. */
import { z } from "zod";
import { findingSchema, gapSchema, originSchema } from "../../domain/index.ts";

const holdersSchema = z.array(z.tuple([z.string(), z.array(z.string())]));

export const apartOptionsSchema = z.strictObject({
  gitDirectory: z.string(),
  /** Of calls to git. */
  environment: z.record(z.string(), z.string()),
  /** Commits and tags whose history was read before; none: everything is read. */
  known: z.array(z.string()),
  holders: holdersSchema,
  /** Bounds the age that a key may claim. */
  now: z.iso.datetime(),
  pipelines: z.int(),
  /** Findings that are reported at most. */
  maxFindings: z.int(),
});
export type ApartOptions = z.infer<typeof apartOptionsSchema>;

const readSchema = z.strictObject({
  kind: z.literal("read"),
  findings: z.array(
    z.strictObject({
      finding: findingSchema,
      origin: originSchema,
      /** Pull requests that hold it, where nothing else does. */
      pulls: z.array(z.int()),
      /** Only pull requests hold it. */
      isOnlyInPulls: z.boolean(),
    }),
  ),
  gaps: z.array(gapSchema),
  holders: holdersSchema,
  atTip: z.array(z.string()),
  objects: z.int(),
  bytes: z.int(),
});
/** What a whole history holds. */
export type HistoryRead = Omit<z.infer<typeof readSchema>, "kind">;

export const apartMessageSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("progress"),
    objects: z.int(),
    bytes: z.int(),
    /** From 0 to 1. */
    share: z.number(),
  }),
  readSchema,
  /** A typed error of git. */
  z.strictObject({ kind: z.literal("failed"), problem: z.string() }),
]);
export type ApartMessage = z.infer<typeof apartMessageSchema>;
