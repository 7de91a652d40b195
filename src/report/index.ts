export type {
  Annotation,
  CheckRunInput,
  CheckRunReport,
  InProgressReport,
  ReportedRepository,
  ScanFailure,
} from "./check-run/check-run.ts";
export { inProgressCheckRun, renderCheckRun, scanFailedCheckRun } from "./check-run/render.ts";
export type {
  IssueInput,
  IssueReport,
  LeakLocation,
  LeakRecord,
  ManyKeysIssueInput,
  Visibility,
} from "./issue/issue.ts";
export { KEYS_PER_ISSUE, renderManyKeysIssue } from "./issue/render-many.ts";
export { renderIssue } from "./issue/render.ts";
export { issueMarker, markersOf } from "./issue/sections.ts";
export type { Excerpt, Span } from "./excerpt.ts";
export { excerptOf } from "./excerpt.ts";
export { jsonReportSchema, renderJson } from "./json.ts";
export type { JsonReport } from "./json.ts";
export { printable, printableJson } from "./printable.ts";
export { renderSarif } from "./sarif.ts";
export type { ReportedDismissal, ReportedFinding, ScanReport } from "./scan-report.ts";
export { renderTerminal } from "./terminal.ts";
