import type { GitHubClient } from "./client.ts";
import { ask, GitHubError } from "./github-error.ts";
import type { RepositoryName } from "./repository-name.ts";

/**
 * The text of one file on a branch; null where file, branch or repository is not there for this installation.
 *
 * @param ref branch, or null for the default branch
 * @throws GitHubError `not_a_file` where the path is a folder
 */
export async function readTextFile(
  octokit: GitHubClient,
  repository: RepositoryName,
  path: string,
  ref: string | null,
): Promise<string | null> {
  try {
    const answer = await ask("read the configuration", () =>
      octokit.rest.repos.getContent({
        owner: repository.owner,
        repo: repository.name,
        path,
        ...(ref === null ? {} : { ref }),
        mediaType: { format: "raw" },
      }),
    );
    const text: unknown = answer.data;
    if (typeof text === "string") return text;
    throw new GitHubError("not_a_file", "The path of the configuration is a folder.", { status: null });
  } catch (error) {
    if (error instanceof GitHubError && error.code === "not_found") return null;
    throw error;
  }
}
