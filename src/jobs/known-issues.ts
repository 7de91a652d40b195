/**
 * What the record knows of the app's issues in a repository. After a loss of the record there are issues of keys that it
 * does not know. As long as there are, each key that is new to it is looked for among them.
 */
import type { Issue } from "../github/index.ts";
import { markersOf } from "../report/index.ts";
import type { JobContext } from "./context.ts";

/** Whether an issue of a key that is new to the record may exist in this repository. */
export async function mayHaveUnknownIssues(context: JobContext, repositoryId: number): Promise<boolean> {
  const known = await context.record.repositories.find(repositoryId);
  return known === null || known.issuesReadAt === null || known.hasUnknownIssues;
}

/** Notes that these are all issues of the app in the repository, as of now. */
export async function noteIssuesRead(
  context: JobContext,
  repositoryId: number,
  issues: readonly Issue[],
): Promise<void> {
  const { leaks, repositories } = context.record;
  const known = new Set<string>();
  for (const { fingerprint } of await leaks.reportedIn(repositoryId)) {
    known.add(context.marker(repositoryId, fingerprint));
    for (const marker of context.formerMarkers(repositoryId, fingerprint)) known.add(marker);
  }
  const hasUnknown = issues.some(({ body }) => markersOf(body ?? "").some((marker) => !known.has(marker)));
  await repositories.setIssuesReadAt(repositoryId, context.now());
  await repositories.setUnknownIssues(repositoryId, hasUnknown);
}
