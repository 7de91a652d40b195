/** What an issue is given besides its text: labels that exist, people who can be assigned, and comments. */
import { z } from "zod";
import type { GitHubClient } from "./client.ts";
import { ask, check, GitHubError } from "./github-error.ts";
import { addressOf } from "./repository-name.ts";
import type { RepositoryName } from "./repository-name.ts";

/**
 * Whether GitHub lets the person be assigned to an issue there. Creating an issue with one who cannot is refused with 422:
 * https://github.com/trstringer/manual-approval/issues/71
 */
export async function canBeAssigned(
  octokit: GitHubClient,
  repository: RepositoryName,
  login: string,
): Promise<boolean> {
  return unlessRefused(async () => {
    await ask("say who can be assigned", () =>
      octokit.rest.issues.checkUserCanBeAssigned({
        ...addressOf(repository),
        assignee: login,
      }),
    );
  });
}

/**
 * Makes a label unless the repository has it. GitHub does not document whether creating an issue makes a missing label for
 * an app, and it has changed: https://github.com/octokit/rest.js/issues/479. A label that GitHub refuses is left out, because
 * the issue matters more.
 */
export async function ensureLabel(
  octokit: GitHubClient,
  repository: RepositoryName,
  name: string,
): Promise<void> {
  const at = addressOf(repository);
  const exists = await unlessRefused(async () => {
    await ask("read a label", () => octokit.rest.issues.getLabel({ ...at, name }));
  });
  if (exists) return;
  await unlessRefused(async () => {
    await ask("make a label", () => octokit.rest.issues.createLabel({ ...at, name }));
  });
}

/** @returns false if GitHub refused for a reason that does not pass in minutes */
async function unlessRefused(request: () => Promise<void>): Promise<boolean> {
  try {
    await request();
    return true;
  } catch (error) {
    if (error instanceof GitHubError && error.retry !== "soon") return false;
    throw error;
  }
}

const commentSchema = z.object({ id: z.int() });

/** Adds a comment, and returns its id. Not idempotent. */
export async function addComment(
  octokit: GitHubClient,
  repository: RepositoryName,
  number: number,
  body: string,
): Promise<number> {
  const doing = "comment on the issue";
  const answer = await ask(doing, () =>
    octokit.rest.issues.createComment({
      ...addressOf(repository),
      issue_number: number,
      body,
    }),
  );
  return check(doing, commentSchema, answer.data).id;
}

/** @returns false if a person deleted the comment */
export async function editComment(
  octokit: GitHubClient,
  repository: RepositoryName,
  commentId: number,
  body: string,
): Promise<boolean> {
  try {
    await ask("update the comment", () =>
      octokit.rest.issues.updateComment({
        ...addressOf(repository),
        comment_id: commentId,
        body,
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof GitHubError && error.code === "not_found") return false;
    throw error;
  }
}
