/**
 * The issues of leaks in one private place: opened once for each credential, found again by their marker, and kept up to
 * date. If the answer to an earlier request is missing, it looks for the issue first and only then opens one. Whether a
 * leak needs an issue, and where, is decided elsewhere.
 */
import type { CurrentRepository } from "../domain/index.ts";
import {
  addComment,
  createIssue,
  editComment,
  ensureLabel,
  GitHubError,
  listIssuesBy,
  readIssue,
  readRepository,
  setIssueState,
  updateIssue,
} from "../github/index.ts";
import type { GitHubClient, Issue, IssueContent, RepositoryName } from "../github/index.ts";
import {
  fitsInBody,
  MAX_KEYS_PER_ISSUE,
  markersOf,
  newPlacesComment,
  teamsComment,
  WITHDRAWN_TITLE,
} from "../report/index.ts";
import type { Leak } from "../store/index.ts";
import { assigneesOf } from "./assignees.ts";
import type { JobContext } from "./context.ts";
import { issueContents } from "./issue-content.ts";
import type { IssueContents, IssueSubject } from "./issue-content.ts";
import { mayHaveUnknownIssues, noteIssuesRead } from "./known-issues.ts";
import { changeLeaks } from "./leak-changes.ts";
import { changeLeakState } from "./leak-state.ts";
import { reviewIssue } from "./review-issue.ts";

/** More new keys than this at once go into one issue that lists them all. */
export const MAX_ISSUES = 20;

/** How long new places go into the same comment. */
const ONE_COMMENT_MS = 24 * 60 * 60_000;

const NO_COMMENT = { commentId: null, commentedAt: null, commentFrom: null } as const;

/** Where leaks of one repository get their issues. */
export interface Opening {
  /** Where they were found. */
  readonly repository: CurrentRepository;
  /** The private repository that gets the issues. */
  readonly place: CurrentRepository;
}

/** Opens the issues of leaks that have none in this place. Call for one installation at a time. */
export async function openIssues(
  context: JobContext,
  opening: Opening,
  unreported: readonly Leak[],
): Promise<void> {
  if (unreported.length === 0) return;
  const octokit = await context.github.installation(opening.place.installationId);
  const unknown = await joinOthers(context, octokit, opening, unreported);
  const missing = await adoptOpened(context, octokit, opening, unknown);
  if (missing.length > 0) await ensureLabels(context, octokit, opening);
  const size = missing.length > MAX_ISSUES ? MAX_KEYS_PER_ISSUE : 1;
  for (let at = 0; at < missing.length; at += size)
    await openOne(context, octokit, opening, missing.slice(at, at + size));

  // An earlier request may have had its effect without being listed yet: then there are two issues.
  if (missing.some((leak) => leak.issueAskedAt !== null))
    await context.record.repositories.setIssuesReadAt(opening.place.id, null);
}

/**
 * Gives leaks the issue that is on record for their key in this place: of another repository with the same key, or one
 * that they left before. Returns the leaks that have none.
 */
async function joinOthers(
  context: JobContext,
  octokit: GitHubClient,
  opening: Opening,
  unreported: readonly Leak[],
): Promise<Leak[]> {
  const { repository, place } = opening;
  const neutral = await context.record.issues.neutral(place.id);
  const former = (await context.record.issues.left(repository.id)).filter(
    ({ repositoryId, number }) => repositoryId === place.id && number !== neutral?.number,
  );
  const missing: Leak[] = [];
  for (const leak of unreported) {
    const shared = (await context.record.leaks.sharing(place.id, leak.fingerprint)).find(
      (row) => row.repositoryId !== repository.id && row.issueNumber !== null && row.issueUrl !== null,
    );
    const left = former.find(({ fingerprints }) => fingerprints.includes(leak.fingerprint));
    const issue =
      shared !== undefined && shared.issueNumber !== null && shared.issueUrl !== null
        ? { number: shared.issueNumber, url: shared.issueUrl }
        : left === undefined
          ? null
          : await returnTo(context, octokit, opening, left.number);
    if (issue === null) missing.push(leak);
    else await opened(context, opening, [leak], { ...issue, digest: null });
  }
  return missing;
}

/** The issue that a leak had left, open again; null if it is gone or was moved elsewhere. */
async function returnTo(
  context: JobContext,
  octokit: GitHubClient,
  { place }: Opening,
  number: number,
): Promise<{ readonly number: number; readonly url: string } | null> {
  const issue = await readOwn(context, octokit, place, number);
  await context.record.issues.returned(place.id, number);
  if (issue === null) return null;
  if (issue.state === "closed") await setIssueState(octokit, place, number, "open");
  return { number, url: issue.html_url };
}

