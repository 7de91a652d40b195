/**
 * The words that every room imports: credentials and findings, scopes and what was read of them, repositories and
 * leaks. Pure data with its schemas; it imports no other room.
 */
export {
  ACTIVITIES,
  ACTIVITY_GROUNDS,
  isKnownActive,
  isKnownDead,
  NEVER_ASKED,
  UNASKED,
} from "./activity.ts";
export type { Activity, ActivityAnswer, ActivityGrounds, KeyActivity, Unasked } from "./activity.ts";
export { entryPath, hasContainerName, isInMobileApp, outerPath } from "./archive-path.ts";
export { buttonAnswerSchema, BUTTONS } from "./button.ts";
export type { Button, ButtonAnswer } from "./button.ts";
export { CHECK_NAME, HISTORY_CHECK_NAME } from "./check-names.ts";
export { CONFIDENCES, ENCODINGS, KINDS, MODES } from "./credential.ts";
export type { Confidence, Encoding, Kind, Mode } from "./credential.ts";
export { commitScanSchema } from "./commit-scan.ts";
export type { CommitScan } from "./commit-scan.ts";
export {
  canBeAccepted,
  coverageSchema,
  unopenedSchema,
  GAP_REASONS,
  gapOf,
  gapSchema,
  isComplete,
  subjectOfGap,
} from "./coverage.ts";
export type { Coverage, Gap, GapReason, UnopenedArchive } from "./coverage.ts";
export { findingSchema, PLACES } from "./finding.ts";
export type { Finding, Place } from "./finding.ts";
export { HISTORY_STATES, HISTORY_TRUSTS, originSchema } from "./history.ts";
export type { HistoryState, HistoryTrust, Origin, OriginSource, PastFinding } from "./history.ts";
export { leakEventSchema, LEAK_STATES, stateOfRows } from "./leak.ts";
export type { Clearance, LeakEvent, LeakGrounds, LeakState, LeakStateName } from "./leak.ts";
export type { InstalledRepository, Notice } from "./notice.ts";
export { installationIdSchema, REPOSITORY_STATES } from "./repository.ts";
export type { CurrentRepository, InstallationId, Repository, RepositoryState } from "./repository.ts";
export { isAtLeast, ROLES } from "./role.ts";
export type { Role } from "./role.ts";
export {
  headOf,
  idOf,
  isNamedLikeMergeQueue,
  keyOf,
  NO_FACTS,
  scopeFactsSchema,
  scopeSchema,
} from "./scope.ts";
export type { Scope, ScopeFacts } from "./scope.ts";
export { afterNoting, afterRerun, endingFor, ENDINGS, gapOfFailure, SCOPE_STATES } from "./scope-record.ts";
export type { Ending, NotedScope, ScopeRecord, ScopeResult, ScopeState, Subject } from "./scope-record.ts";
export { scopeFindingSchema } from "./scope-finding.ts";
export type { HeadLocation, ScopeFinding } from "./scope-finding.ts";
export { Secret } from "./secret.ts";
export { trustSchema } from "./trust.ts";
export type { Trust } from "./trust.ts";
