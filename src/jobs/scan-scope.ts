import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { headOf, keyOf } from "../domain/index.ts";
import type { CommitScan, Gap, Repository } from "../domain/index.ts";
import { DETECTOR_VERSION } from "../detect/index.ts";
import { createGitScope, locateInHead, readScope, scanTag } from "../scan/index.ts";
import type { CommitRecord, ScopeReading, ScopeRequest } from "../scan/index.ts";
import { createRestSource } from "../source/index.ts";
import type { JobContext } from "./context.ts";
import { fileLeaksOf } from "./file-leaks.ts";
import type { Job, ScanJob } from "./job.ts";
import { beginCheck, publishCheck, republishCheck } from "./publish-check.ts";

/** Findings kept of one scope; more are counted as a gap, for they cannot all be shown. */
const FINDINGS_AT_MOST = 10_000;

/** Commits that GitHub lists of a push at most. */
const LISTED_AT_MOST = 2048;

/**
 * How long the check waits for its issues, so that it can name them: filing them is paced to spare GitHub's limits, and
 * neither red nor the next push must wait for that. A job of its own sees to the rest and publishes the check again.
 */
const ISSUES_FIRST_MS = 400;
const LATER = Symbol("later");

/** Reads a scope, files the issues that its author may cause, and publishes the verdict on its head. */
export async function scanScope(
  context: JobContext,
  job: ScanJob,
  options: { readonly newRun: boolean } = { newRun: false },
): Promise<void> {
  const { repository, scope } = job;
  const head = headOf(scope);
  await context.store.repositories.save(repository);
  if (job.configurationChanged) context.configuration.forget(repository);
  const defaultBranch = scope.kind === "push" && scope.ref === `refs/heads/${repository.defaultBranch}`;
  const begun = await context.store.scopes.begin(
    repository.id,
    scope,
    defaultBranch,
    job.asOf === null ? null : new Date(job.asOf),
  );

  const octokit = await context.github.installation(repository.installationId);
  const rest = createRestSource(octokit, repository, { blobBytes: context.limits.restBlobBytes });
  const record = recordOf(context, repository);
  const request = await requestOf(context, job);
  const git = createGitScope(context.openGit(repository), request, { record });
  const read = context.lock.run(`scan:${repository.id}`, () =>
    readScope(request, {
      rest,
      git,
      record,
      scanContent: context.scanContent,
      now: context.now(),
      signal: timeLimit(context),
    }),
  );
  const [reading] = await Promise.all([
    read,
    beginCheck(context, repository, head, { ...options, commits: commitsOf(job) }),
  ]);
  const signal = timeLimit(context);
  const tags =
    job.hints.tag === null
      ? []
      : [
          await scanTag(
            job.hints.tag,
            await rest.readTag(job.hints.tag, signal),
            context.now(),
            context.scanContent,
          ),
        ];

  const placed = await locateInHead(
    head,
    [...reading.commits, ...tags],
    reading.dropped,
    (path) => rest.readAt(head, path, signal),
    context.now(),
    context.scanContent,
  );
  const findings = [
    ...placed,
    ...job.hints.inNames.map((finding) => ({ finding, head: null, headRead: false, dropped: false })),
  ];
  const kept = findings.slice(0, FINDINGS_AT_MOST);
  const coverage = coverageOf(reading, tags, findings.length);
  await context.store.scopes.finish(repository.id, scope, {
    commits: reading.commits.map((commit) => commit.sha),
    findings: kept,
    coverage,
  });

  const filing = settle(() =>
    fileLeaksOf(context, { repository, key: keyOf(scope), head, trust: job.trust }),
  );
  const filed = await Promise.race([filing, wait(ISSUES_FIRST_MS, LATER, { ref: false })]);
  await publishCheck(context, repository, head);
  for (const retired of begun.retired) await republishCheck(context, repository, retired);
  if (job.last && job.asOf !== null)
    await context.store.scopes.retire(repository.id, keyOf(scope), new Date(job.asOf));
  if (filed === LATER) {
    const rest: Job = { kind: "file", repository, key: keyOf(scope), head, trust: job.trust };
    await context.add(`file ${randomUUID()}`, [rest]);
  } else if (filed !== null) throw filed;
}

/** Counted from when the work begins: what waits behind another scan of its repository has not begun. */
function timeLimit(context: JobContext): AbortSignal {
  return AbortSignal.timeout(context.limits.scanMs);
}

/** As many commits as the delivery says; null where it does not, or where it may have left some out. */
function commitsOf({ hints: { count } }: ScanJob): number | null {
  return count === null || count === 0 || count >= LISTED_AT_MOST ? null : count;
}

/** An issue that could not be filed does not keep the check from being published: the error is thrown after it. */
async function settle(work: () => Promise<void>): Promise<Error | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error("Issues could not be filed.", { cause: error });
  }
}

/**
 * What scanned refs hold, but for those at the head itself: another ref of the same commit may be deleted, and this one
 * is judged by all that it brought.
 */
async function readHeadsBut(context: JobContext, repository: Repository, head: string): Promise<string[]> {
  return (await context.store.scopes.readHeads(repository.id)).filter((read) => read !== head);
}

function recordOf(context: JobContext, repository: Repository): CommitRecord {
  const { commitScans } = context.store;
  return {
    find: (commits) => commitScans.find(repository.id, DETECTOR_VERSION, commits),
    save: (scans) =>
      commitScans.save(
        repository.id,
        DETECTOR_VERSION,
        scans.map((scan) => ({
          ...scan,
          parents: [...scan.parents],
          findings: [...scan.findings],
          gaps: [...scan.gaps],
        })),
        context.now(),
      ),
  };
}

async function requestOf(context: JobContext, job: ScanJob): Promise<ScopeRequest> {
  const { repository, scope, hints } = job;
  const before =
    hints.previousHead === null || scope.kind !== "pull_request"
      ? null
      : await context.store.scopes.find(repository.id, keyOf(scope), hints.previousHead);
  const sameBase =
    before?.scope.kind === "pull_request" &&
    scope.kind === "pull_request" &&
    before.scope.base === scope.base;
  // With a gap, the list itself may have been cut: a tip that could not be fetched is one.
  const listable = before !== null && before.done && sameBase && before.coverage.gaps.length === 0;
  const isDefault = scope.kind === "push" && scope.ref === `refs/heads/${repository.defaultBranch}`;
  const same =
    scope.kind === "push"
      ? await context.store.scopes.find(repository.id, keyOf(scope), headOf(scope))
      : null;
  return {
    scope,
    earlier: same?.commits ?? [],
    listedCommits: hints.commits,
    commitCount: hints.count,
    forced: hints.forced,
    compareNewWith: isDefault ? null : repository.defaultBranch,
    exclude:
      scope.kind === "push" && scope.before === null
        ? await readHeadsBut(context, repository, headOf(scope))
        : [],
    previousHead: listable ? before.head : null,
    previousCommits: listable ? before.commits : [],
  };
}

function coverageOf(
  reading: ScopeReading,
  tags: readonly CommitScan[],
  found: number,
): { commits: number; files: number; gaps: Gap[] } {
  const gaps = [...reading.gaps, ...[...reading.commits, ...tags].flatMap((commit) => commit.gaps)];
  if (found > FINDINGS_AT_MOST) {
    gaps.push({
      reason: "too_many_findings",
      commit: null,
      path: null,
      detail: `${found} findings, of which ${FINDINGS_AT_MOST} are kept`,
    });
  }
  return {
    commits: reading.commits.length,
    files: reading.commits.reduce((sum, commit) => sum + commit.files, 0),
    gaps,
  };
}
