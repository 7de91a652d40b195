import { z } from "zod";
import type { GitHubClient } from "./client.ts";
import { ask, GitHubError } from "./github-error.ts";
import type { RepositoryName } from "./repository-name.ts";

/**
 * The text of one file on a branch; null where file, branch or repository is not there for this installation.
 *
 * @param ref branch, or null for the default branch
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
    return z.string().parse(answer.data);
  } catch (error) {
    if (error instanceof GitHubError && error.code === "not_found") return null;
    throw error;
  }
}
