/**
 * Closes the issues that leaks have left for another place. In a repository that is public now, the issue is emptied, and
 * its readers are asked to delete it. An issue that another leak still has stays as it is.
 */
import type { CurrentRepository } from "../domain/index.ts";
import { addComment, GitHubError, readIssue, setIssueState, updateIssue } from "../github/index.ts";
import type { Issue } from "../github/index.ts";
import { markersOf, movedBody, movedComment, WITHDRAWN_BODY, WITHDRAWN_TITLE } from "../report/index.ts";
import type { FormerIssue } from "../store/index.ts";
import type { JobContext } from "./context.ts";
import { loadRepository } from "./load-repository.ts";
import { neutralMarkerOf } from "./neutral-issue.ts";

/** Closes what the leaks of a repository have left, once each of them is followed elsewhere. */
export async function retireFormerIssues(context: JobContext, repositoryId: number): Promise<void> {
  const former = await context.record.issues.left(repositoryId);
  for (const issue of former.filter(({ retiredAt }) => retiredAt === null))
    await retire(context, repositoryId, issue);
}

/**
 * Empties issues with details in a repository that is public now, if no leak has them: the repository became public while
 * the issue was opened, and the answer was lost.
 *
 * @param issues all of the app there
 * @returns the others
 */
export async function withdrawUnrecorded(
  context: JobContext,
  repository: CurrentRepository,
  issues: readonly Issue[],
): Promise<readonly Issue[]> {
  if (repository.private) return issues;
  const { leaks } = context.record;
  const known = [...(await leaks.all(repository.id)), ...(await leaks.reportedIn(repository.id))];
  const markers = new Set(
    known.flatMap(({ fingerprint }) => [
      context.marker(repository.id, fingerprint),
      ...context.formerMarkers(repository.id, fingerprint),
    ]),
  );
  const withdrawn = new Set<Issue>();
  for (const issue of issues) {
    const isOfLeak = markersOf(issue.body ?? "").some((marker) => markers.has(marker));
    if (issue.state !== "open" || !isOfLeak) continue;
    if ((await leaks.withIssue(repository.id, issue.number)).length > 0) continue;
    const former = { repositoryId: repository.id, number: issue.number, fingerprints: [] };
    await context.record.issues.leave(repository.id, former);
    withdrawn.add(issue);
  }
  if (withdrawn.size > 0) await retireFormerIssues(context, repository.id);
  return issues.filter((issue) => !withdrawn.has(issue));
}

async function retire(context: JobContext, sourceId: number, former: FormerIssue): Promise<void> {
  const { issues, leaks } = context.record;
  if ((await leaks.withIssue(former.repositoryId, former.number)).length > 0) return;
  const place = await loadRepository(context, former.repositoryId);
  const rows = [...(await leaks.find(sourceId, former.fingerprints)).values()];
  const urls = [...new Set(rows.flatMap(({ issueUrl }) => issueUrl ?? []))];
  const isFollowed = rows.every(({ state, issueNumber }) => state !== "open" || issueNumber !== null);
  // In a private repository it goes on until there is another; in public it ends at once.
  if (place?.private === true && !isFollowed) return;
  if (place !== null) await close(context, place, former.number, urls);
  await issues.retired(former.repositoryId, former.number, context.now());
}

async function close(
  context: JobContext,
  place: CurrentRepository,
  number: number,
  urls: readonly string[],
): Promise<void> {
  const octokit = await context.github.installation(place.installationId);
  try {
    const issue = await readIssue(octokit, place, number);
    if (issue.number !== number) return;
    const { title } = issue;
    const body = issue.body ?? "";
    if (neutralMarkerOf(context, place.id, body) === null) {
      const closing = place.private
        ? { title, body: movedBody(body, urls) }
        : { title: WITHDRAWN_TITLE, body: WITHDRAWN_BODY };
      await updateIssue(octokit, place, number, closing);
    }
    if (issue.state === "closed") return;
    if (place.private) await addComment(octokit, place, number, movedComment(urls));
    await setIssueState(octokit, place, number, "not_planned");
  } catch (error) {
    // Deleted, or GitHub lets nothing be written there any more: then nothing is left to close.
    if (error instanceof GitHubError && ["gone", "not_found", "forbidden"].includes(error.code)) return;
    throw error;
  }
}
