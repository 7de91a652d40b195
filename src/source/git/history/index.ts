/** The whole history of a repository on this machine, object by object. */
export { listFiles, readChanges } from "./changes.ts";
export type { ChangeBudget, FileChange, UnreadChanges } from "./changes.ts";
export { openHistory, withIndex } from "./history-repository.ts";
export type { HistoryRepository } from "./history-repository.ts";
export { listObjects } from "./list-objects.ts";
export type { ObjectList } from "./list-objects.ts";
export { listPacked } from "./list-packed.ts";
export { listReachable, listMissing } from "./list-reachable.ts";
export { ObjectPipeline } from "./object-pipeline.ts";
export type { PipelineEnd, Reader } from "./object-pipeline.ts";
export { readCommitLinks, readCommits } from "./read-commits.ts";
export { listStaged } from "./staged.ts";
export type { StagedChanges } from "./staged.ts";
export { listRefs, resolveCommit, resolveObject } from "./refs.ts";
export type { Ref, Refs } from "./refs.ts";
