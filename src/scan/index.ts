/** Finds what commits and scopes contain, through the sources it is given. */
export { createDetectionPool, findKey, scanContent, searchFile } from "./detection/index.ts";
export type {
  DetectionPool,
  FileSearch,
  FindKey,
  KeyRequest,
  ScanContent,
  SearchedFile,
  Unopened,
} from "./detection/index.ts";
export { createGitScope } from "./git-scope.ts";
export { HistoryProcessError, readHistoryApart, scanHistory, scanStaged } from "./history/index.ts";
export type {
  ApartRequest,
  HistoryFinding,
  HistoryRead,
  HistoryProgress,
  HistoryRange,
  HistoryScan,
  StagedScan,
} from "./history/index.ts";
export { locateInHead } from "./head-locations.ts";
export { readKey } from "./read-key.ts";
export type { KeyReading } from "./read-key.ts";
export { readScope } from "./read-scope.ts";
export type { ScopeReading } from "./read-scope.ts";
export { scanCommit } from "./scan-commit.ts";
export type { CommitRecord, Listing, ScopeDeps, ScopeRequest, ScopeSource } from "./scope-request.ts";
export { scanTag } from "./scan-tag.ts";
