import type { FileDiff } from "../git/diff.ts";
import { diffFiles } from "../git/diff.ts";
import type { Repository } from "./repository.ts";
import type { Site } from "./site.ts";
import { gitAt } from "./site.ts";

const CACHED_DIFFS = 16;

/** The result of `diffFiles`, cached because clients ask for it page by page. */
export function diffOf(
  site: Site,
  repository: Repository,
  from: string | null,
  to: string,
): Promise<readonly FileDiff[]> {
  const key = `${from ?? ""}..${to}`;
  const cached = repository.diffs.get(key);
  if (cached !== undefined) return cached;
  const diff = diffFiles(gitAt(site, repository), from, to);
  repository.diffs.set(key, diff);
  diff.catch(() => repository.diffs.delete(key));
  const oldest = repository.diffs.keys().next();
  if (repository.diffs.size > CACHED_DIFFS && oldest.done !== true) repository.diffs.delete(oldest.value);
  return diff;
}
