/**
 * The neutral issue of a public repository: one, whatever was found. It is opened, or opened again, when the repository has
 * a leak that it does not cover yet. Nothing else that Rollcall knows of a key reaches it: not its state, nor whether it works.
 */
import type { CurrentRepository } from "../domain/index.ts";
import {
  canBeAssigned,
  createIssue,
  ensureLabel,
  GitHubError,
  listIssuesBy,
  readIssue,
  setIssueState,
  updateIssue,
} from "../github/index.ts";
import type { GitHubClient } from "../github/index.ts";
import { isNeutralIssue, renderNeutralIssue } from "../report/index.ts";
import type { Leak } from "../store/index.ts";
import type { JobContext } from "./context.ts";

/** Takes the place of a fingerprint in the marker. */
const NEUTRAL = "neutral";

/** The neutral issue as it is on GitHub. */
export interface OpenNeutralIssue {
  readonly number: number;
  readonly url: string;
}

/** Whether a leak has the neutral issue of its repository as its issue, because there is no private place. */
export async function isInNeutralIssue(context: JobContext, leak: Leak): Promise<boolean> {
  if (leak.issueNumber === null || leak.reportRepositoryId !== leak.repositoryId) return false;
  const neutral = await context.record.issues.neutral(leak.repositoryId);
  return neutral?.number === leak.issueNumber;
}

/**
 * Makes the neutral issue cover these leaks of a public repository.
 *
 * @param uncovered open leaks that it does not cover yet, or whose issue it no longer is: a person may have deleted it
 * @returns null if there is none and none has to be opened
 */
export async function coverByNeutralIssue(
  context: JobContext,
  repository: CurrentRepository,
  uncovered: readonly Leak[],
): Promise<OpenNeutralIssue | null> {
  const known = await context.record.issues.neutral(repository.id);
  if (uncovered.length === 0) {
    return known === null || known.number === null || known.url === null
      ? null
      : { number: known.number, url: known.url };
  }
  const octokit = await context.github.installation(repository.installationId);
  const found = await findNeutral(context, octokit, repository);
  const issue = found ?? (await createNeutral(context, octokit, repository));
  await context.record.issues.returned(repository.id, issue.number);
  await context.record.issues.putNeutral(repository.id, { ...issue, askedAt: known?.askedAt ?? null });
  const fingerprints = uncovered.map(({ fingerprint }) => fingerprint);
  await context.record.leaks.setNeutralAt(repository.id, fingerprints, context.now());
  return issue;
}

/** The neutral issue, open and with its text; null if there is none. */
async function findNeutral(
  context: JobContext,
  octokit: GitHubClient,
  repository: CurrentRepository,
): Promise<OpenNeutralIssue | null> {
  const number = await numberOf(context, octokit, repository);
  if (number === null) return null;
  try {
    const issue = await readIssue(octokit, repository, number);
    const report = await reportOf(context, repository, issue.body ?? "");
    // Transferred away: another neutral issue takes its place.
    if (issue.number !== number) return null;
    if (issue.state === "closed") await setIssueState(octokit, repository, number, "open");
    if (issue.body !== report.body || issue.title !== report.title)
      await updateIssue(octokit, repository, number, report);
    return { number, url: issue.html_url };
  } catch (error) {
    // 410: a person deleted it, or issues are off, which creating one then shows.
    if (error instanceof GitHubError && (error.code === "gone" || error.code === "not_found")) return null;
    throw error;
  }
}

/** By the record, else by its marker among the issues that the app wrote: an answer may be missing, or the record lost. */
async function numberOf(
  context: JobContext,
  octokit: GitHubClient,
  repository: CurrentRepository,
): Promise<number | null> {
  const known = await context.record.issues.neutral(repository.id);
  if (known !== null && known.number !== null) return known.number;
  const { login } = await context.github.app();
  const issues = await listIssuesBy(octokit, repository, login);
  return (
    issues.find(({ body }) => neutralMarkerOf(context, repository.id, body ?? "") !== null)?.number ?? null
  );
}

/** The marker that makes a body the neutral issue of a repository, of this key or a former one; null: it is none. */
export function neutralMarkerOf(context: JobContext, repositoryId: number, body: string): string | null {
  const markers = [context.marker(repositoryId, NEUTRAL), ...context.formerMarkers(repositoryId, NEUTRAL)];
  return markers.find((marker) => isNeutralIssue(body, marker)) ?? null;
}

async function createNeutral(
  context: JobContext,
  octokit: GitHubClient,
  repository: CurrentRepository,
): Promise<OpenNeutralIssue> {
  const { configuration } = await context.configuration.read(repository, { kind: "now" });
  const report = await reportOf(context, repository, null);
  const assignees: string[] = [];
  for (const login of configuration.issues.assign)
    if (await canBeAssigned(octokit, repository, login)) assignees.push(login);

  for (const label of report.labels) await ensureLabel(octokit, repository, label);
  await context.record.issues.putNeutral(repository.id, { number: null, url: null, askedAt: context.now() });
  const { number, html_url: url } = await createIssue(octokit, repository, { ...report, assignees });
  return { number, url };
}

async function reportOf(context: JobContext, repository: CurrentRepository, written: string | null) {
  const { configuration } = await context.configuration.read(repository, { kind: "now" });
  const marker = context.marker(repository.id, NEUTRAL);
  const former = written === null ? null : neutralMarkerOf(context, repository.id, written);
  // The key of the markers may have changed since.
  const previousBody = former === null ? written : (written?.replaceAll(former, marker) ?? null);
  return renderNeutralIssue({ marker, labels: configuration.issues.labels, previousBody });
}
