/** The whole history of a repository on this machine, object by object. */
export { openHistory } from "./history-repository.ts";
export type { HistoryRepository } from "./history-repository.ts";
export { listObjects } from "./list-objects.ts";
export type { ObjectList } from "./list-objects.ts";
export { ObjectPipeline } from "./object-pipeline.ts";
export type { PipelineEnd, Reader } from "./object-pipeline.ts";
