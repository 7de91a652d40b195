import { z } from "zod";
import type { GitHubClient } from "./client.ts";
import { ask, check, GitHubError } from "./github-error.ts";
import type { RepositoryName } from "./repository-name.ts";

const permissionSchema = z.object({ permission: z.string(), role_name: z.string() });

/**
 * Whether a person may write to the repository. `permission` is used and not `role_name`, for a custom role carries the
 * name its organization gave it, while `permission` says what it amounts to: admin, write, read or none
 * (maintain counts as write, triage as read).
 */
export async function mayWrite(
  octokit: GitHubClient,
  repository: RepositoryName,
  login: string,
): Promise<boolean> {
  try {
    const answer = await ask("read the role of the author", () =>
      octokit.rest.repos.getCollaboratorPermissionLevel({
        owner: repository.owner,
        repo: repository.name,
        username: login,
      }),
    );
    const { permission } = check("read the role of the author", permissionSchema, answer.data);
    return permission === "admin" || permission === "write";
  } catch (error) {
    if (error instanceof GitHubError && error.code === "not_found") return false;
    throw error;
  }
}
