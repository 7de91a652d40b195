/**
 * Reads the commits of one scope: by REST, by git if that is not enough, and from the record without asking again. The
 * record alone decides what a scope must cover, never the present state of a ref.
 */
import { gapOf, headOf, isNamedLikeMergeQueue } from "../domain/index.ts";
import type { CommitScan, Gap, CurrentRepository, ScopeRecord, ScopeResult } from "../domain/index.ts";
import { DETECTOR_VERSION } from "../detect/index.ts";
import { createGitScope, locateInHead, readScope, scanTag } from "../scan/index.ts";
import type { CommitRecord, ScopeReading, ScopeRequest } from "../scan/index.ts";
import { createRestSource } from "../source/index.ts";
import type { RestSource } from "../source/index.ts";
import { noteBaseline } from "./baseline.ts";
import { untouchedCommit } from "./configuration.ts";
import type { UntouchedCommit } from "./configuration.ts";
import type { JobContext } from "./context.ts";
import { judgedFrom } from "./decide-check.ts";
import type { ScanJob } from "./job.ts";
import { loadRepository } from "./load-repository.ts";
import { publishCheck } from "./publish-check.ts";
import { rebuildLeaks } from "./rebuild-leaks.ts";
import { mayReport } from "./report-leaks.ts";
import { finishScope } from "./scope-life.ts";
import { reopenSeenAgain } from "./seen-again.ts";

/** Findings kept of one scope; more are counted as a gap, because they cannot all be shown. */
const MAX_FINDINGS = 10_000;

/** As many commits are read by REST. */
const MAX_QUICK_COMMITS = 3;

/** Scans of commits that one reading keeps at hand: more than REST reads. */
const MAX_REMEMBERED = 10;

/** Archives listed as not opened; a check shows no more. */
const MAX_UNOPENED = 100;

/** Known tips that are named to git, so their commits are not read again; those of the default branch come first. */
const MAX_TIPS = 500;

/**
 * Reads a noted scope, records what it found, and updates the check of its head. After a crash it continues with what is
 * missing. The reading counts only if the scope was not noted again meanwhile; in that case another job reads it.
 *
 * @param options `lastAttempt`: there is no further attempt, so whatever still cannot be read is a gap
 */
export async function scanScope(
  context: JobContext,
  job: ScanJob,
  { lastAttempt }: { readonly lastAttempt: boolean } = { lastAttempt: false },
): Promise<void> {
  const { repositoryId, scopeId } = job;
  const repository = await loadRepository(context, repositoryId);
  const noted = await context.record.scopes.find(repositoryId, scopeId);
  if (repository === null || noted === null || noted.generation !== job.generation) return;
  if (noted.defaultBranch) context.configuration.forget(repository);
  if (noted.state === "read") {
    // A try before this one read it, and could not show it.
    if ((await publishCheck(context, repositoryId, noted.head)) === "shown") measureTime(context, noted);
    return;
  }
  const started = performance.now();
  if (noted.scope.kind === "push" && noted.scope.before === null) await noteBaseline(context, repository);
  const untouched: UntouchedCommit[] = [];
  // A check that cannot be opened now does not stop the reading; in the end it is written, or the job fails.
  const [reading] = await Promise.allSettled([
    readNoted(context, repository, noted, { lastAttempt, untouched }),
    publishCheck(context, repositoryId, noted.head),
    isQuick(noted) ? context.configuration.read(repository, judgedFrom([noted])) : null,
  ]);
  if (reading.status === "rejected") throw reading.reason;
  // The next push is judged by the configuration of this one's head.
  for (const commit of untouched) context.configuration.carry(repository, commit);
  const { value: result } = reading;
  // Before the scope counts as read: otherwise its check could show a rolled key as a leak for a moment.
  const scope = { ...noted, findings: result.findings };
  await rebuildLeaks(context, repository, scope);
  await reopenSeenAgain(context, repository, scope, () => mayReport(context, repository, noted));
  const counts = await context.record.transaction((record) =>
    finishScope(record, job, noted, result, context.now()),
  );
  if (counts) {
    context.measures.scopeRead(result.coverage, result.findings);
    const { commits, files, gaps } = result.coverage;
    const found = {
      commits,
      files,
      findings: result.findings.length,
      gaps: gaps.map(({ reason }) => reason),
    };
    const ms = Math.round(performance.now() - started);
    context.log.info({ head: noted.head, ...found, ms }, "scope read");
  }
  const published = await publishCheck(context, repositoryId, noted.head);
  if (counts && published !== "waiting") measureTime(context, noted);
}

function measureTime(context: JobContext, { notedAt }: ScopeRecord): void {
  context.measures.verdictShown((context.now().getTime() - notedAt.getTime()) / 1000);
}

/** Whether reading takes a few requests: then the configuration is fetched meanwhile, and is still fresh for the verdict. */
function isQuick({ facts: { commitCount } }: ScopeRecord): boolean {
  return commitCount !== null && commitCount <= MAX_QUICK_COMMITS;
}

