import type { FileDiff } from "../git/diff.ts";
import { diffFiles } from "../git/diff.ts";
import { gitAt } from "../http/call.ts";
import type { Repository, Site } from "../site.ts";

const REMEMBERED_DIFFS = 16;

/** What `diffFiles` says, remembered for the pages that are asked for next. */
export function diffOf(
  site: Site,
  repository: Repository,
  from: string | null,
  to: string,
): Promise<readonly FileDiff[]> {
  const key = `${from ?? ""}..${to}`;
  const known = repository.diffs.get(key);
  if (known !== undefined) return known;
  const diff = diffFiles(gitAt(site, repository), from, to);
  repository.diffs.set(key, diff);
  diff.catch(() => repository.diffs.delete(key));
  const oldest = repository.diffs.keys().next();
  if (repository.diffs.size > REMEMBERED_DIFFS && oldest.done !== true) repository.diffs.delete(oldest.value);
  return diff;
}
