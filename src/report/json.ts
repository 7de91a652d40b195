import { z } from "zod";
import { findingSchema, gapSchema } from "../domain/index.ts";
import type { ReportFormat } from "./format.ts";
import { printableJson } from "./printable.ts";
import type { ScanReport } from "./scan-report.ts";

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
  path: z.string(),
  ...findingSchema.pick({ line: true, column: true, endColumn: true, commit: true }).shape,
});

const jsonDismissalSchema = z.strictObject({
  reason: z.string(),
  explanation: z.string(),
  redacted: z.string(),
  path: z.string(),
  line: z.int().positive(),
  column: z.int().positive(),
});

/** The JSON report, version 1. A field is only ever added under a new `schemaVersion`. */
export const jsonReportSchema = z.strictObject({
  schemaVersion: z.literal(1),
  complete: z.boolean(),
  gaps: z.array(gapSchema),
  findings: z.array(jsonFindingSchema),
  /** With `--explain` only. */
  dismissed: z.array(jsonDismissalSchema).optional(),
});
export type JsonReport = z.infer<typeof jsonReportSchema>;

export const JSON_FORMAT: ReportFormat = {
  name: "json",
  description: "for programs",
  showsExcerpts: false,
  showsDismissals: true,
  showsNotes: false,
  render: renderJson,
};

/** The report as JSON, ending in a line feed. */
function renderJson(report: ScanReport): string {
  const json: JsonReport = {
    schemaVersion: 1,
    complete: report.gaps.length === 0,
    gaps: [...report.gaps],
    findings: report.findings.map(({ finding, path }) => ({
      kind: finding.kind,
      mode: finding.mode,
      confidence: finding.confidence,
      encoding: finding.encoding,
      redacted: finding.redacted,
      fingerprint: finding.fingerprint,
      account: finding.account,
      accountCreated: finding.accountCreated,
      path,
      line: finding.line,
      column: finding.column,
      endColumn: finding.endColumn,
      commit: finding.commit,
    })),
    ...(report.dismissals === null
      ? {}
      : {
          dismissed: report.dismissals.map(({ path, dismissal }) => ({
            reason: dismissal.reason,
            explanation: dismissal.explanation,
            redacted: dismissal.redacted,
            path,
            line: dismissal.line,
            column: dismissal.column,
          })),
        }),
  };
  return `${printableJson(jsonReportSchema.parse(json))}\n`;
}
