export type { BlobRead, ChangedFile, CommitContent, CommitSource } from "./commit-source.ts";
export { createRestSource } from "./rest/rest-source.ts";
export type { RestSource } from "./rest/rest-source.ts";
