/**
 * The issues of leaks: opened once for each credential, found again by their marker, and kept up to date. If the answer to
 * an earlier request is missing, it looks for the issue first and only then opens one. Whether a leak needs an issue is
 * decided elsewhere.
 */
import { createHash } from "node:crypto";
import type { Finding, CurrentRepository } from "../domain/index.ts";
import { createIssue, GitHubError, listIssuesBy, readIssue, updateIssue } from "../github/index.ts";
import type { GitHubClient, Issue } from "../github/index.ts";
import { MAX_KEYS_PER_ISSUE, markersOf, renderIssue, renderManyKeysIssue } from "../report/index.ts";
import type { IssueReport, LeakRecord } from "../report/index.ts";
import type { Leak } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { changeLeaks } from "./leak-changes.ts";
import { changeLeakState } from "./leak-state.ts";
import { reviewIssue } from "./review-issue.ts";

/** More new keys than this at once go into one issue that lists them all. */
const MAX_ISSUES = 20;

/** Opens the issues of leaks that have none. Call for one repository at a time. */
export async function openIssues(
  context: JobContext,
  repository: CurrentRepository,
  unreported: readonly Leak[],
): Promise<void> {
  if (unreported.length === 0) return;
  const octokit = await context.github.installation(repository.installationId);
  const asked = unreported.some((leak) => leak.issueAskedAt !== null);
  const known = await context.record.repositories.find(repository.id);
  const missing =
    asked || known?.issuesReadAt === null
      ? await adoptOpened(context, octokit, repository, unreported)
      : [...unreported];
  const size = missing.length > MAX_ISSUES ? MAX_KEYS_PER_ISSUE : 1;
  for (let at = 0; at < missing.length; at += size)
    await openOne(context, octokit, repository, missing.slice(at, at + size));

  // An earlier request may have had its effect without being listed yet: then there are two issues.
  if (asked && missing.length > 0) await context.record.repositories.setIssuesReadAt(repository.id, null);
}

/** Takes over issues that were opened before and are not on record. Returns the leaks that have none. */
async function adoptOpened(
  context: JobContext,
  octokit: GitHubClient,
  repository: CurrentRepository,
  unreported: readonly Leak[],
): Promise<Leak[]> {
  const { login } = await context.github.app();
  const issues = await listIssuesBy(octokit, repository, login);
  const byMarker = new Map<string, Issue>();
  for (const issue of issues.toReversed())
    for (const marker of markersOf(issue.body ?? "")) if (!byMarker.has(marker)) byMarker.set(marker, issue);

  const missing: Leak[] = [];
  const closed = new Set<number>();
  for (const leak of unreported) {
    const issue = issueWithMarker(context, byMarker, repository.id, leak.fingerprint);
    if (issue === undefined) {
      missing.push(leak);
      continue;
    }
    await opened(context, repository, [leak], { number: issue.number, url: issue.html_url, digest: null });
    if (issue.state === "closed") closed.add(issue.number);
  }
  // Who closed them and how says what became of their keys.
  for (const number of closed) await reviewIssue(context, { ...targetOf(repository), number });
  await context.record.repositories.setIssuesReadAt(repository.id, context.now());
  return missing;
}

function issueWithMarker(
  context: JobContext,
  byMarker: ReadonlyMap<string, Issue>,
  repositoryId: number,
  fingerprint: string,
): Issue | undefined {
  const markers = [
    context.marker(repositoryId, fingerprint),
    ...context.formerMarkers(repositoryId, fingerprint),
  ];
  return markers.flatMap((marker) => byMarker.get(marker) ?? [])[0];
}

function targetOf({ id, installationId }: CurrentRepository) {
  return { repositoryId: id, installationId };
}

async function openOne(
  context: JobContext,
  octokit: GitHubClient,
  repository: CurrentRepository,
  leaks: readonly Leak[],
): Promise<void> {
  const report = await render(context, repository, leaks, null);
  const fingerprints = leaks.map((leak) => leak.fingerprint);
  await context.record.leaks.issueAsked(repository.id, fingerprints, context.now());
  const issue = await createIssue(octokit, repository, report);
  await opened(context, repository, leaks, {
    number: issue.number,
    url: issue.html_url,
    digest: digestOf(report),
  });
  for (const leak of leaks)
    await changeLeakState(context, leak, { from: "open", to: "open", actor: null, how: "filed" });
}

