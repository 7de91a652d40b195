/**
 * Rebuilds the state of leaks after the record was lost: the first time that a repository shows a key, the app's closed
 * issues are asked about it, so a rolled key does not turn red again.
 */
import type { CurrentRepository, Finding, Scope, ScopeRecord } from "../domain/index.ts";
import { listIssuesBy } from "../github/index.ts";
import { markersOf } from "../report/index.ts";
import type { JobContext } from "./context.ts";
import { issuePlaceOf } from "./issue-place.ts";
import { mayHaveUnknownIssues } from "./known-issues.ts";
import { reviewIssue } from "./review-issue.ts";

/**
 * Takes over closed issues about the findings of a scope, in the repository or in the owner's place. A failure is logged
 * only: the check is then red until the issues are matched, which never is a wrong green.
 */
export async function rebuildLeaks(
  context: JobContext,
  repository: CurrentRepository,
  { scope, findings }: Pick<ScopeRecord, "scope" | "findings">,
): Promise<void> {
  if (findings.length === 0) return;
  try {
    const found = Map.groupBy(
      findings.map(({ finding }) => finding),
      fingerprintOf,
    );
    const recorded = await context.record.leaks.find(repository.id, [...found.keys()]);
    for (const fingerprint of recorded.keys()) found.delete(fingerprint);
    if (found.size === 0) return;
    const { details } = await issuePlaceOf(context, repository);
    // A public repository may have issues from when it was private, or its neutral one: neither is about a key.
    for (const place of details) await takeOverClosed(context, repository, place, { scope, found });
  } catch (error) {
    context.log.warn({ err: error, repository: repository.id }, "could not read the issues of a repository");
  }
}

function fingerprintOf({ fingerprint }: Finding): string {
  return fingerprint;
}

async function takeOverClosed(
  context: JobContext,
  repository: CurrentRepository,
  place: CurrentRepository,
  { scope, found }: { readonly scope: Scope; readonly found: Map<string, readonly Finding[]> },
): Promise<void> {
  const { leaks } = context.record;
  if (found.size === 0 || !(await mayHaveUnknownIssues(context, place.id))) return;
  const octokit = await context.github.installation(place.installationId);
  const { login } = await context.github.app();
  const issues = await listIssuesBy(octokit, place, login);
  const closed = new Map(
    issues
      .toReversed()
      .filter(({ state }) => state === "closed")
      .flatMap((issue) => markersOf(issue.body ?? "").map((marker) => [marker, issue] as const)),
  );
  // An open issue about the same key outweighs a closed one: the leak is open, as every unknown one is.
  const open = new Set(
    issues.filter(({ state }) => state === "open").flatMap(({ body }) => markersOf(body ?? "")),
  );
  const reviewed = new Set<number>();
  for (const [fingerprint, [leak, ...more]] of found) {
    const markers = [context.marker(place.id, fingerprint), ...context.formerMarkers(place.id, fingerprint)];
    const issue = markers.flatMap((marker) => closed.get(marker) ?? [])[0];
    if (leak === undefined || issue === undefined || markers.some((marker) => open.has(marker))) continue;
    const { number, html_url: url } = issue;
    // When a push came is known, so whether it brings the key again is decided by that; else the places count as old.
    const locations = scope.kind === "push" ? [] : [leak, ...more];
    await leaks.add(repository.id, [{ leak, reportRepositoryId: place.id, locations }], context.now());
    await leaks.issueOpened(repository.id, [fingerprint], {
      repositoryId: place.id,
      number,
      url,
      digest: null,
    });
    found.delete(fingerprint);
    reviewed.add(number);
  }
  const target = { repositoryId: place.id, installationId: place.installationId };
  for (const number of reviewed) await reviewIssue(context, { ...target, number });
}
