import { headOf } from "../domain/index.ts";
import type { JobContext } from "./context.ts";
import { fileLeaks } from "./file-leaks.ts";
import type { Job } from "./job.ts";
import { publishFailedScan } from "./publish-check.ts";
import { rerunCheck } from "./rerun-check.ts";
import { retireScope } from "./retire-scope.ts";
import { scanScope } from "./scan-scope.ts";
import { welcomeRepository } from "./welcome-repository.ts";

export { createConfigurationReader } from "./configuration.ts";
export type { ConfigurationReader } from "./configuration.ts";
export { DEFAULT_LIMITS } from "./context.ts";
export type { JobContext, Limits } from "./context.ts";
export { jobSchema } from "./job.ts";
export type { Hints, Job, Trust } from "./job.ts";

/** Does one job. */
export async function runJob(context: JobContext, job: Job): Promise<void> {
  switch (job.kind) {
    case "scan":
      return scanScope(context, job);
    case "retire":
      return retireScope(context, job);
    case "rerun":
      return rerunCheck(context, job);
    case "welcome":
      return welcomeRepository(context, job);
    case "file":
      return fileLeaks(context, job);
  }
}

/** Says on the commit that its scan was given up. Jobs that are about no commit are only in the log. */
export async function buryJob(context: JobContext, job: Job, problem: string): Promise<void> {
  if (job.kind === "scan") await publishFailedScan(context, job.repository, headOf(job.scope), problem);
  if (job.kind === "rerun") await publishFailedScan(context, job.repository, job.head, problem);
}
