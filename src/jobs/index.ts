/**
 * Accepts deliveries and runs the jobs that follow. There is one file for each job; this one chooses among them and decides
 * what happens to a job that keeps failing.
 */
import { acceptUnread } from "./accept-unread.ts";
import { askPull } from "./ask-pull.ts";
import { compareRefs } from "./compare-refs.ts";
import { confirmRun } from "./confirm-run.ts";
import type { JobContext } from "./context.ts";
import { endMoreScopes } from "./end-scopes.ts";
import { fileHistory } from "./file-history.ts";
import { fetchDeliveries } from "./fetch-deliveries.ts";
import type { Job } from "./job.ts";
import { matchIssues } from "./match-issues.ts";
import { ignoreTestKeys } from "./ignore-test-keys.ts";
import { publishCheck } from "./publish-check.ts";
import { recheck } from "./recheck.ts";
import { refreshRepository } from "./refresh-repository.ts";
import { remind } from "./remind.ts";
import { readHistory } from "./read-history.ts";
import { reportHistory } from "./report-history.ts";
import { reportLeaks } from "./report-leaks.ts";
import { reviewBoxes } from "./review-boxes.ts";
import { reviewIssue } from "./review-issue.ts";
import { scanScope } from "./scan-scope.ts";
import { failScope } from "./scope-life.ts";
import { giveUpNotices, tellWebhook } from "./tell-webhook.ts";
import { sweep } from "./sweep.ts";
import { tendOwner } from "./tend-owner.ts";
import { rewriteIssues } from "./rewrite-issues.ts";
import { verifyLeaks } from "./verify-leaks.ts";
import { welcomeRepository } from "./welcome-repository.ts";

export { acceptDeliveries } from "./accept-delivery.ts";
export type { Delivery } from "./accept-delivery.ts";
export { createConfigurationReader } from "./configuration.ts";
export type { ConfigurationReader } from "./configuration.ts";
export { DEFAULT_LIMITS } from "./context.ts";
export { dropRemovedHistories } from "./feed-histories.ts";
export { historyProgress } from "./history-progress.ts";
export type { HistoryProgressReport } from "./history-progress.ts";
export type { JobContext, Limits } from "./context.ts";
export { jobOfPayload } from "./job.ts";
export type { Job } from "./job.ts";
export { startRecurring } from "./sweep.ts";

/**
 * Runs one job. A job that starts again after a crash continues with what is missing.
 *
 * @param attempt `failures`: how often the job failed before for a reason that may pass; `signal`: the process stops, or
 * another one has the job
 */
export async function runJob(
  context: JobContext,
  job: Job,
  { failures = 0, signal = NEVER }: { readonly failures?: number; readonly signal?: AbortSignal } = {},
): Promise<void> {
  switch (job.kind) {
    case "publish":
      return publishCheck(context, job.repositoryId, job.head);
    case "scan":
      return scanOrSayWhyNot(context, job, failures);
    case "report":
      return reportLeaks(context, job);
    case "welcome":
      return welcomeRepository(context, job);
    case "refresh":
      return refreshRepository(context, job);
    case "accept_unread":
      return acceptUnread(context, job);
    case "recheck":
      return recheck(context, job);
    case "ignore_test_keys":
      return ignoreTestKeys(context, job);
    case "verify":
      return verifyLeaks(context, job);
    case "update_issues":
      return rewriteIssues(context, job);
    case "review_issue":
      return reviewIssue(context, job);
    case "review_boxes":
      return reviewBoxes(context, job);
    case "match_issues":
      return matchIssues(context, job);
    case "compare_refs":
      await compareRefs(context, job);
      return;
    case "notify":
      return tellWebhook(context, job);
    case "remind":
      return remind(context, job);
    case "tend_owner":
      return tendOwner(context, job);
    case "end_scopes":
      return endMoreScopes(context, job);
    case "ask_pull":
      return askPull(context, job);
    case "confirm_run":
      return confirmRun(context, job);
    case "read_history":
      return readHistory(context, job, signal);
    case "report_history":
      return reportHistory(context, job);
    case "file_history":
      return fileHistory(context, job);
    case "fetch_deliveries":
      await fetchDeliveries(context);
      return;
    case "sweep":
      context.log.debug({ swept: await sweep(context) }, "record swept");
  }
}

const NEVER = new AbortController().signal;

/** After more failures than this, about 15 seconds of trying, the check says that the scan keeps failing. */
const MAX_SILENT_FAILURES = 3;

/** Scans; while that keeps failing, the check says so, until a later try succeeds. */
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
    context.log.warn(
      { err: error, repository: job.repositoryId },
      "could not show the failing scan in its check",
    ),
  );
}

/** A typed error's message is written for people and holds nothing from a repository. Other errors appear only in the log. */
function problemOf(error: unknown): string {
  if (error instanceof Error && "retry" in error) return error.message;
  if (error instanceof Error && error.name === "TimeoutError") return "The scan exceeded its time limit.";
  return "Rollcall hit an unexpected error. Its log has the details.";
}

/**
 * Ends a job that was given up. A scan publishes what could be read, with a gap for the rest. If even that fails, the
 * reason goes to the record, and the check shows it once GitHub answers again. Other jobs are only logged: the sweep finds
 * what they left.
 *
 * @param problem one plain sentence
 */
export async function buryJob(context: JobContext, job: Job, problem: string): Promise<void> {
  if (job.kind === "notify") return giveUpNotices(context, job, problem);
  if (job.kind !== "scan") return;
  try {
    return await scanScope(context, job, { lastAttempt: true });
  } catch (error) {
    context.log.warn({ err: error, repository: job.repositoryId }, "the last attempt to read a scope failed");
  }
  await sayWhyNot(context, job, problem);
}
