/** Where commits come from: REST and git, one interface. */
export type { BlobRead, ChangedFile, CommitContent, CommitSource } from "./commit-source.ts";
export { createRestSource } from "./rest/rest-source.ts";
export type { RestSource } from "./rest/rest-source.ts";
export type { TagText } from "./rest/read-tag.ts";
export { createGitMirrors, GitError } from "./git/index.ts";
export type { CommitRange, GitMirrors, GitSource, Preparation, RefTip } from "./git/index.ts";
export { KeyedLock } from "./keyed-lock.ts";
export { listObjects, ObjectPipeline, openHistory } from "./git/history/index.ts";
export type { HistoryRepository, ObjectList } from "./git/history/index.ts";
