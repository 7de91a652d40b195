/**
 * The words that every room imports: credentials and findings, scopes and what was read of them, repositories and
 * leaks. Pure data with its schemas; it imports no other room.
 */
export { entryPath, hasContainerName, isInMobileApp, outerPath } from "./archive-path.ts";
export { CONFIDENCES, ENCODINGS, KINDS, MODES } from "./credential.ts";
export type { Confidence, Encoding, Kind, Mode } from "./credential.ts";
export { commitScanSchema } from "./commit-scan.ts";
export type { CommitScan } from "./commit-scan.ts";
export { coverageSchema, GAP_REASONS, gapOf, gapSchema, isComplete } from "./coverage.ts";
export type { Coverage, Gap, GapReason } from "./coverage.ts";
export { findingSchema, PLACES } from "./finding.ts";
export type { Finding, Place } from "./finding.ts";
export { LEAK_STATES } from "./leak.ts";
export type { LeakState } from "./leak.ts";
export { repositorySchema } from "./repository.ts";
export type { Repository } from "./repository.ts";
export { headOf, keyOf, provesWriter, scopeSchema } from "./scope.ts";
export type { Scope } from "./scope.ts";
export { scopeFindingSchema } from "./scope-finding.ts";
export type { HeadLocation, ScopeFinding } from "./scope-finding.ts";
export { redact, Secret } from "./secret.ts";
