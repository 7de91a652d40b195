/** Where commits come from: REST and git, one interface. */
export type { BlobRead, ChangedFile, CommitContent, CommitSource } from "./commit-source.ts";
export { createRestSource } from "./rest/rest-source.ts";
export type { RestSource } from "./rest/rest-source.ts";
export type { TagText } from "./rest/read-tag.ts";
export { beNice, createGitMirrors, createHistoryMirrors, GitError } from "./git/index.ts";
export type {
  CommitRange,
  FetchedHistory,
  GitMirrors,
  GitSource,
  HistoryMirror,
  HistoryMirrors,
  Preparation,
  RefTip,
} from "./git/index.ts";
export {
  listFiles,
  listMissing,
  listObjects,
  listPacked,
  listReachable,
  listRefs,
  listStaged,
  ObjectPipeline,
  openHistory,
  readChanges,
  readCommitLinks,
  readCommits,
  resolveCommit,
  resolveObject,
  withIndex,
} from "./git/history/index.ts";
export type {
  ChangeBudget,
  FileChange,
  HistoryRepository,
  ObjectList,
  Ref,
  Refs,
  UnreadChanges,
} from "./git/history/index.ts";
export { KeyedLock } from "./keyed-lock.ts";
