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
export { issueMarker, KEYS_PER_ISSUE, markersOf, renderIssue, renderManyKeysIssue } from "./issue/render.ts";
