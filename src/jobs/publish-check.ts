import { createHash, randomUUID } from "node:crypto";
import type { LeakState, Repository } from "../domain/index.ts";
import type { GitHubClient } from "../github/index.ts";
import {
  ANNOTATIONS_PER_REQUEST,
  createCheckRun,
  findCheckRun,
  GitHubError,
  updateCheckRun,
} from "../github/index.ts";
import { judge } from "../policy/index.ts";
import type { Verdict } from "../policy/index.ts";
import { inProgressCheckRun, renderCheckRun, scanFailedCheckRun } from "../report/index.ts";
import type { CheckRunReport } from "../report/index.ts";
import type { CheckRunRecord, Leak, ScopeRecord } from "../store/index.ts";
import type { JobContext } from "./context.ts";

/**
 * Makes sure that the commit has a check run, in progress unless it already says failure: while a scope of the commit
 * is unread, nothing older may stay green on it.
 *
 * @param options `newRun`: somebody asked for a re-run and wants to see one; `commits`: how many are to be read, where
 *   that is known
 */
export async function beginCheck(
  context: JobContext,
  repository: Repository,
  head: string,
  options: { readonly newRun: boolean; readonly commits?: number | null },
): Promise<void> {
  await locked(context, repository, head, async () => {
    const record = await context.store.checkRuns.find(repository.id, head);
    if (record?.conclusion === "failure" && !options.newRun) return;
    const open = record?.conclusion === null ? record : null;
    const { title, summary } = inProgressCheckRun({ commits: options.commits ?? null });
    const content = { conclusion: null, output: { title, summary }, annotations: [] };
    await openRun(context, repository, head, open, content);
  });
}

/**
 * Judges the commit by all of its active scopes and shows the verdict. While one of them is unread, only a failure is
 * shown: it can only get worse.
 */
export async function publishCheck(context: JobContext, repository: Repository, head: string): Promise<void> {
  await locked(context, repository, head, async () => {
    const verdict = await verdictOf(context, repository, head);
    if (verdict === null) return;
    const fullName = `${repository.owner}/${repository.name}`;
    const report = renderCheckRun({
      verdict,
      head,
      repository: { fullName, url: `${context.githubUrl}/${fullName}`, private: repository.private },
    });
    await show(context, repository, head, report);
  });
}

/** Publishes again where a scope ended; a commit that no active scope is left for keeps what it says. */
export async function republishCheck(
  context: JobContext,
  repository: Repository,
  head: string,
): Promise<void> {
  const scopes = await context.store.scopes.atHead(repository.id, head);
  if (scopes.some((scope) => scope.active)) await publishCheck(context, repository, head);
}

/** Shows that the scan of the commit failed, whatever stood there before. */
export async function publishFailedScan(
  context: JobContext,
  repository: Repository,
  head: string,
  problem: string,
): Promise<void> {
  await locked(context, repository, head, async () => {
    const mode = await modeOf(context, repository);
    await show(context, repository, head, scanFailedCheckRun({ problem, mode }));
  });
}

/** The mode, as far as it can be read now: a scan that failed may have failed on just that. */
async function modeOf(context: JobContext, repository: Repository) {
  try {
    return (await context.configuration.read(repository)).configuration.mode;
  } catch (error) {
    context.log.warn({ err: error, repository: repository.id }, "configuration unread, the check enforces");
    return "enforce";
  }
}

/** Null while nothing final can be said. */
async function verdictOf(context: JobContext, repository: Repository, head: string): Promise<Verdict | null> {
  const all = await context.store.scopes.atHead(repository.id, head);
  const active = all.filter((scope) => scope.active);
  const counting = active.length > 0 ? active : all;
  const done = counting.filter((scope) => scope.done);
  if (done.length === 0) return null;
  const verdict = await judgeScopes(context, repository, done);
  return done.length === counting.length || verdict.conclusion === "failure" ? verdict : null;
}

/** The verdict of some scopes under the configuration and the record of leaks as they are now. */
export async function judgeScopes(
  context: JobContext,
  repository: Repository,
  scopes: readonly Pick<ScopeRecord, "scope" | "default_branch" | "findings" | "coverage">[],
): Promise<Verdict> {
  const { configuration, problems } = await context.configuration.read(repository);
  const fingerprints = scopes.flatMap((scope) => scope.findings.map(({ finding }) => finding.fingerprint));
  const leaks = await context.store.leaks.find(repository.id, [...new Set(fingerprints)]);
  return judge({
    scopes: scopes.map(({ scope, default_branch: defaultBranch, findings, coverage }) => ({
      scope,
      defaultBranch,
      findings,
      coverage,
    })),
    leaks: new Map([...leaks].map(([fingerprint, leak]) => [fingerprint, stateOf(leak)])),
    configuration,
    configurationProblems: problems,
    now: context.now(),
  });
}

