import type { CurrentRepository } from "../domain/index.ts";
import { commentOn, isCommentOf, listComments } from "../github/index.ts";
import type { IssueComment } from "../github/index.ts";
import { commentMarker, lifeComment } from "../report/index.ts";
import type { LifeComment } from "../report/index.ts";
import type { JobContext } from "./context.ts";

/**
 * Comments on an issue, unless the app has said it there before: a job that starts again after a crash repeats nothing.
 *
 * @param id names the occasion: a comment with the same id is made once in an issue
 * @param options `unless`: by the present comments, there is nothing to say
 */
export async function sayOnce(
  context: JobContext,
  repository: CurrentRepository,
  number: number,
  comment: LifeComment,
  id: string,
  options: { readonly unless?: (comments: readonly IssueComment[]) => boolean } = {},
): Promise<void> {
  const octokit = await context.github.installation(repository.installationId);
  const { login } = await context.github.app();
  const comments = await listComments(octokit, repository, number);
  const marker = commentMarker(id);
  const said = comments.some((each) => isCommentOf(login, each) && (each.body ?? "").includes(marker));
  if (said || options.unless?.(comments) === true) return;
  await commentOn(octokit, repository, number, lifeComment(comment, [id]));
}

/**
 * The same for several things in one comment: those that were said before are left out, and without any other there is no
 * comment.
 *
 * @param comment what to say of those that are left
 */
export async function sayEachOnce<About>(
  context: JobContext,
  repository: CurrentRepository,
  number: number,
  items: readonly { readonly id: string; readonly about: About }[],
  comment: (about: readonly About[]) => LifeComment,
): Promise<void> {
  const octokit = await context.github.installation(repository.installationId);
  const { login } = await context.github.app();
  const own = (await listComments(octokit, repository, number)).filter((each) => isCommentOf(login, each));
  const unsaid = items.filter(({ id }) => !own.some(({ body }) => (body ?? "").includes(commentMarker(id))));
  if (unsaid.length === 0) return;
  const text = lifeComment(
    comment(unsaid.map(({ about }) => about)),
    unsaid.map(({ id }) => id),
  );
  await commentOn(octokit, repository, number, text);
}
