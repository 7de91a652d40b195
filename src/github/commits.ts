import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import type { GitHubClient } from "./client.ts";
import { ask, check, GitHubError } from "./github-error.ts";
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

const refSchema = z.object({ object: z.object({ sha: z.string() }) });

/**
 * The commit at the tip of a branch now; null if there is no such branch, as in an empty repository.
 *
 * @throws GitHubError
 */
export async function readBranchHead(
  octokit: GitHubClient,
  repository: RepositoryName,
  branch: string,
): Promise<string | null> {
  const doing = "read the tip of a branch";
  try {
    const answer = await ask(doing, () =>
      octokit.rest.git.getRef({ ...addressOf(repository), ref: `heads/${branch}` }),
    );
    return check(doing, refSchema, answer.data).object.sha;
  } catch (error) {
    // 409: the repository is empty.
    if (error instanceof GitHubError && (error.code === "not_found" || error.status === 409)) return null;
    throw error;
  }
}

const comparisonSchema = z.object({ status: z.enum(["diverged", "ahead", "behind", "identical"]) });

/**
 * Whether the history of `head` has the commit.
 *
 * @throws GitHubError
 */
export async function isAncestor(
  octokit: GitHubClient,
  repository: RepositoryName,
  commit: string,
  head: string,
): Promise<boolean> {
  const doing = "compare two commits";
  try {
    const answer = await ask(doing, () =>
      octokit.rest.repos.compareCommitsWithBasehead({
        ...addressOf(repository),
        basehead: `${commit}...${head}`,
        per_page: 1,
        // Only the first page has files: https://docs.github.com/en/rest/commits/commits#compare-two-commits
        page: 2,
      }),
    );
    const { status } = check(doing, comparisonSchema, answer.data);
    return status === "ahead" || status === "identical";
  } catch (error) {
    // Any other 404 says nothing: the commit is gone, or not yet where the answer comes from.
    if (
      error instanceof GitHubError &&
      error.code === "not_found" &&
      error.cause instanceof RequestError &&
      /^No common ancestor/i.test(error.cause.message)
    )
      return false;
    throw error;
  }
}
