/** Jobs that survive the process: stored in the caller's transaction, run by the workers of any process. */
export { enqueue } from "./enqueue.ts";
export { UnknownPayloadError } from "./job-errors.ts";
export { LANES } from "./job.ts";
export type { ClaimedJob, Lane, NewJob } from "./job.ts";
export type { RetryPolicies, RetryPolicy } from "./outcome.ts";
export type { PoolName, PoolRule } from "./slots.ts";
export { startWorkers } from "./workers.ts";
export type { WorkerOptions, Workers } from "./workers.ts";
