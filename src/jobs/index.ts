/**
 * What the app does: accepting deliveries, and the jobs that come of them. One file a job; this one chooses among them
 * and says what becomes of a job that keeps failing.
 */
import { acceptUnread } from "./accept-unread.ts";
import { compareRefs } from "./compare-refs.ts";
import type { JobContext } from "./context.ts";
import { fetchDeliveries } from "./fetch-deliveries.ts";
import type { Job } from "./job.ts";
import { publishCheck } from "./publish-check.ts";
import { refreshRepository } from "./refresh-repository.ts";
import { reportLeaks } from "./report-leaks.ts";
import { scanScope } from "./scan-scope.ts";
import { failScope } from "./scope-life.ts";
import { sweep } from "./sweep.ts";
import { welcomeRepository } from "./welcome-repository.ts";

export { acceptDeliveries } from "./accept-delivery.ts";
export type { Delivery } from "./accept-delivery.ts";
export { createConfigurationReader } from "./configuration.ts";
export type { ConfigurationReader } from "./configuration.ts";
export { DEFAULT_LIMITS } from "./context.ts";
export type { JobContext, Limits } from "./context.ts";
export { jobOfPayload } from "./job.ts";
export type { Job } from "./job.ts";
export { startRecurring } from "./sweep.ts";

/**
 * Does one job. A job that begins again after a crash goes on with what is missing.
 *
 * @param attempt `failures`: how often the job failed before for a reason that may pass
 */
export async function runJob(
  context: JobContext,
  job: Job,
  attempt: { readonly failures: number } = { failures: 0 },
): Promise<void> {
  switch (job.kind) {
    case "publish":
      return publishCheck(context, job.repositoryId, job.head);
    case "scan":
      return scanOrSayWhyNot(context, job, attempt.failures);
    case "report":
      return reportLeaks(context, job);
    case "welcome":
      return welcomeRepository(context, job);
    case "refresh":
      return refreshRepository(context, job);
    case "accept_unread":
      return acceptUnread(context, job);
    case "compare_refs":
      await compareRefs(context, job);
      return;
    case "fetch_deliveries":
      await fetchDeliveries(context);
      return;
    case "sweep":
      context.log.debug({ swept: await sweep(context) }, "record swept");
  }
}

/** Failures after which the commit says that it could not be read yet: about a quarter of a minute of trying. */
const MAX_SILENT_FAILURES = 3;

/** While a scan keeps failing its check says so, and is right once a later try succeeds. */
async function scanOrSayWhyNot(
  context: JobContext,
  job: Extract<Job, { kind: "scan" }>,
  failures: number,
): Promise<void> {
  try {
    await scanScope(context, job);
  } catch (error) {
    if (failures >= MAX_SILENT_FAILURES)
      await sayWhyNot(context, job, `${problemOf(error)} Rollcall keeps trying.`);
    throw error;
  }
}

async function sayWhyNot(
  context: JobContext,
  job: Extract<Job, { kind: "scan" }>,
  problem: string,
): Promise<void> {
  const scope = await context.record.scopes.find(job.repositoryId, job.scopeId);
  if (scope === null || scope.generation !== job.generation) return;
  await context.record.transaction((record) => failScope(record, scope, problem, context.now()));
  await publishCheck(context, job.repositoryId, scope.head).catch((error: unknown) =>
    context.log.warn({ err: error, repository: job.repositoryId }, "a failing scan could not be shown"),
  );
}

/** A typed error's message is written for people and holds nothing from a repository; of others only the log tells. */
function problemOf(error: unknown): string {
  if (error instanceof Error && "retry" in error) return error.message;
  if (error instanceof Error && error.name === "TimeoutError") return "The scan took longer than it may.";
  return "Rollcall met an unexpected error; its log says more.";
}

/**
 * Ends a job that was given up. A scan shows what could be read, with a gap for the rest; if not even that works, the
 * record says why, and the commit shows it once GitHub answers again. Other jobs are only in the log: the sweep finds
 * what they left.
 *
 * @param problem one plain sentence
 */
export async function buryJob(context: JobContext, job: Job, problem: string): Promise<void> {
  if (job.kind !== "scan") return;
  try {
    return await scanScope(context, job, { lastAttempt: true });
  } catch (error) {
    context.log.warn({ err: error, repository: job.repositoryId }, "last attempt to read a scope failed");
  }
  await sayWhyNot(context, job, problem);
}
