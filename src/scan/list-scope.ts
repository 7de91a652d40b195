import { headOf } from "../domain/index.ts";
import type { Scope } from "../domain/index.ts";
import { MAX_REST_COMMITS, scanCommits } from "./scan-commits.ts";
import type { Listing, ScopeDeps, ScopeRequest } from "./scope-request.ts";

/**
 * The commits of a small scope, shown to be whole by their parents or by GitHub's comparison; null where git has to
 * list them.
 */
export async function listByRest(request: ScopeRequest, deps: ScopeDeps): Promise<Listing | null> {
  const { scope, listedCommits, commitCount, previousHead } = request;
  if (commitCount !== null && commitCount > MAX_REST_COMMITS && previousHead === null) return null;
  const head = headOf(scope);
  const start = startOf(scope);
  if (previousHead !== null && (await isClosedChain([head], [previousHead], deps)))
    return { commits: [...request.previousCommits, head], gaps: [] };

  if (
    listedCommits !== null &&
    listedCommits.length <= MAX_REST_COMMITS &&
    listedCommits.includes(head) &&
    (await isClosedChain(listedCommits, start === null ? request.exclude : [start], deps))
  )
    return { commits: listedCommits, gaps: [] };

  const base = start ?? request.compareNewWith;
  if (base === null) return null;
  const compared = await deps.rest.compare(base, head, MAX_REST_COMMITS);
  return compared === null ? null : { commits: compared, gaps: [] };
}

/**
 * Whether `commits` are all that leads from `starts` (none: from nothing) to them: every parent is one of them or one of
 * `starts`. Reads those that are not on record yet, since they are needed anyway. A commit that could not be read has
 * no parents either and proves nothing.
 */
async function isClosedChain(
  commits: readonly string[],
  starts: readonly string[],
  deps: ScopeDeps,
): Promise<boolean> {
  const scans = await scanCommits(commits, deps);
  const known = new Set([...commits, ...starts]);
  return scans.every(
    (scan) =>
      (scan.parents.length > 0 || scan.gaps.length === 0) &&
      scan.parents.every((parent) => known.has(parent)),
  );
}

function startOf(scope: Scope): string | null {
  return scope.kind === "push" ? scope.before : scope.base;
}
