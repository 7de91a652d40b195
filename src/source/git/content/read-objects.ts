import { parseCommit } from "../../../objects/index.ts";
import type { CommitObject } from "../../../objects/index.ts";
import { GitError } from "../process/git-error.ts";
import type { ReadContext } from "./read-files.ts";

/** A commit object beyond this size is not read. */
const MAX_COMMIT_BYTES = 64 * 1024 ** 2;

/** A commit object, or why it cannot be read. */
export type ReadCommit =
  | { readonly kind: "commit"; readonly commit: CommitObject }
  | { readonly kind: "gap"; readonly detail: string };

/**
 * The commit objects, by id.
 *
 * @throws GitError `mirror_gone` where the mirror was deleted meanwhile
 */
export async function readObjects(
  shas: readonly string[],
  context: ReadContext,
): Promise<ReadonlyMap<string, ReadCommit>> {
  const read = new Map(
    await Promise.all(shas.map(async (sha) => [sha, await readObject(sha, context)] as const)),
  );
  if (read.values().some((each) => each.kind === "gap") && !(await context.mirror.exists()))
    throw goneError(null);
  return read;
}

async function readObject(sha: string, { reader }: ReadContext): Promise<ReadCommit> {
  const read = await reader.read(sha, MAX_COMMIT_BYTES);
  if (read.kind === "missing") return { kind: "gap", detail: "the commit is not in the mirror" };
  if (read.kind === "too_large") return { kind: "gap", detail: "the commit object is too large" };
  if (read.type !== "commit") return { kind: "gap", detail: "the object is not a commit" };
  return { kind: "commit", commit: parseCommit(read.bytes) };
}

export function goneError(cause: unknown): GitError {
  return new GitError("mirror_gone", "The mirror was deleted while it was read; prepare again", { cause });
}