/** Records the issue of some leaks; from now on the checks that show them link to it. */
async function opened(
  context: JobContext,
  repository: CurrentRepository,
  leaks: readonly Leak[],
  issue: { readonly number: number; readonly url: string; readonly digest: string | null },
): Promise<void> {
  const fingerprints = leaks.map((leak) => leak.fingerprint);
  await changeLeaks(context, repository.id, fingerprints, (record) =>
    record.leaks.issueOpened(repository.id, fingerprints, { ...issue, repositoryId: repository.id }),
  );
}

/**
 * Updates the issues of these leaks if more is known than they say.
 *
 * @param fingerprints leaks that were found once more
 */
export async function updateIssues(
  context: JobContext,
  repository: CurrentRepository,
  fingerprints: ReadonlySet<string>,
): Promise<void> {
  if (fingerprints.size === 0) return;
  const reported = (await context.record.leaks.all(repository.id)).filter(
    (leak) => leak.issueNumber !== null,
  );
  for (const siblings of Map.groupBy(reported, (leak) => leak.issueNumber).values()) {
    if (siblings.some((leak) => fingerprints.has(leak.fingerprint) && leak.state === "open"))
      await updateOne(context, repository, siblings);
  }
}

/** Updates an issue and keeps the boxes that people ticked. `siblings`: every leak that the issue is about. */
async function updateOne(
  context: JobContext,
  repository: CurrentRepository,
  siblings: readonly Leak[],
): Promise<void> {
  const [first] = siblings;
  if (first === undefined || first.issueNumber === null || first.issueUrl === null) return;
  const { issueNumber: number, issueUrl: url } = first;
  const digest = digestOf(await render(context, repository, siblings, null));
  if (digest === first.issueDigest) return;
  const octokit = await context.github.installation(repository.installationId);
  try {
    const { body } = await readIssue(octokit, repository, number);
    await updateIssue(octokit, repository, number, await render(context, repository, siblings, body ?? null));
  } catch (error) {
    if (!(error instanceof GitHubError) || (error.code !== "gone" && error.code !== "not_found")) throw error;
    return openAgain(context, repository, siblings);
  }
  const written = { repositoryId: repository.id, number, url, digest };
  const fingerprints = siblings.map((leak) => leak.fingerprint);
  await context.record.leaks.issueOpened(repository.id, fingerprints, written);
}

/** Opens an issue again that a person deleted: an open leak always has one. */
async function openAgain(
  context: JobContext,
  repository: CurrentRepository,
  leaks: readonly Leak[],
): Promise<void> {
  const fingerprints = leaks.map((leak) => leak.fingerprint);
  await context.record.leaks.issueGone(repository.id, fingerprints);
  const gone = await context.record.leaks.find(repository.id, fingerprints);
  await openIssues(context, repository, [...gone.values()]);
}

async function render(
  context: JobContext,
  repository: CurrentRepository,
  leaks: readonly Leak[],
  previousBody: string | null,
): Promise<IssueReport> {
  const { configuration } = await context.configuration.read(repository, { kind: "now" });
  const locations = await context.record.leaks.locations(
    repository.id,
    leaks.map((leak) => leak.fingerprint),
  );
  const visibility = repository.private ? "private" : "public";
  const common = { visibility, labels: configuration.issues.labels, previousBody } as const;
  const records = leaks.map((leak) =>
    recordOf(context, repository, leak, locations.get(leak.fingerprint) ?? []),
  );
  const markers = leaks.map((leak) => context.marker(repository.id, leak.fingerprint));
  const [leak] = records;
  const [marker] = markers;
  return leak !== undefined && marker !== undefined && leaks.length === 1
    ? renderIssue({ leak, marker, ...common })
    : renderManyKeysIssue({ leaks: records, markers, ...common });
}

function recordOf(
  context: JobContext,
  repository: CurrentRepository,
  leak: Leak,
  locations: readonly Finding[],
): LeakRecord {
  const fullName = `${repository.owner}/${repository.name}`;
  const at = { fullName, url: `${context.githubUrl}/${fullName}` };
  const { kind, mode, confidence, redacted, fingerprint, account, accountCreated } = leak;
  return {
    kind,
    mode,
    confidence,
    redacted,
    fingerprint,
    account,
    accountCreated,
    locations: locations.map(({ place, commit, path, line }) => ({
      repository: at,
      place,
      commit,
      path,
      line,
    })),
  };
}

function digestOf(report: IssueReport): string {
  return createHash("sha256")
    .update(JSON.stringify([report.title, report.body]))
    .digest("hex")
    .slice(0, 32);
}
