import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import { isAtLeast, ROLES } from "../domain/index.ts";
import type { Role } from "../domain/index.ts";
import type { GitHubClient } from "./client.ts";
import { ask, check, GitHubError } from "./github-error.ts";
import { addressOf } from "./repository-name.ts";
import type { RepositoryName } from "./repository-name.ts";

const permissionSchema = z.object({
  permission: z.string().nullish(),
  user: z
    .object({
      permissions: z
        .object({
          admin: z.boolean().optional(),
          maintain: z.boolean().optional(),
          push: z.boolean().optional(),
          triage: z.boolean().optional(),
        })
        .nullish(),
    })
    .nullish(),
});

/** Whether a person has at least this role in the repository. */
export async function hasRole(
  octokit: GitHubClient,
  repository: RepositoryName,
  login: string,
  role: Role,
): Promise<boolean> {
  return isAtLeast(await roleOf(octokit, repository, login), role);
}

/**
 * The role of a person in the repository; null: none that a rule can ask for. Custom roles have any name, so the booleans
 * of `user.permissions` decide. Where they are missing `permission` does, which shows maintain as `write`. An account that
 * is gone has no role.
 */
export async function roleOf(
  octokit: GitHubClient,
  repository: RepositoryName,
  login: string,
): Promise<Role | null> {
  try {
    const answer = await ask("read the role of a person", () =>
      octokit.rest.repos.getCollaboratorPermissionLevel({
        ...addressOf(repository),
        username: login,
      }),
    );
    const { permission, user } = check("read the role of a person", permissionSchema, answer.data);
    const booleans = user?.permissions;
    if (booleans == null) {
      if (permission == null)
        throw new GitHubError("nonsense", "GitHub did not say which role the person has.", { status: null });
      return ROLES.find((role) => role === permission) ?? null;
    }
    const { admin, maintain, push, triage } = booleans;
    const held = { admin, maintain, write: push, triage };
    return ROLES.findLast((role) => held[role] === true) ?? null;
  } catch (error) {
    if (isNoUser(error)) return null;
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
