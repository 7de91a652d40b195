/**
 * Rebuilds the state of leaks after the record was lost: the first time that a repository shows a key, the app's closed
 * issues are asked about it, so a rolled key does not turn red again.
 */
import type { CurrentRepository, Finding, ScopeResult } from "../domain/index.ts";
import { listIssuesBy } from "../github/index.ts";
import { markersOf } from "../report/index.ts";
import type { JobContext } from "./context.ts";
import { reviewIssue } from "./review-issue.ts";

/**
 * Takes over closed issues about these findings. A failure is logged only: the check is then red until the issues are
 * matched, which never is a wrong green.
 */
export async function rebuildLeaks(
  context: JobContext,
  repository: CurrentRepository,
  { findings }: ScopeResult,
): Promise<void> {
  if (findings.length === 0) return;
  const known = await context.record.repositories.find(repository.id);
  if (known === null || known.issuesReadAt !== null) return;
  try {
    await takeOverClosed(
      context,
      repository,
      Map.groupBy(
        findings.map(({ finding }) => finding),
        fingerprintOf,
      ),
    );
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
  found: ReadonlyMap<string, readonly Finding[]>,
): Promise<void> {
  const { leaks } = context.record;
  const recorded = await leaks.find(repository.id, [...found.keys()]);
  const lost = [...found].filter(([fingerprint]) => !recorded.has(fingerprint));
  if (lost.length === 0) return;
  const octokit = await context.github.installation(repository.installationId);
  const { login } = await context.github.app();
  const issues = await listIssuesBy(octokit, repository, login);
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
  for (const [fingerprint, [leak, ...more]] of lost) {
    const markers = [
      context.marker(repository.id, fingerprint),
      ...context.formerMarkers(repository.id, fingerprint),
    ];
    const issue = markers.flatMap((marker) => closed.get(marker) ?? [])[0];
    if (leak === undefined || issue === undefined || markers.some((marker) => open.has(marker))) continue;
    const { number, html_url: url } = issue;
    const added = { leak, reportRepositoryId: repository.id, locations: [leak, ...more] };
    await leaks.add(repository.id, [added], context.now());
    await leaks.issueOpened(repository.id, [fingerprint], {
      repositoryId: repository.id,
      number,
      url,
      digest: null,
    });
    reviewed.add(number);
  }
  const target = { repositoryId: repository.id, installationId: repository.installationId };
  for (const number of reviewed) await reviewIssue(context, { ...target, number });
}
