/** What an issue is given besides its text: labels that exist, people who can be assigned, and comments. */
import { z } from "zod";
import type { GitHubClient } from "./client.ts";
import { ask, check, GitHubError } from "./github-error.ts";
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
  try {
    await ask("say who can be assigned", () =>
      octokit.rest.issues.checkUserCanBeAssigned({
        owner: repository.owner,
        repo: repository.name,
        assignee: login,
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof GitHubError && error.code === "not_found") return false;
    throw error;
  }
}

/**
 * Makes a label unless the repository has it. GitHub does not document whether creating an issue makes a missing label for
 * an app, and it has changed: https://github.com/octokit/rest.js/issues/479
 */
export async function ensureLabel(
  octokit: GitHubClient,
  repository: RepositoryName,
  name: string,
): Promise<void> {
  const at = { owner: repository.owner, repo: repository.name };
  try {
    await ask("read a label", () => octokit.rest.issues.getLabel({ ...at, name }));
  } catch (error) {
    if (!(error instanceof GitHubError) || error.code !== "not_found") throw error;
    await makeLabel(octokit, at, name);
  }
}

async function makeLabel(
  octokit: GitHubClient,
  at: { readonly owner: string; readonly repo: string },
  name: string,
): Promise<void> {
  try {
    await ask("make a label", () => octokit.rest.issues.createLabel({ ...at, name }));
  } catch (error) {
    // Another request made it meanwhile, or GitHub refuses the name: the issue matters more.
    if (!(error instanceof GitHubError) || (error.code !== "rejected" && error.code !== "forbidden"))
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
      owner: repository.owner,
      repo: repository.name,
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
        owner: repository.owner,
        repo: repository.name,
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
