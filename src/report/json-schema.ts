import { z } from "zod";
import { findingSchema, gapSchema } from "../domain/index.ts";

/**
 * One finding in the JSON report. Lines and columns as in `Detection`; `endColumn` is counted on the line on which
 * the credential ends, which for one that is joined from pieces may be a later line than `line`.
 */
const jsonFindingSchema = z.strictObject({
  ...findingSchema.pick({
    kind: true,
    mode: true,
    confidence: true,
    encoding: true,
    redacted: true,
    fingerprint: true,
    account: true,
    accountCreated: true,
  }).shape,
  /** Null in a history where the credential is in no file: see `history.source`. */
  path: z.string().nullable(),
  ...findingSchema.pick({ line: true, column: true, endColumn: true, commit: true }).shape,
  /** With `--git` only. */
  history: z
    .strictObject({
      source: z.enum(["file", "commit", "tag", "note", "ref", "loose"]),
      author: z.string().nullable(),
      date: z.string().nullable(),
      atTip: z.boolean().nullable(),
      branches: z.array(z.string()),
      moreBranches: z.boolean(),
      ref: z.string().nullable(),
    })
    .optional(),
});

const jsonDismissalSchema = z.strictObject({
  reason: z.string(),
  explanation: z.string(),
  redacted: z.string(),
  path: z.string(),
  line: z.int().positive(),
  column: z.int().positive(),
});

/** The JSON report, version 1. A field that all scans have is only ever added under a new `schemaVersion`. */
export const jsonReportSchema = z.strictObject({
  schemaVersion: z.literal(1),
  complete: z.boolean(),
  gaps: z.array(gapSchema),
  findings: z.array(jsonFindingSchema),
  /** With `--explain` only. */
  dismissed: z.array(jsonDismissalSchema).optional(),
});
export type JsonReport = z.infer<typeof jsonReportSchema>;
