import { z } from "zod";
import type { GitHubClient } from "./client.ts";
import { ask, check } from "./github-error.ts";
import type { RepositoryName } from "./repository-name.ts";

const nameSchema = z.object({ name: z.string(), owner: z.object({ login: z.string() }) });

/**
 * The name that a repository has now. Its numeric id survives renames and transfers; a former name may by now belong to
 * another repository.
 *
 * @throws GitHubError
 */
export async function readRepositoryName(octokit: GitHubClient, id: number): Promise<RepositoryName> {
  // GitHub redirects former names to this address; it is in none of its lists of endpoints.
  const answer = await ask("find the repository by its id", () =>
    octokit.request("GET /repositories/{id}", { id }),
  );
  const { name, owner } = check("find the repository by its id", nameSchema, answer.data);
  return { owner: owner.login, name };
}