/** Takes over issues that were opened before and are not on record. Returns the leaks that have none. */
async function adoptOpened(
  context: JobContext,
  octokit: GitHubClient,
  opening: Opening,
  unreported: readonly Leak[],
): Promise<Leak[]> {
  const { place } = opening;
  const asked = unreported.some((leak) => leak.issueAskedAt !== null);
  if (unreported.length === 0 || !(asked || (await mayHaveUnknownIssues(context, place.id))))
    return [...unreported];
  const { login } = await context.github.app();
  const issues = await listIssuesBy(octokit, place, login);
  const byMarker = new Map<string, Issue>();
  for (const issue of issues.toReversed())
    for (const marker of markersOf(issue.body ?? "")) if (!byMarker.has(marker)) byMarker.set(marker, issue);

  const missing: Leak[] = [];
  const closed = new Set<number>();
  for (const leak of unreported) {
    const issue = issueWithMarker(context, byMarker, place.id, leak.fingerprint);
    if (issue === undefined) {
      missing.push(leak);
      continue;
    }
    await opened(context, opening, [leak], { number: issue.number, url: issue.html_url, digest: null });
    if (issue.state === "closed") closed.add(issue.number);
  }
  // Who closed them and how says what became of their keys.
  for (const number of closed) await reviewIssue(context, { ...targetOf(place), number });
  await noteIssuesRead(context, place.id, issues);
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
  opening: Opening,
  leaks: readonly Leak[],
): Promise<void> {
  const { repository, place } = opening;
  const { configuration } = await context.configuration.read(repository, { kind: "now" });
  const { labels, assign } = configuration.issues;
  const { report, digest, places } = await issueContents(context, { place, rows: leaks, labels }, null);
  const people = await assigneesOf(context, octokit, { repository, place, rows: leaks, configured: assign });
  const fingerprints = leaks.map((leak) => leak.fingerprint);
  await context.record.leaks.issueAsked(repository.id, fingerprints, context.now());
  const issue = await createAssigned(octokit, place, { ...report, assignees: people.logins });
  await opened(context, opening, leaks, { number: issue.number, url: issue.html_url, digest });
  for (const { fingerprint } of leaks) {
    const leak = { reportRepositoryId: place.id, fingerprint };
    await changeLeakState(context, leak, { from: "open", to: "open", actor: null, how: "filed" });
  }
  await context.record.issues.tell(place.id, issue.number, { ...NO_COMMENT, places });
  const comment = teamsComment(people.teams);
  if (comment !== null) await addComment(octokit, place, issue.number, comment);
}

async function ensureLabels(
  context: JobContext,
  octokit: GitHubClient,
  { repository, place }: Opening,
): Promise<void> {
  const { configuration } = await context.configuration.read(repository, { kind: "now" });
  for (const label of configuration.issues.labels) await ensureLabel(octokit, place, label);
}

/** A person who could be assigned a moment ago may have left: the issue matters more. */
async function createAssigned(
  octokit: GitHubClient,
  place: CurrentRepository,
  content: IssueContent,
): Promise<Issue> {
  const { assignees = [], ...others } = content;
  if (assignees.length === 0) return createIssue(octokit, place, others);
  try {
    return await createIssue(octokit, place, content);
  } catch (error) {
    // 422 says that nothing was created.
    if (!(error instanceof GitHubError) || error.code !== "rejected") throw error;
    return createIssue(octokit, place, others);
  }
}

/** Records the issue of some leaks; from now on the checks that show them link to it. The issue that they had is left. */
async function opened(
  context: JobContext,
  { repository, place }: Opening,
  leaks: readonly Leak[],
  issue: { readonly number: number; readonly url: string; readonly digest: string | null },
): Promise<void> {
  const fingerprints = leaks.map((leak) => leak.fingerprint);
  await changeLeaks(context, repository.id, fingerprints, async (record) => {
    for (const { reportRepositoryId, issueNumber, fingerprint } of leaks) {
      if (issueNumber === null || (reportRepositoryId === place.id && issueNumber === issue.number)) continue;
      const former = { repositoryId: reportRepositoryId, number: issueNumber, fingerprints: [fingerprint] };
      await record.issues.leave(repository.id, former);
    }
    await record.leaks.issueOpened(repository.id, fingerprints, { ...issue, repositoryId: place.id });
  });
}

/**
 * Updates the issue of these leaks if more is known than it says.
 *
 * @param number of the issue, which is in `opening.place`
 * @param quiet new places were told already
 */
