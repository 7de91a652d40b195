export type { BlobRead, ChangedFile, CommitContent, CommitSource } from "./commit-source.ts";
export { createRestSource } from "./rest/rest-source.ts";
export type { RestSource, TagText } from "./rest/rest-source.ts";
export { createGitMirrors, GitError } from "./git/index.ts";
export type { GitMirrors, GitSource, Preparation, PrepareRequest } from "./git/index.ts";
export { KeyedLock } from "./keyed-lock.ts";