/** @param options `untouched`: gets the commits read by REST that leave the configuration as it is */
async function readNoted(
  context: JobContext,
  repository: CurrentRepository,
  noted: ScopeRecord,
  { lastAttempt, untouched }: { readonly lastAttempt: boolean; readonly untouched: UntouchedCommit[] },
): Promise<ScopeResult> {
  const { scope, facts, head } = noted;
  const signal = AbortSignal.timeout(context.limits.scanMs);
  const octokit = await context.github.installation(repository.installationId);
  const rest = createRestSource(octokit, repository, { blobBytes: context.limits.restBlobBytes });
  const record = commitRecord(context, repository);
  const request = await requestOf(context, repository, noted);
  const git = createGitScope(context.openGit(repository), request, { record, lastAttempt });
  const reading = await readScope(request, {
    rest: noting(rest, untouched),
    git,
    record,
    scanContent: context.scanContent,
    now: context.now(),
    signal,
  });
  const tags = await readTags(context, noted, rest, signal);
  const placed = await locateInHead(
    headOf(scope),
    [...reading.commits, ...tags],
    reading.dropped,
    (path) => rest.readAt(head, path, signal),
    context.now(),
    context.scanContent,
  );
  const inNames = facts.inNames.map((finding) => ({ finding, head: null, headRead: false, dropped: false }));
  const findings = [...placed, ...inNames];
  return {
    commits: reading.commits.map((commit) => commit.sha),
    findings: findings.slice(0, MAX_FINDINGS),
    coverage: coverageOf(reading, tags, findings.length),
  };
}

function noting(rest: RestSource, untouched: UntouchedCommit[]): RestSource {
  return {
    ...rest,
    async *read(commits, signal) {
      for await (const content of rest.read(commits, signal)) {
        const commit = untouchedCommit(content);
        if (commit !== null) untouched.push(commit);
        yield content;
      }
    },
  };
}

async function readTags(
  context: JobContext,
  { facts: { tag } }: ScopeRecord,
  rest: RestSource,
  signal: AbortSignal,
): Promise<CommitScan[]> {
  if (tag === null) return [];
  return [await scanTag(tag, await rest.readTag(tag, signal), context.now(), context.scanContent)];
}

/** What is on record of commits. Of one reading, whole scans are remembered: listing a scope and reading it ask for the same. */
function commitRecord(context: JobContext, repository: CurrentRepository): CommitRecord {
  const { commitScans } = context.record;
  const whole = new Map<string, CommitScan>();
  const remember = (scans: Iterable<CommitScan>): void => {
    for (const scan of scans)
      if (scan.gaps.length === 0 && whole.size < MAX_REMEMBERED) whole.set(scan.sha, scan);
  };
  return {
    async find(commits) {
      const unknown = commits.filter((sha) => !whole.has(sha));
      const found =
        unknown.length === 0
          ? new Map<string, CommitScan>()
          : await commitScans.find(repository.id, DETECTOR_VERSION, unknown);
      const known = commits.flatMap((sha) => whole.get(sha) ?? []);
      remember(found.values());
      return new Map([...found, ...known.map((scan) => [scan.sha, scan] as const)]);
    },
    async save(scans) {
      await commitScans.save(repository.id, DETECTOR_VERSION, scans, context.now());
      remember(scans);
    },
  };
}

async function requestOf(
  context: JobContext,
  repository: CurrentRepository,
  noted: ScopeRecord,
): Promise<ScopeRequest> {
  const { scope, facts } = noted;
  const named =
    scope.kind === "push" && scope.before === null
      ? await context.record.tips.named(repository.id, {
          // Not tips read since: in whatever order jobs run, the push brings what was new when it was accepted.
          at: noted.firstNotedAt,
          firstRef: `refs/heads/${repository.defaultBranch}`,
          limit: MAX_TIPS,
        })
      : [];
  // A merge queue's branch from before the installation may hold what only strangers brought: that is read.
  const tips = named.filter(({ kind, ref }) => kind === "read" || !isNamedLikeMergeQueue(ref));
  const previous = await previousReading(context, noted);
  return {
    scope,
    earlier: [],
    listedCommits: facts.listedCommits,
    commitCount: facts.commitCount,
    forced: facts.forced,
    compareNewWith: tips[0]?.sha ?? null,
    exclude: tips.map((tip) => tip.sha),
    previousHead: previous?.head ?? null,
    previousCommits: previous?.commits ?? [],
  };
}

/** The reading of the same pull request before its last push, if it was complete and from the same base. */
async function previousReading(
  { record }: JobContext,
  { repositoryId, scope, key, facts: { previousHead } }: ScopeRecord,
): Promise<ScopeRecord | null> {
  if (scope.kind !== "pull_request" || previousHead === null) return null;
  const before = (await record.scopes.atHead(repositoryId, previousHead)).find(
    (each) =>
      each.key === key &&
      each.scope.kind === "pull_request" &&
      each.scope.base === scope.base &&
      // With a gap, the list itself may have been cut: a tip that could not be fetched is one.
      each.state === "read" &&
      each.coverage.gaps.length === 0,
  );
  return before ?? null;
}

function coverageOf(
  reading: ScopeReading,
  tags: readonly CommitScan[],
  found: number,
): ScopeResult["coverage"] {
  const gaps: Gap[] = [...reading.gaps, ...[...reading.commits, ...tags].flatMap((commit) => commit.gaps)];
  if (found > MAX_FINDINGS) {
    const detail = `${found} findings, of which ${MAX_FINDINGS} are kept`;
    gaps.push(gapOf({ reason: "too_many_findings", detail }));
  }
  const coverage = {
    commits: reading.commits.length,
    files: reading.commits.reduce((sum, commit) => sum + commit.files, 0),
    gaps,
  };
  const unopened = reading.commits.flatMap((commit) => commit.unopened ?? []).slice(0, MAX_UNOPENED);
  return unopened.length === 0 ? coverage : { ...coverage, unopened };
}
