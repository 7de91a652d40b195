import type { GitHubClient } from "./client.ts";
import { z } from "zod";
import { ask, check } from "./github-error.ts";
import type { RepositoryName } from "./repository-name.ts";

const repositorySchema = z.object({ default_branch: z.string() });

export async function readRepository(
  octokit: GitHubClient,
  repository: RepositoryName,
): Promise<{ readonly defaultBranch: string }> {
  const answer = await ask("read the repository", () =>
    octokit.rest.repos.get({ owner: repository.owner, repo: repository.name }),
  );
  return { defaultBranch: check("read the repository", repositorySchema, answer.data).default_branch };
}

const pullSchema = z.object({
  number: z.int(),
  updated_at: z.string(),
  user: z.object({ login: z.string() }).nullish(),
  base: z.object({ sha: z.string() }),
  head: z.object({ sha: z.string() }),
});

export interface OpenPull {
  readonly number: number;
  readonly base: string;
  readonly head: string;
  /** Login of the author; `ghost` where the account is gone. */
  readonly author: string;
  /** ISO 8601. */
  readonly updatedAt: string;
}

/** Every open pull request, over all pages. */
export async function listOpenPulls(octokit: GitHubClient, repository: RepositoryName): Promise<OpenPull[]> {
  const pulls = await ask("list the open pull requests", () =>
    octokit.paginate(octokit.rest.pulls.list, {
      owner: repository.owner,
      repo: repository.name,
      state: "open",
      per_page: 100,
    }),
  );
  return check("list the open pull requests", z.array(pullSchema), pulls).map((pull) => ({
    number: pull.number,
    base: pull.base.sha,
    head: pull.head.sha,
    author: pull.user?.login ?? "ghost",
    updatedAt: pull.updated_at,
  }));
}