export async function updateIssueOf(
  context: JobContext,
  opening: Opening,
  number: number,
  quiet = false,
): Promise<void> {
  const { repository, place } = opening;
  const rows = await context.record.leaks.withIssue(place.id, number);
  if (rows.length === 0) return;
  const { configuration } = await context.configuration.read(repository, { kind: "now" });
  const subject: IssueSubject = { place, rows, labels: configuration.issues.labels };
  const wanted = await issueContents(context, subject, null);
  if (rows.every(({ issueDigest }) => issueDigest === wanted.digest)) return;
  const octokit = await context.github.installation(place.installationId);
  const issue = await readOwn(context, octokit, place, number);
  if (issue === null) {
    // A leak that is over needs no new issue.
    return rows.some(({ state }) => state === "open") ? openAgain(context, opening, rows) : undefined;
  }
  // What was withdrawn in public holds nothing of people, and comes back whole.
  const previous = issue.title === WITHDRAWN_TITLE ? null : (issue.body ?? null);
  const { report } = await issueContents(context, subject, previous);
  // People may have filled the body: then the comment has to do.
  if (fitsInBody(report)) await updateIssue(octokit, place, number, report);
  await recordWritten(context, rows, { number, url: issue.html_url, digest: wanted.digest, place });
  if (quiet) await context.record.issues.tell(place.id, number, { ...NO_COMMENT, places: wanted.places });
  else await tellNewPlaces(context, octokit, place, number, wanted);
}

async function recordWritten(
  context: JobContext,
  rows: readonly Leak[],
  written: {
    readonly number: number;
    readonly url: string;
    readonly digest: string;
    readonly place: CurrentRepository;
  },
): Promise<void> {
  const { place, ...issue } = written;
  for (const [repositoryId, own] of Map.groupBy(rows, (row) => row.repositoryId)) {
    const fingerprints = own.map((leak) => leak.fingerprint);
    await context.record.leaks.issueOpened(repositoryId, fingerprints, { ...issue, repositoryId: place.id });
  }
}

/**
 * Says in a comment that there are new places, because an edited body notifies no one. All of one day go into the same
 * comment. It is noted first, so a crash costs a comment and never makes two.
 */
async function tellNewPlaces(
  context: JobContext,
  octokit: GitHubClient,
  place: CurrentRepository,
  number: number,
  { places, newest }: IssueContents,
): Promise<void> {
  const { issues } = context.record;
  const told = await issues.told(place.id, number);
  // Of an issue from before its places were counted, all count as told.
  if (told === null) return issues.tell(place.id, number, { ...NO_COMMENT, places });
  if (places <= told.places) return;
  const now = context.now();
  const { commentId: last, commentedAt, commentFrom } = told;
  const recent = commentedAt !== null && now.getTime() - commentedAt.getTime() < ONE_COMMENT_MS;
  if (recent && last !== null && commentFrom !== null) {
    await issues.tell(place.id, number, { ...told, places });
    if (await editComment(octokit, place, last, newPlacesComment(newest, places - commentFrom))) return;
  }
  const next = { places, commentedAt: now, commentFrom: told.places };
  await issues.tell(place.id, number, { ...next, commentId: null });
  const commentId = await addComment(octokit, place, number, newPlacesComment(newest, places - told.places));
  await issues.tell(place.id, number, { ...next, commentId });
}

/**
 * An issue that this app wrote, as it is now.
 *
 * @returns null if it is gone: deleted, or transferred to another repository, where GitHub leads the request
 */
async function readOwn(
  context: JobContext,
  octokit: GitHubClient,
  place: CurrentRepository,
  number: number,
): Promise<Issue | null> {
  try {
    const issue = await readIssue(octokit, place, number);
    if (issue.number !== number) return null;
    // The record may have a former name of the place.
    const isThere =
      isIn(context, place, issue.html_url) ||
      isIn(context, await readRepository(octokit, place.id), issue.html_url);
    return isThere ? issue : null;
  } catch (error) {
    if (error instanceof GitHubError && (error.code === "gone" || error.code === "not_found")) return null;
    throw error;
  }
}

function isIn({ githubUrl }: JobContext, { owner, name }: RepositoryName, url: string): boolean {
  return url.toLowerCase().startsWith(`${githubUrl}/${owner}/${name}/issues/`.toLowerCase());
}

/** Opens an issue again that a person deleted or moved away: an open leak always has one. */
async function openAgain(context: JobContext, opening: Opening, rows: readonly Leak[]): Promise<void> {
  for (const [repositoryId, own] of Map.groupBy(rows, (row) => row.repositoryId)) {
    const fingerprints = own.map((leak) => leak.fingerprint);
    await context.record.leaks.issueGone(repositoryId, fingerprints);
  }
  const { repository } = opening;
  const gone = await context.record.leaks.find(
    repository.id,
    rows.filter(({ repositoryId }) => repositoryId === repository.id).map(({ fingerprint }) => fingerprint),
  );
  await openIssues(
    context,
    opening,
    [...gone.values()].filter(({ state }) => state === "open"),
  );
}
