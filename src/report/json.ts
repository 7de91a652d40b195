import type { JsonReport } from "./json-schema.ts";
import type { ReportFormat } from "./format.ts";
import { printableJson } from "./printable.ts";
import type { ReportedOrigin, ScanReport } from "./scan-report.ts";

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

/**
 * The report as JSON, ending in a line feed. The compiler holds it to the schema, and tests parse it; zod itself is not
 * loaded, which would take longer than the scan of a small folder.
 */
function renderJson(report: ScanReport): string {
  const json: JsonReport = {
    schemaVersion: 1,
    complete: report.gaps.length === 0,
    gaps: report.gaps.map(({ reason, commit, path, detail, blob }) => ({
      reason,
      commit,
      path,
      detail,
      ...(blob === undefined ? {} : { blob }),
    })),
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
  return `${printableJson(json)}\n`;
}