function stateOf(leak: Leak): LeakState {
  const { issue_number: number, issue_url: url } = leak;
  return { state: leak.state, issue: number === null || url === null ? null : { number, url } };
}

/**
 * Brings the commit's run to what the report says. Annotations can only be added to a run: where some must go, a new run
 * of the name takes its place.
 */
async function show(
  context: JobContext,
  repository: Repository,
  head: string,
  report: CheckRunReport,
): Promise<void> {
  const octokit = await context.github.installation(repository.installationId);
  const digests = report.annotations.map((annotation) => digest(JSON.stringify(annotation)));
  const output = {
    title: report.title,
    summary: report.summary,
    ...(report.text === null ? {} : { text: report.text }),
  };
  const record = await context.store.checkRuns.find(repository.id, head);
  const there = record === null ? null : await findRun(octokit, repository, head, record);
  const grows = there?.annotations.every((one, index) => one === digests[index]) === true;
  let runId = grows ? there.id : null;
  let externalId = record?.external_id ?? "";
  let shown = grows ? there.annotations.length : 0;
  do {
    const batch = report.annotations.slice(shown, shown + ANNOTATIONS_PER_REQUEST);
    const last = shown + batch.length >= report.annotations.length;
    const content = { conclusion: last ? report.conclusion : null, output, annotations: batch };
    if (runId === null) {
      externalId = randomUUID();
      await save({ run_id: null, conclusion: null, annotations: digests.slice(0, batch.length) });
      runId = await createCheckRun(octokit, repository, { head, externalId, content });
    } else {
      await save({ run_id: runId, conclusion: null, annotations: digests.slice(0, shown + batch.length) });
      if (!(await updated(octokit, repository, runId, content))) {
        [runId, shown] = [null, 0];
        continue;
      }
    }
    shown += batch.length;
    await save({ run_id: runId, conclusion: content.conclusion, annotations: digests.slice(0, shown) });
  } while (runId === null || shown < report.annotations.length);

  function save(state: Omit<CheckRunRecord, "external_id">): Promise<void> {
    return context.store.checkRuns.save(repository.id, head, { external_id: externalId, ...state });
  }
}

/** False where GitHub keeps the run no longer, as it does with old ones: then a new one is made. */
async function updated(...call: Parameters<typeof updateCheckRun>): Promise<boolean> {
  try {
    await updateCheckRun(...call);
    return true;
  } catch (error) {
    if (error instanceof GitHubError && error.code === "not_found") return false;
    throw error;
  }
}

/** A run, with the digests of the annotations that it shows. */
interface KnownRun {
  readonly id: number;
  readonly annotations: readonly string[];
}

/**
 * The run of a record; null where it never came to be. Where a request was under way whose answer was never kept,
 * GitHub is asked whether the run is there and how many of the annotations arrived.
 */
async function findRun(
  octokit: GitHubClient,
  repository: Repository,
  head: string,
  record: CheckRunRecord,
): Promise<KnownRun | null> {
  const { run_id: id, annotations } = record;
  const certain = record.conclusion !== null || annotations.length === 0;
  if (id !== null && certain) return { id, annotations };
  const found = await findCheckRun(octokit, repository, head, record.external_id);
  return found === null ? null : { id: found.id, annotations: annotations.slice(0, found.annotations) };
}

/**
 * Opens a run, unless one that is not completed is there.
 *
 * @param open the record of a run that was asked for and not completed
 */
async function openRun(
  context: JobContext,
  repository: Repository,
  head: string,
  open: CheckRunRecord | null,
  content: Parameters<typeof createCheckRun>[2]["content"],
): Promise<void> {
  const octokit = await context.github.installation(repository.installationId);
  const save = (
    externalId: string,
    { id, annotations }: { id: number | null; annotations: readonly string[] },
  ) =>
    context.store.checkRuns.save(repository.id, head, {
      external_id: externalId,
      run_id: id,
      conclusion: null,
      annotations: [...annotations],
    });
  if (open !== null) {
    const there = await findRun(octokit, repository, head, open);
    if (there !== null) return save(open.external_id, there);
  }
  const externalId = open?.external_id ?? randomUUID();
  await save(externalId, { id: null, annotations: [] });
  const id = await createCheckRun(octokit, repository, { head, externalId, content });
  await save(externalId, { id, annotations: [] });
}

function locked(
  context: JobContext,
  repository: Repository,
  head: string,
  work: () => Promise<void>,
): Promise<void> {
  return context.lock.run(`check:${repository.id}:${head}`, work);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
