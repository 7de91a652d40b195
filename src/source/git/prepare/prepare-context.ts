import type { Mirror } from "../mirror/mirror.ts";
import { ObjectReader } from "../objects/object-reader.ts";
import type { GitLimits } from "../process/limits.ts";
import type { Fetcher } from "../mirror/fetcher.ts";

/** The context for preparing. The lock of the mirror is held. */
export interface PrepareContext {
  readonly mirror: Mirror;
  readonly fetcher: Fetcher;
  readonly limits: GitLimits;
  readonly signal: AbortSignal;
}

/** Requests to `git cat-file` that are under way at once. */
const MAX_REQUESTS = 2_000;

/** Runs a task with a reader of the mirror, which is closed after it. */
export async function withReader<T>(
  { mirror, limits, signal }: PrepareContext,
  task: (reader: ObjectReader) => Promise<T>,
): Promise<T> {
  const reader = new ObjectReader(mirror, limits.readTime, signal);
  try {
    return await task(reader);
  } finally {
    reader.close();
  }
}

/** Those of the objects that are not in the mirror. */
export async function findMissing(ids: readonly string[], context: PrepareContext): Promise<string[]> {
  return await withReader(context, async (reader) => {
    const missing: string[] = [];
    for (let at = 0; at < ids.length; at += MAX_REQUESTS) {
      const part = ids.slice(at, at + MAX_REQUESTS);
      const infos = await Promise.all(part.map(async (id) => await reader.info(id)));
      missing.push(...part.filter((_, index) => infos[index] === null));
    }
    return missing;
  });
}
