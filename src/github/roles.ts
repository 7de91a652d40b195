import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import type { GitHubClient } from "./client.ts";
import { ask, check, GitHubError } from "./github-error.ts";
import { addressOf } from "./repository-name.ts";
import type { RepositoryName } from "./repository-name.ts";

/** Roles that a rule can ask for, from the least. */
export type Role = "write" | "maintain" | "admin";

const permissionSchema = z.object({
  permission: z.string(),
  user: z
    .object({
      permissions: z
        .object({
          admin: z.boolean().optional(),
          maintain: z.boolean().optional(),
          push: z.boolean().optional(),
        })
        .optional(),
    })
    .nullish(),
});

/**
 * Whether a person has at least this role in the repository. Custom roles have any name, so the booleans of
 * `user.permissions` decide. Where they are missing `permission` does, which shows maintain as `write`. An account that is
 * gone has no role.
 */
export async function hasRole(
  octokit: GitHubClient,
  repository: RepositoryName,
  login: string,
  role: Role,
): Promise<boolean> {
  try {
    const answer = await ask("read the role of a person", () =>
      octokit.rest.repos.getCollaboratorPermissionLevel({
        ...addressOf(repository),
        username: login,
      }),
    );
    const { permission, user } = check("read the role of a person", permissionSchema, answer.data);
    const booleans = user?.permissions;
    if (booleans === undefined) return permission === "admin" || (role === "write" && permission === "write");
    return booleans[role === "write" ? "push" : role] === true;
  } catch (error) {
    if (isNoUser(error)) return false;
    throw error;
  }
}

/** Any other 404 says nothing about the person: GitHub may not show the repository yet. */
function isNoUser(error: unknown): boolean {
  return (
    error instanceof GitHubError &&
    error.code === "not_found" &&
    error.cause instanceof RequestError &&
    / is not a user\b/.test(error.cause.message)
  );
}
