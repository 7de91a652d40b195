/** Who is assigned to an issue, and since when it has a label. */
import { z } from "zod";
import type { GitHubClient } from "./client.ts";
import { ask, check, GitHubError } from "./github-error.ts";
import { addressOf } from "./repository-name.ts";
import type { RepositoryName } from "./repository-name.ts";

const assignedSchema = z.object({ assignees: z.array(z.object({ login: z.string() })).nullish() });

/**
 * Assigns people to an issue, in addition to those who are. People who cannot be assigned are left out: GitHub ignores
 * some of them, and refuses the request for others.
 *
 * @throws GitHubError
 */
export async function assignPeople(
  octokit: GitHubClient,
  repository: RepositoryName,
  number: number,
  logins: readonly string[],
): Promise<void> {
  const doing = "assign people to the issue";
  const at = { ...addressOf(repository), issue_number: number };
  const answer = await ask(doing, () => octokit.rest.issues.get(at));
  const assigned = (check(doing, assignedSchema, answer.data).assignees ?? []).map(({ login }) => login);
  const isAssigned = (login: string): boolean =>
    assigned.some((known) => known.toLowerCase() === login.toLowerCase());
  const missing = logins.filter((login) => !isAssigned(login));
  if (missing.length === 0) return;
  const assign = (more: readonly string[]): Promise<unknown> =>
    ask(doing, () => octokit.rest.issues.update({ ...at, assignees: [...assigned, ...more] }));
  try {
    await assign(missing);
  } catch (error) {
    if (!isRejected(error)) throw error;
    for (const login of missing) {
      const accepted = await assign([login]).then(
        () => true,
        (refusal: unknown) => {
          if (!isRejected(refusal)) throw refusal;
          return false;
        },
      );
      if (accepted) assigned.push(login);
    }
  }
}

function isRejected(error: unknown): boolean {
  return error instanceof GitHubError && error.code === "rejected";
}

const eventSchema = z.object({
  event: z.string(),
  created_at: z.coerce.date(),
  label: z.object({ name: z.string().nullish() }).nullish(),
});

/**
 * Since when the issue has the label; null: it does not have it.
 *
 * @throws GitHubError
 */
export async function labelledSince(
  octokit: GitHubClient,
  repository: RepositoryName,
  number: number,
  label: string,
): Promise<Date | null> {
  const doing = "list the events of the issue";
  const events = await ask(doing, () =>
    octokit.paginate(octokit.rest.issues.listEvents, {
      ...addressOf(repository),
      issue_number: number,
      per_page: 100,
    }),
  );
  const last = check(doing, z.array(eventSchema), events).findLast(
    ({ event, label: changed }) =>
      (event === "labeled" || event === "unlabeled") && changed?.name?.toLowerCase() === label.toLowerCase(),
  );
  return last?.event === "labeled" ? last.created_at : null;
}
