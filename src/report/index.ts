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
export { hiddenHistoryCheck, movedHistoryCheck, renderHistoryCheck } from "./history-check/render.ts";
export type { HistoryCheckInput } from "./history-check/history-check.ts";
export type { IssueInput, IssueReport, LeakLocation, LeakPast, LeakRecord } from "./issue/issue.ts";
export { MAX_KEYS_PER_ISSUE, renderManyKeysIssue } from "./issue/render-many.ts";
export { renderNeutralIssue } from "./issue/neutral.ts";
export { isNeutralIssue } from "./issue/own-section.ts";
export { fitsInBody, renderIssue } from "./issue/render.ts";
export { leakMessageSchema, renderLeakMessage } from "./leak-notice/leak-notice.ts";
export { evidenceSchema } from "./evidence/evidence.ts";
export type { Evidence, EvidenceDrill, EvidenceFormat, EvidenceLeak } from "./evidence/evidence.ts";
export { EVIDENCE_FORMATS } from "./evidence/formats.ts";
export { boxesOf, boxIdOf, withoutTicks } from "./issue/tasks.ts";
export { issueMarker, markersOf } from "./issue/sections.ts";
export {
  DRILL_STEPS,
  drillNumberOf,
  renderDrill,
  renderDrillReopened,
  renderDrillResult,
  tasksIn,
} from "./owner/drill.ts";
export type { SummaryHistory } from "./owner/history-section.ts";
export { isOwnerSummary, renderOwnerSummary } from "./owner/summary.ts";
export type { OwnerSummary, OwnerSummaryInput, SummaryLeak, SummaryUnread } from "./owner/summary.ts";
export { isReminder, renderReminder } from "./reminder/reminder.ts";
export { commentMarker, lifeComment } from "./issue/life-comments.ts";
export type { AnsweredKey, LifeComment } from "./issue/life-comments.ts";
export { activityText } from "./words/activity.ts";
export type { CredentialOnLine, Excerpt } from "./excerpt.ts";
export { excerptOf } from "./excerpt.ts";
export type { ReportFormat } from "./format.ts";
export { DEFAULT_FORMAT, FORMATS } from "./formats.ts";
export { jsonReportSchema } from "./json-schema.ts";
export type { JsonReport } from "./json-schema.ts";
export { printable, printableJson } from "./printable.ts";
export type { ReportedDismissal, ReportedFinding, ReportedOrigin, ScanReport } from "./scan-report.ts";
