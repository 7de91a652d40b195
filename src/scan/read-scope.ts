import { gapOf, headOf } from "../domain/index.ts";
import type { CommitScan, Gap } from "../domain/index.ts";
import { listByRest } from "./list-scope.ts";
import { scanCommits } from "./scan-commits.ts";
import type { ScopeDeps, ScopeRequest } from "./scope-request.ts";

/** The reading of a scope. */
export interface ScopeReading {
  readonly commits: readonly CommitScan[];
  /** Commits that a force-push dropped and that anyone can still fetch. */
  readonly dropped: readonly CommitScan[];
  /** Gaps of the list itself and of what was dropped; those of commits come with the commits. */
  readonly gaps: readonly Gap[];
}

/**
 * Reads a scope: every commit of it is in the result, read now or on record, or a gap says why not. The head is always
 * among them, even if the scope brings nothing new: the verdict is about the head, and reading nothing does not justify
 * green. A merge is read by git, the only source that shows what its conflict resolution adds.
 *
 * @throws GitHubError, GitError `retryable`: a source failed for a reason that may pass. Nothing of the scope is
 *   published then; a retry reads only what is not on record yet.
 */
export async function readScope(request: ScopeRequest, deps: ScopeDeps): Promise<ScopeReading> {
  const listing = (await listByRest(request, deps)) ?? (await deps.git.list(deps.signal));
  const commits = new Set([...request.earlier, ...listing.commits, headOf(request.scope)]);
  const scans = await scanCommits([...commits], deps);
  const dropped = request.forced ? await deps.git.listDropped(deps.signal) : null;
  if (dropped === null) return { commits: scans, dropped: [], gaps: listing.gaps };
  const droppedScans = await scanCommits(dropped.commits, deps);
  const gaps = droppedGaps([...dropped.gaps, ...droppedScans.flatMap((scan) => scan.gaps)]);
  return { commits: scans, dropped: droppedScans, gaps: [...listing.gaps, ...gaps] };
}

/** Why dropped commits were not all read, each reason once and without the place, which may not be shown. */
function droppedGaps(gaps: readonly Gap[]): Gap[] {
  const reasons = [...new Set(gaps.map((gap) => gap.reason))];
  return reasons.map((reason) => gapOf({ reason, detail: "in commits that the push dropped" }));
}
