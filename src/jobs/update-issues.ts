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
 * @param options `told`: those of them whose new places were told already; `cleared`: also of leaks that are not open
 */
export async function updateIssues(
  context: JobContext,
  repository: CurrentRepository,
  fingerprints: ReadonlySet<string>,
  options: { readonly told?: ReadonlySet<string>; readonly cleared?: boolean } = {},
): Promise<void> {
  const { told = new Set<string>(), cleared = false } = options;
  const issues = new Map<string, { placeId: number; number: number; quiet: boolean }>();
  for (const leak of await context.record.leaks.all(repository.id)) {
    const { fingerprint, state, reportRepositoryId: placeId, issueNumber: number } = leak;
    if ((state !== "open" && !cleared) || number === null || !fingerprints.has(fingerprint)) continue;
    if (await isInNeutralIssue(context, leak)) continue;
    issues.set(`${placeId} ${number}`, { placeId, number, quiet: told.has(fingerprint) });
  }
  for (const { placeId, number, quiet } of issues.values()) {
    const place = placeId === repository.id ? repository : await loadRepository(context, placeId);
    // What is not private any more is withdrawn, and gets nothing new.
    if (place?.private === true) await updateIssueOf(context, { repository, place }, number, quiet);
  }
}
