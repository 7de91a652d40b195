import type { CurrentRepository } from "../domain/index.ts";
import type { JobContext } from "./context.ts";
import { updateIssueOf } from "./leak-issues.ts";
import { loadRepository } from "./load-repository.ts";
import { isInNeutralIssue } from "./neutral-issue.ts";

/**
 * Updates the issues of these leaks of a repository if more is known than they say. The neutral issue says the same
 * whatever is known.
 *
 * @param fingerprints leaks that were found once more, or whose issue changed
 */
export async function updateIssues(
  context: JobContext,
  repository: CurrentRepository,
  fingerprints: ReadonlySet<string>,
): Promise<void> {
  const issues = new Map<string, { readonly placeId: number; readonly number: number }>();
  for (const leak of await context.record.leaks.all(repository.id)) {
    const { fingerprint, state, reportRepositoryId: placeId, issueNumber: number } = leak;
    if (state !== "open" || number === null || !fingerprints.has(fingerprint)) continue;
    if (!(await isInNeutralIssue(context, leak))) issues.set(`${placeId} ${number}`, { placeId, number });
  }
  for (const { placeId, number } of issues.values()) {
    const place = placeId === repository.id ? repository : await loadRepository(context, placeId);
    // What is not private any more is withdrawn, and gets nothing new.
    if (place?.private === true) await updateIssueOf(context, { repository, place }, number);
  }
}
