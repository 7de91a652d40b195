import { z } from "zod";
import { findingSchema, repositorySchema, scopeSchema } from "../domain/index.ts";

/** Who brought the commits, which decides whether a leak in them may file an issue. */
const trustSchema = z.discriminatedUnion("kind", [
  /** A push or a merge: only somebody who may write can do either. */
  z.strictObject({ kind: z.literal("writer") }),
  /** A pull request: its author counts, wherever the branch lives. */
  z.strictObject({ kind: z.literal("author"), login: z.string() }),
  /** A merge queue: what it holds is filed when it is merged. */
  z.strictObject({ kind: z.literal("nobody") }),
]);
export type Trust = Readonly<z.infer<typeof trustSchema>>;

/** What the delivery says of the commits, to spare requests. Never believed without a check against the commits. */
const hintsSchema = z.strictObject({
  /** Commits that the delivery lists, oldest first; null where it lists none. */
  commits: z.array(z.string()).nullable(),
  /** How many commits the scope has by the delivery. */
  count: z.int().nullable(),
  /** Head of the same scope before this delivery. */
  previousHead: z.string().nullable(),
  /** What the ref held is no longer all there. */
  forced: z.boolean(),
  /** The annotated tag that was pushed, whose message is read too. */
  tag: z.string().nullable(),
  /** What the name of the branch or tag holds, redacted; the name itself is only ever kept redacted. */
  inNames: z.array(findingSchema),
});
export type Hints = Readonly<z.infer<typeof hintsSchema>>;

const scanJobSchema = z.strictObject({
  kind: z.literal("scan"),
  repository: repositorySchema,
  scope: scopeSchema,
  hints: hintsSchema,
  trust: trustSchema,
  /** Time of the state that the delivery describes, which orders deliveries about one scope; null: as the record has it. */
  asOf: z.iso.datetime({ offset: true }).nullable(),
  /** The delivery says that the configuration may have changed. */
  configurationChanged: z.boolean(),
  /** The scope ends with this scan: a pull request that was merged. */
  last: z.boolean(),
});
export type ScanJob = Readonly<z.infer<typeof scanJobSchema>>;

const retireJobSchema = z.strictObject({
  kind: z.literal("retire"),
  repository: repositorySchema,
  /** Name of the scope as policy's `keyOf` gives it. */
  key: z.string(),
  asOf: z.iso.datetime({ offset: true }),
});
export type RetireJob = Readonly<z.infer<typeof retireJobSchema>>;

const rerunJobSchema = z.strictObject({
  kind: z.literal("rerun"),
  repository: repositorySchema,
  head: z.string(),
});
export type RerunJob = Readonly<z.infer<typeof rerunJobSchema>>;

const welcomeJobSchema = z.strictObject({
  kind: z.literal("welcome"),
  repository: repositorySchema.omit({ defaultBranch: true }),
});
export type WelcomeJob = Readonly<z.infer<typeof welcomeJobSchema>>;

const fileJobSchema = z.strictObject({
  kind: z.literal("file"),
  repository: repositorySchema,
  /** Name and head of the scope whose leaks want issues. */
  key: z.string(),
  head: z.string(),
  trust: trustSchema,
});
export type FileJob = Readonly<z.infer<typeof fileJobSchema>>;

/** What is stored before a delivery is answered: ids and names, never content. */
export const jobSchema = z.discriminatedUnion("kind", [
  scanJobSchema,
  retireJobSchema,
  rerunJobSchema,
  welcomeJobSchema,
  fileJobSchema,
]);
export type Job = Readonly<z.infer<typeof jobSchema>>;
