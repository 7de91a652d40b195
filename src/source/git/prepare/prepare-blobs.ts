import { gapOf } from "../../../domain/index.ts";
import type { Gap } from "../../../domain/index.ts";
import { blobsOf, planCommit } from "../content/file-plan.ts";
import { TreeDiffer } from "../content/tree-diff.ts";
import type { CommitNode } from "../objects/commit-walk.ts";
import { GitError } from "../process/git-error.ts";
import { findMissing, withReader } from "./prepare-context.ts";
import type { PrepareContext } from "./prepare-context.ts";

/** Times that blobs are asked for: a remote names one blob that it refuses at a time. */
const MAX_BLOB_ATTEMPTS = 5;
/** Commits whose trees are compared at once. */
const MAX_COMPARED = 8;

/**
 * Fetches the blobs that reading the commits needs, in one request.
 *
 * @returns how many of the commits, from the first on, fit into the limit on files; and what will not be read
 */
export async function prepareBlobs(
  commits: readonly CommitNode[],
  context: PrepareContext,
): Promise<{ readonly readable: number; readonly gaps: readonly Gap[] }> {
  const { limits } = context;
  const gaps: Gap[] = [];
  const { blobs, readable } = await planBlobs(commits, context);
  if (readable < commits.length) {
    const unread = commits.length - readable;
    const detail = `${unread} of ${commits.length} commits were not read: over ${limits.files} changed files`;
    gaps.push(gapOf({ reason: "too_many_files", detail }));
  }
  const missing = await findMissing([...blobs], context);
  try {
    await fetchBlobs(missing, context);
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== "too_many_bytes") throw error;
    const detail = `${missing.length} files are over ${limits.fetchBytes} bytes together`;
    gaps.push(gapOf({ reason: "too_many_bytes", detail }));
  }
  return { readable, gaps };
}

/** A blob that the remote refuses becomes a gap when its file is read; the others are fetched. */
async function fetchBlobs(blobs: readonly string[], { fetcher, signal }: PrepareContext): Promise<void> {
  let wanted = blobs;
  for (let attempt = 0; attempt < MAX_BLOB_ATTEMPTS && wanted.length > 0; attempt++) {
    try {
      await fetcher.blobs(wanted, signal);
      return;
    } catch (error) {
      if (!(error instanceof GitError) || error.code !== "not_found" || error.objects.length === 0)
        throw error;
      wanted = wanted.filter((blob) => !error.objects.includes(blob));
    }
  }
}

async function planBlobs(
  commits: readonly CommitNode[],
  context: PrepareContext,
): Promise<{ readonly blobs: ReadonlySet<string>; readonly readable: number }> {
  const { limits } = context;
  const blobs = new Set<string>();
  const readable = await withReader(context, async (reader) => {
    const differ = new TreeDiffer(reader, limits);
    let files = 0;
    for (let at = 0; at < commits.length; at += MAX_COMPARED) {
      const part = commits.slice(at, at + MAX_COMPARED);
      const raws = await Promise.all(part.map(async ({ sha }) => await differ.changes(sha)));
      for (const [index, raw] of raws.entries()) {
        // Reading such a commit gives its gap.
        if (raw.kind !== "changes") continue;
        files += raw.changes.length;
        if (files > limits.files) return at + index;
        for (const blob of blobsOf(planCommit(raw.changes))) blobs.add(blob);
      }
    }
    return commits.length;
  });
  return { blobs, readable };
}
