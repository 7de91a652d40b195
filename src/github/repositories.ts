import type { GitHubClient } from "./client.ts";
import { z } from "zod";
import { ask, check } from "./github-error.ts";
import { addressOf } from "./repository-name.ts";
import type { RepositoryName } from "./repository-name.ts";

const repositorySchema = z.object({
  name: z.string(),
  owner: z.object({ login: z.string() }),
  private: z.boolean(),
  archived: z.boolean().optional().default(false),
  default_branch: z.string(),
});

/** A repository as GitHub describes it now. */
interface CurrentRepository extends RepositoryName {
  readonly private: boolean;
  readonly archived: boolean;
  readonly defaultBranch: string;
}

/**
 * Asked by its numeric id, which survives renames and transfers: a former name may by now belong to another repository.
 *
 * @throws GitHubError
 */
export async function readRepository(octokit: GitHubClient, id: number): Promise<CurrentRepository> {
  // GitHub redirects former names to this address; it is in none of its lists of endpoints.
  const answer = await ask("read the repository", () => octokit.request("GET /repositories/{id}", { id }));
  const {
    name,
    owner,
    private: hidden,
    archived,
    default_branch: defaultBranch,
  } = check("read the repository", repositorySchema, answer.data);
  return { owner: owner.login, name, private: hidden, archived, defaultBranch };
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
      ...addressOf(repository),
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
