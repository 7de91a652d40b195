/**
 * Turns findings into leaks and issues. Policy decides whether a finding needs an issue, this file whether its author may
 * cause one, and `leak-issues.ts` opens it. A failure here never changes a verdict.
 */
import type { Finding, CurrentRepository, ScopeRecord } from "../domain/index.ts";
import { GitHubError, hasRole } from "../github/index.ts";
import type { Leak, NewLeak } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { judgeResults } from "./decide-check.ts";
import { headStateOf } from "./head-verdict.ts";
import { publishJob, verifyJob } from "./job.ts";
import type { ReportJob } from "./job.ts";
import { changeLeaks } from "./leak-changes.ts";
import { issuePlaceOf } from "./issue-place.ts";
import { loadRepository } from "./load-repository.ts";
import { placeLeaks } from "./place-leaks.ts";
import { publishCheck } from "./publish-check.ts";
import { noteSeenAgain, noteSeenElsewhere } from "./seen-again.ts";
import { updateIssues } from "./update-issues.ts";

/** Checks that are published again at once when an issue was opened; the sweep does the others. */
const MAX_CHECKS_AT_ONCE = 20;

/**
 * Records the leaks of a scope and opens their issues: one for each credential of a repository. The verdict is already
 * published and stays if an issue cannot be opened; the check then says why, and the job is retried. The queue runs one
 * such job of a repository at a time.
 */
export async function reportLeaks(context: JobContext, job: ReportJob): Promise<void> {
  const repository = await loadRepository(context, job.repositoryId);
  if (repository === null) return;
  const { leaks } = context.record;
  const scope = job.scopeId === null ? null : await context.record.scopes.find(repository.id, job.scopeId);
  const place = await issuePlaceOf(context, repository);
  const holder = place.details[0] ?? repository;
  const found = scope === null ? [] : await reportable(context, repository, scope, holder.id);
  const elsewhere = scope === null ? [] : await noteSeenElsewhere(context, repository, found, scope);
  const again = scope === null ? [] : await seenAgain(context, repository, scope);
  found.push(...again);
  if (found.length > 0) await leaks.add(repository.id, found, context.now());
  const known = await leaks.all(repository.id);
  if (known.length === 0) return;
  const unreported = known.filter(needsIssue);
  try {
    const moved = await placeLeaks(context, repository, place);
    await updateIssues(
      context,
      repository,
      new Set([...moved, ...found.map(({ leak }) => leak.fingerprint)]),
      { told: new Set([...elsewhere, ...again.map(({ leak }) => leak.fingerprint)]) },
    );
    await publishShowing(context, job, moved);
  } catch (error) {
    if (error instanceof GitHubError) await noteFailure(context, job, unreported, error.message);
    throw error;
  }
  if (scope === null) return;
  const fingerprints = found.map(({ leak }) => leak.fingerprint);
  if (fingerprints.length > 0) await askAbout(context, job, scope, fingerprints);
  await publishCheck(context, repository.id, scope.head);
}

function needsIssue({ state, issueNumber }: Leak): boolean {
  return state === "open" && issueNumber === null;
}

/** Rolled keys that the scope brings in new commits, with those places. */
async function seenAgain(
  context: JobContext,
  repository: CurrentRepository,
  scope: ScopeRecord,
): Promise<readonly NewLeak[]> {
  const again = await noteSeenAgain(context, repository, scope, () => mayReport(context, repository, scope));
  return again.map(({ leak, findings }) => ({
    leak,
    reportRepositoryId: leak.reportRepositoryId,
    locations: findings,
  }));
}

/**
 * The leaks of a scope that need an issue by the configuration, if its author may cause one.
 *
 * @param holderId the repository that is to hold the issue
 */
async function reportable(
  context: JobContext,
  repository: CurrentRepository,
  scope: ScopeRecord,
  holderId: number,
): Promise<NewLeak[]> {
  const { results } = headStateOf([{ ...scope, state: "read" }], new Set());
  const { verdict } = await judgeResults(context, repository, results, [scope]);
  const leaking = verdict.judged.filter(
    ({ opensIssue, disposition }) => opensIssue && disposition === "leak",
  );
  if (leaking.length === 0 || !(await mayReport(context, repository, scope))) return [];
  // In the order of the commits, the oldest first: places are recorded in this order.
  const order = new Map(scope.findings.map(({ finding }, index) => [finding, index]));
  const found = leaking.map(({ finding }) => finding);
  const byKey = Map.groupBy(
    found.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0)),
    (finding) => finding.fingerprint,
  );
  return [...byKey.values()].flatMap((findings) => newLeak(holderId, findings) ?? []);
}

function newLeak(reportRepositoryId: number, locations: readonly Finding[]): NewLeak | null {
  const [first] = locations;
  if (first === undefined) return null;
  const { fingerprint, kind, mode, confidence, redacted, account, accountCreated } = first;
  return {
    leak: { fingerprint, kind, mode, confidence, redacted, account, accountCreated },
    reportRepositoryId,
    locations,
  };
}

/** An author without write access gets a check, and no issue until the merge. */
export async function mayReport(
  context: JobContext,
  repository: CurrentRepository,
  { trust }: ScopeRecord,
): Promise<boolean> {
  if (trust.kind !== "author") return trust.kind === "writer";
  const octokit = await context.github.installation(repository.installationId);
  return hasRole(octokit, repository, trust.login, "write");
}

/** Stores jobs that publish the checks showing these keys again, for the first of them. */
async function publishShowing(
  context: JobContext,
  job: ReportJob,
  fingerprints: readonly string[],
): Promise<void> {
  const { record } = context;
  const heads = new Set<string>();
  for (const fingerprint of fingerprints)
    for (const head of await record.scopes.headsShowing(job.repositoryId, fingerprint)) heads.add(head);

  const name = `reported ${context.now().toISOString()}`;
  const jobs = [...heads].slice(0, MAX_CHECKS_AT_ONCE).map((head) => publishJob(job, head, name, "report"));
  await record.transaction((transaction) => transaction.enqueue(jobs));
}

/** Has Stripe asked whether the keys of a scope still work. Whether it may be asked is decided later, for each key. */
async function askAbout(
  context: JobContext,
  job: ReportJob,
  { id, generation }: ScopeRecord,
  fingerprints: readonly string[],
): Promise<void> {
  const ask = verifyJob(job, { fingerprints, again: false }, `${id} ${generation}`);
  await context.record.transaction((record) => record.enqueue([ask]));
}

/** Keeps the reason why issues could not be opened where the checks show it. */
async function noteFailure(
  context: JobContext,
  job: ReportJob,
  leaks: readonly Leak[],
  problem: string,
): Promise<void> {
  const unreported = leaks.map(({ fingerprint }) => fingerprint);
  const known = await context.record.leaks.find(job.repositoryId, unreported);
  // What was noted of their place says more.
  const unexplained = [...known.values()].filter(({ reportProblem }) => reportProblem === null);
  const fingerprints = unexplained.map(({ fingerprint }) => fingerprint);
  await changeLeaks(context, job.repositoryId, fingerprints, (record) =>
    record.leaks.reportFailed(job.repositoryId, fingerprints, problem),
  );
  await publishShowing(context, job, unreported);
}
