import type { GitHubClient } from "./client.ts";
import { z } from "zod";
import { ask, check, GitHubError } from "./github-error.ts";
import { addressOf } from "./repository-name.ts";
import type { RepositoryAddress, RepositoryName } from "./repository-name.ts";

const repositorySchema = z.object({
  name: z.string(),
  owner: z.object({ login: z.string() }),
  private: z.boolean(),
  archived: z
    .boolean()
    .nullish()
    .transform((archived) => archived ?? false),
  default_branch: z.string(),
  /** Kilobytes. GitHub brings it up to date now and then. */
  size: z.number().nonnegative().optional().default(0),
});

/** A repository as GitHub describes it now. */
interface CurrentRepository extends RepositoryName {
  readonly private: boolean;
  readonly archived: boolean;
  readonly defaultBranch: string;
  /** About. */
  readonly sizeBytes: number;
}

const namedSchema = repositorySchema.extend({
  id: z.int(),
  has_issues: z.boolean().optional().default(true),
  disabled: z.boolean().optional().default(false),
});

/** A repository that was asked for by its name. */
export interface NamedRepository extends CurrentRepository {
  readonly id: number;
  readonly hasIssues: boolean;
  /** GitHub blocked it. */
  readonly disabled: boolean;
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
    size,
  } = check("read the repository", repositorySchema, answer.data);
  return { owner: owner.login, name, private: hidden, archived, defaultBranch, sizeBytes: 1024 * size };
}

/**
 * Asked by a name that a person wrote. A former name leads to the repository of today.
 *
 * @returns null if there is none, or the installation does not cover it: GitHub answers both the same
 * @throws GitHubError
 */
export async function readRepositoryNamed(
  octokit: GitHubClient,
  { owner, name }: RepositoryName,
): Promise<NamedRepository | null> {
  const doing = "read the repository that the configuration names";
  try {
    const answer = await ask(doing, () => octokit.rest.repos.get({ owner, repo: name }));
    const found = check(doing, namedSchema, answer.data);
    return {
      id: found.id,
      owner: found.owner.login,
      name: found.name,
      private: found.private,
      archived: found.archived,
      disabled: found.disabled,
      hasIssues: found.has_issues,
      defaultBranch: found.default_branch,
      sizeBytes: 1024 * found.size,
    };
  } catch (error) {
    if (error instanceof GitHubError && (error.code === "not_found" || error.code === "forbidden"))
      return null;
    throw error;
  }
}

/**
 * The installation of this app that covers the repository now; null for none. Asked as the app, by id.
 *
 * @throws GitHubError
 */
export async function readInstallation(
  asApp: GitHubClient,
  repository: RepositoryAddress,
): Promise<number | null> {
  try {
    const answer = await ask("read the installation of the repository", () =>
      asApp.rest.apps.getRepoInstallation(addressOf(repository)),
    );
    return check("read the installation of the repository", z.object({ id: z.int() }), answer.data).id;
  } catch (error) {
    if (error instanceof GitHubError && error.code === "not_found") return null;
    throw error;
  }
}

const pullSchema = z.object({
  number: z.int(),
  state: z.string().optional().default("open"),
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

/** A pull request as GitHub has it now, if it is among the hundred that changed last; null otherwise. */
export async function findPull(
  octokit: GitHubClient,
  repository: RepositoryName,
  number: number,
): Promise<(OpenPull & { readonly isOpen: boolean }) | null> {
  const doing = "read the pull request";
  const answer = await ask(doing, () =>
    octokit.rest.pulls.list({
      ...addressOf(repository),
      state: "all",
      sort: "updated",
      direction: "desc",
      per_page: 100,
    }),
  );
  const pulls = check(doing, z.array(pullSchema), answer.data);
  const found = pulls.find((pull) => pull.number === number);
  return found === undefined ? null : { ...openPullOf(found), isOpen: found.state === "open" };
}

/**
 * Whether a pull request was merged, and the login of its author; null where the account is gone.
 *
 * @throws GitHubError
 */
export async function readPull(
  octokit: GitHubClient,
  repository: RepositoryName,
  number: number,
): Promise<{ readonly isMerged: boolean; readonly author: string | null }> {
  const doing = "read the pull request";
  const answer = await ask(doing, () =>
    octokit.rest.pulls.get({ ...addressOf(repository), pull_number: number }),
  );
  const { merged_at: mergedAt, user } = check(doing, readPullSchema, answer.data);
  return { isMerged: mergedAt !== null, author: user?.login ?? null };
}

const readPullSchema = z.object({
  merged_at: z.string().nullable(),
  user: z.object({ login: z.string() }).nullish(),
});

/** Every open pull request, over all pages. */
export async function listOpenPulls(octokit: GitHubClient, repository: RepositoryName): Promise<OpenPull[]> {
  const pulls = await ask("list the open pull requests", () =>
    octokit.paginate(octokit.rest.pulls.list, {
      ...addressOf(repository),
      state: "open",
      per_page: 100,
    }),
  );
  return check("list the open pull requests", z.array(pullSchema), pulls).map(openPullOf);
}

function openPullOf(pull: z.infer<typeof pullSchema>): OpenPull {
  return {
    number: pull.number,
    base: pull.base.sha,
    head: pull.head.sha,
    author: pull.user?.login ?? "ghost",
    updatedAt: pull.updated_at,
  };
}
