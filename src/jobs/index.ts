import { headOf } from "../policy/index.ts";
import type { JobContext } from "./context.ts";
import type { Job } from "./job.ts";
import { publishFailedScan } from "./publish-check.ts";
import { retireScope } from "./retire-scope.ts";
import { scanScope } from "./scan-scope.ts";

export { createConfigurationReader } from "./configuration.ts";
export { DEFAULT_LIMITS } from "./context.ts";
export type { JobContext, Limits } from "./context.ts";
export type { Hints, Job, RetireJob, ScanJob, Trust } from "./job.ts";
export { createKeyedLock } from "./keyed-lock.ts";
export { createQueue, DEFAULT_RETRY } from "./queue.ts";
export type { Queue, RetryPolicy } from "./queue.ts";

/** Does one job. */
export async function runJob(context: JobContext, job: Job): Promise<void> {
  switch (job.kind) {
    case "scan":
      return scanScope(context, job);
    case "retire":
      return retireScope(context, job);
  }
}

/** Says on the commit that its scan was given up. A scope that ended needs no word. */
export async function buryJob(context: JobContext, job: Job, problem: string): Promise<void> {
  if (job.kind === "scan") await publishFailedScan(context, job.repository, headOf(job.scope), problem);
}
