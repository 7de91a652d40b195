import type { ObjectInfo } from "../objects/object-reader.ts";
import { GitError } from "../process/git-error.ts";
import { planCommit } from "./file-plan.ts";
import type { CommitPlan } from "./file-plan.ts";
import type { ReadContext } from "./read-files.ts";
import { readRenames } from "./renames.ts";

/**
 * Plans of those commits in which git finds renamed and edited files. Git reads the content of everything
 * removed and added for it, so it is asked only where all of that is here and small.
 */
export async function findRenames(
  plans: ReadonlyMap<string, CommitPlan>,
  sizes: ReadonlyMap<string, ObjectInfo>,
  context: ReadContext,
): Promise<ReadonlyMap<string, CommitPlan>> {
  const { mirror, limits, signal } = context;
  const candidates = [...plans].flatMap(([sha, plan]) => {
    if (plan.renameSources.length === 0) return [];
    const added = plan.files.flatMap((file) =>
      file.kind === "read" && file.against.length === 0 ? [file.blob] : [],
    );
    const small = [...plan.renameSources, ...added].every(
      (blob) => (sizes.get(blob)?.size ?? Number.POSITIVE_INFINITY) <= limits.diffBytes,
    );
    return small ? [sha] : [];
  });
  const renamed = new Map<string, CommitPlan>();
  if (candidates.length === 0) return renamed;
  try {
    for await (const commit of readRenames(candidates, { mirror, timeLimit: limits.readTime, signal }))
      renamed.set(commit.sha, planCommit(commit.changes));
  } catch (error) {
    // Without renames a moved file counts as new: too much is reported then, nothing is missed.
    if (!(error instanceof GitError) || (error.code !== "timeout" && error.code !== "failed")) throw error;
  }
  return renamed;
}
