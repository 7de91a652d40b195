import { createHash } from "node:crypto";
import type { Finding, Repository } from "../domain/index.ts";
import { createIssue, GitHubError, listIssuesBy, readIssue, updateIssue } from "../github/index.ts";
import type { GitHubClient, Issue } from "../github/index.ts";
import { MAX_KEYS_PER_ISSUE, markersOf, renderIssue, renderManyKeysIssue } from "../report/index.ts";
import type { IssueReport, LeakRecord } from "../report/index.ts";
import type { Leak } from "../store/index.ts";
import type { JobContext } from "./context.ts";

/** More new keys than this in one scope go into one issue that lists them all. */
const ISSUES_AT_MOST = 20;

/** Locations kept of one credential. */
const LOCATIONS_AT_MOST = 1000;

/**
 * Records the leaks of a scope and files or updates their issues: one for each credential of a repository, found again
 * by its marker. One job of a repository at a time.
 */
export function fileIssues(
  context: JobContext,
  repository: Repository,
  findings: readonly Finding[],
): Promise<void> {
  return context.lock.run(`issues:${repository.id}`, async () => {
    const leaks = await recordLeaks(context, repository, findings);
    const unfiled = leaks.filter((leak) => leak.issue_number === null);
    if (unfiled.length > 0) await fileNew(context, repository, unfiled);
    const touched = new Set(leaks.map((leak) => leak.fingerprint));
    const filed = (await context.store.leaks.all(repository.id)).filter((leak) => leak.issue_number !== null);
    for (const siblings of Map.groupBy(filed, (leak) => leak.issue_number).values()) {
      if (siblings.some((leak) => touched.has(leak.fingerprint) && leak.state === "open"))
        await bringUpToDate(context, repository, siblings);
    }
  });
}

/** Adds the findings to the leaks of the repository, which are returned as they were before where nothing is new. */
async function recordLeaks(
  context: JobContext,
  repository: Repository,
  findings: readonly Finding[],
): Promise<Leak[]> {
  const byKey = Map.groupBy(findings, (finding) => finding.fingerprint);
  const known = await context.store.leaks.find(repository.id, [...byKey.keys()]);
  const leaks: Leak[] = [];
  for (const [fingerprint, found] of byKey) {
    const [first] = found;
    if (first === undefined) continue;
    const before = known.get(fingerprint);
    const locations = merge(before?.locations ?? [], found);
    const leak: Leak = before ? { ...before, locations } : newLeak(first, locations, context.now());
    if (before === undefined || locations.length > before.locations.length) {
      await context.store.leaks.save(repository.id, leak);
    }
    leaks.push(leak);
  }
  return leaks;
}

function newLeak(finding: Finding, locations: Finding[], now: Date): Leak {
  return {
    fingerprint: finding.fingerprint,
    state: "open",
    kind: finding.kind,
    mode: finding.mode,
    confidence: finding.confidence,
    redacted: finding.redacted,
    account: finding.account,
    account_created: finding.accountCreated,
    locations,
    issue_number: null,
    issue_url: null,
    issue_asked_at: null,
    issue_digest: null,
    found_at: now,
  };
}

function merge(before: readonly Finding[], found: readonly Finding[]): Finding[] {
  const all = new Map([...before, ...found].map((finding) => [placeOf(finding), finding]));
  return [...all.values()].slice(0, LOCATIONS_AT_MOST);
}

function placeOf(finding: Finding): string {
  return JSON.stringify([finding.place, finding.commit, finding.path, finding.line, finding.column]);
}

/**
 * Files the issues of leaks that have none. Before the first one the issues that this app wrote are listed and matched
 * by marker, where the record is new or a request's answer was lost: creating is not idempotent.
 */
async function fileNew(context: JobContext, repository: Repository, unfiled: readonly Leak[]): Promise<void> {
  const octokit = await context.github.installation(repository.installationId);
  const asked = unfiled.some((leak) => leak.issue_asked_at !== null);
  const unread = (await context.store.repositories.issuesReadAt(repository.id)) === null;
  const missing = asked || unread ? await adoptFiled(context, octokit, repository, unfiled) : [...unfiled];
  if (missing.length > ISSUES_AT_MOST) {
    for (let at = 0; at < missing.length; at += MAX_KEYS_PER_ISSUE) {
      await fileOne(context, octokit, repository, missing.slice(at, at + MAX_KEYS_PER_ISSUE));
    }
    return;
  }
  for (const leak of missing) await fileOne(context, octokit, repository, [leak]);
}

