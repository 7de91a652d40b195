import type { GitHubClient } from "./client.ts";
import { ask, GitHubError } from "./github-error.ts";
import { addressOf } from "./repository-name.ts";
import type { RepositoryName } from "./repository-name.ts";

/**
 * Whether the object is a commit: a tag may mark a file or a folder.
 *
 * @throws GitHubError
 */
export async function isCommit(
  octokit: GitHubClient,
  repository: RepositoryName,
  sha: string,
): Promise<boolean> {
  try {
    await ask("read a commit", () =>
      octokit.rest.git.getCommit({ ...addressOf(repository), commit_sha: sha }),
    );
    return true;
  } catch (error) {
    if (error instanceof GitHubError && (error.code === "not_found" || error.code === "rejected"))
      return false;
    throw error;
  }
}
