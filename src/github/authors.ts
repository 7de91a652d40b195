import { z } from "zod";
import type { GitHubClient } from "./client.ts";
import { ask, check, GitHubError } from "./github-error.ts";
import { addressOf } from "./repository-name.ts";
import type { RepositoryName } from "./repository-name.ts";

const account = z.object({ login: z.string().optional() }).nullish();
const commitSchema = z.object({ author: account, committer: account });

/** Logins of the author and the committer of a commit, as far as GitHub knows their accounts; none if the commit is gone. */
export async function authorsOf(
  octokit: GitHubClient,
  repository: RepositoryName,
  commit: string,
): Promise<readonly string[]> {
  const doing = "read the authors of a commit";
  try {
    const answer = await ask(doing, () =>
      octokit.rest.repos.getCommit({
        ...addressOf(repository),
        ref: commit,
        // The files are not wanted.
        per_page: 1,
      }),
    );
    const { author, committer } = check(doing, commitSchema, answer.data);
    return [author?.login, committer?.login].flatMap((login) => login ?? []);
  } catch (error) {
    if (error instanceof GitHubError && (error.code === "not_found" || error.code === "rejected")) return [];
    throw error;
  }
}
