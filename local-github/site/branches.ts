import { readCommit } from "../git/commit.ts";
import type { Repository } from "./repository.ts";

/** The SHA at the tip of a branch. Throws if there is no such branch. */
export async function tipOf(repository: Repository, branch: string): Promise<string> {
  const commit = await readCommit(repository.objects, `refs/heads/${branch}`);
  if (commit === null) throw new Error(`${repository.name} has no branch ${branch}: push it first.`);
  return commit.sha;
}