/** Takes over the issues that were filed before and are not on record. Returns the leaks that have none. */
async function adoptFiled(
  context: JobContext,
  octokit: GitHubClient,
  repository: Repository,
  unfiled: readonly Leak[],
): Promise<Leak[]> {
  const { login } = await context.github.app();
  const issues = await listIssuesBy(octokit, repository, login);
  const byMarker = new Map<string, Issue>();
  for (const issue of issues.toReversed()) {
    for (const marker of markersOf(issue.body ?? "")) if (!byMarker.has(marker)) byMarker.set(marker, issue);
  }
  const missing: Leak[] = [];
  for (const leak of unfiled) {
    const issue = byMarker.get(context.marker(repository.id, leak.fingerprint));
    if (issue === undefined) missing.push(leak);
    else {
      await context.store.leaks.issueFiled(repository.id, leak.fingerprint, {
        number: issue.number,
        url: issue.html_url,
        digest: null,
      });
    }
  }
  await context.store.repositories.setIssuesReadAt(repository.id, context.now());
  return missing;
}

async function fileOne(
  context: JobContext,
  octokit: GitHubClient,
  repository: Repository,
  leaks: readonly Leak[],
): Promise<void> {
  const report = await render(context, repository, leaks, null);
  for (const leak of leaks)
    await context.store.leaks.issueAsked(repository.id, leak.fingerprint, context.now());
  try {
    const issue = await createIssue(octokit, repository, report);
    for (const leak of leaks) {
      await context.store.leaks.issueFiled(repository.id, leak.fingerprint, {
        number: issue.number,
        url: issue.html_url,
        digest: digest(report),
      });
    }
  } catch (error) {
    if (!(error instanceof GitHubError) || error.retry === "soon") throw error;
    context.log.warn({ err: error, repository: repository.id }, "issue not filed; the check stays red");
  }
}

/**
 * Writes an issue again where the record of its leaks has grown, with the ticks that people set since.
 *
 * @param siblings every leak that the issue is about
 */
async function bringUpToDate(
  context: JobContext,
  repository: Repository,
  siblings: readonly Leak[],
): Promise<void> {
  const [first] = siblings;
  if (first === undefined || first.issue_number === null || first.issue_url === null) return;
  const { issue_number: number, issue_url: url } = first;
  const unticked = digest(await render(context, repository, siblings, null));
  if (unticked === first.issue_digest) return;
  const octokit = await context.github.installation(repository.installationId);
  try {
    const { body } = await readIssue(octokit, repository, number);
    await updateIssue(octokit, repository, number, await render(context, repository, siblings, body ?? null));
  } catch (error) {
    if (!(error instanceof GitHubError) || error.retry === "soon") throw error;
    if (error.code === "gone" || error.code === "not_found")
      return await fileAgain(context, repository, siblings);
    context.log.warn({ err: error, repository: repository.id }, "issue not updated");
    return;
  }
  for (const { fingerprint } of siblings) {
    await context.store.leaks.issueFiled(repository.id, fingerprint, { number, url, digest: unticked });
  }
}

/** Somebody deleted the issue: an open leak keeps one. */
async function fileAgain(context: JobContext, repository: Repository, leaks: readonly Leak[]): Promise<void> {
  for (const { fingerprint } of leaks) await context.store.leaks.issueGone(repository.id, fingerprint);
  await fileNew(
    context,
    repository,
    leaks.map((leak) => ({ ...leak, issue_number: null, issue_url: null, issue_digest: null })),
  );
}

async function render(
  context: JobContext,
  repository: Repository,
  leaks: readonly Leak[],
  previousBody: string | null,
): Promise<IssueReport> {
  const { configuration } = await context.configuration.read(repository);
  const visibility = repository.private ? "private" : "public";
  const common = { visibility, labels: configuration.issues.labels, previousBody } as const;
  const records = leaks.map((leak) => recordOf(context, repository, leak));
  const markers = leaks.map((leak) => context.marker(repository.id, leak.fingerprint));
  const [leak] = records;
  const [marker] = markers;
  return leak !== undefined && marker !== undefined && leaks.length === 1
    ? renderIssue({ leak, marker, ...common })
    : renderManyKeysIssue({ leaks: records, markers, ...common });
}

function recordOf(context: JobContext, repository: Repository, leak: Leak): LeakRecord {
  const fullName = `${repository.owner}/${repository.name}`;
  const at = { fullName, url: `${context.githubUrl}/${fullName}` };
  return {
    kind: leak.kind,
    mode: leak.mode,
    confidence: leak.confidence,
    redacted: leak.redacted,
    fingerprint: leak.fingerprint,
    account: leak.account,
    accountCreated: leak.account_created,
    locations: leak.locations.map(({ place, commit, path, line }) => ({
      repository: at,
      place,
      commit,
      path,
      line,
    })),
  };
}

function digest(report: IssueReport): string {
  return createHash("sha256")
    .update(JSON.stringify([report.title, report.body]))
    .digest("hex")
    .slice(0, 32);
}
