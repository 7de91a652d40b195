/**
 * The texts people read: check runs, issues, and the reports of the command line. Pure: the same findings give the same
 * text. All words on what to do come from `words/`.
 */
export type { CheckNotes, CheckRunReport, InProgressReport } from "./check-run/check-run.ts";
export { inProgressCheckRun, renderCheckRun, scanFailedCheckRun } from "./check-run/render.ts";
export {
  movedBody,
  movedComment,
  newPlacesComment,
  teamsComment,
  WITHDRAWN_BODY,
  WITHDRAWN_TITLE,
} from "./issue/comments.ts";
export type { IssueInput, IssueReport, LeakLocation, LeakRecord } from "./issue/issue.ts";
export { MAX_KEYS_PER_ISSUE, renderManyKeysIssue } from "./issue/render-many.ts";
export { renderNeutralIssue } from "./issue/neutral.ts";
export { isNeutralIssue } from "./issue/own-section.ts";
export { fitsInBody, renderIssue } from "./issue/render.ts";
export { boxesOf, boxIdOf, withoutTicks } from "./issue/tasks.ts";
export { issueMarker, markersOf } from "./issue/sections.ts";
export { commentMarker, lifeComment } from "./issue/life-comments.ts";
export type { LifeComment } from "./issue/life-comments.ts";
export type { CredentialOnLine, Excerpt } from "./excerpt.ts";
export { excerptOf } from "./excerpt.ts";
export type { ReportFormat } from "./format.ts";
export { DEFAULT_FORMAT, FORMATS } from "./formats.ts";
export { jsonReportSchema } from "./json.ts";
export type { JsonReport } from "./json.ts";
export { printable, printableJson } from "./printable.ts";
export type { ReportedDismissal, ReportedFinding, ScanReport } from "./scan-report.ts";
