import { z } from "zod";
import { findingSchema, gapSchema } from "../domain/index.ts";
import type { ReportFormat } from "./format.ts";
import { printableJson } from "./printable.ts";
import type { ReportedOrigin, ScanReport } from "./scan-report.ts";

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

export const JSON_FORMAT: ReportFormat = {
  name: "json",
  description: "for programs",
  showsExcerpts: false,
  showsDismissals: true,
  showsNotes: false,
  render: renderJson,
};

function historyOf(origin: ReportedOrigin): JsonReport["findings"][number]["history"] {
  return {
    source: origin.source,
    author: origin.author,
    date: origin.date,
    atTip: origin.isAtTip,
    branches: [...origin.branches],
    moreBranches: origin.hasMoreBranches,
    ref: origin.ref,
  };
}

/** The report as JSON, ending in a line feed. */
function renderJson(report: ScanReport): string {
  const json: JsonReport = {
    schemaVersion: 1,
    complete: report.gaps.length === 0,
    gaps: [...report.gaps],
    findings: report.findings.map(({ finding, path, origin }) => ({
      kind: finding.kind,
      mode: finding.mode,
      confidence: finding.confidence,
      encoding: finding.encoding,
      redacted: finding.redacted,
      fingerprint: finding.fingerprint,
      account: finding.account,
      accountCreated: finding.accountCreated,
      path: origin === undefined ? path : finding.path,
      line: finding.line,
      column: finding.column,
      endColumn: finding.endColumn,
      commit: finding.commit,
      ...(origin === undefined ? {} : { history: historyOf(origin) }),
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
