/** Who is assigned to an issue, and since when it has a label. */
import { z } from "zod";
import type { GitHubClient } from "./client.ts";
import { ask, check } from "./github-error.ts";
import { canBeAssigned } from "./issue-writing.ts";
import { addressOf } from "./repository-name.ts";
import type { RepositoryName } from "./repository-name.ts";

const assignedSchema = z.object({ assignees: z.array(z.object({ login: z.string() })).nullish() });

/** https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/assigning-issues-and-pull-requests-to-other-github-users */
const MAX_ASSIGNEES = 10;

/**
 * Assigns people to an issue, in addition to those who are. People who cannot be assigned are left out: GitHub would
 * refuse the request for all.
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
  const missing: string[] = [];
  for (const login of new Set(logins.filter((each) => !isAssigned(each))))
    if (await canBeAssigned(octokit, repository, login)) missing.push(login);

  if (missing.length === 0) return;
  const assignees = [...assigned, ...missing].slice(0, MAX_ASSIGNEES);
  await ask(doing, () => octokit.rest.issues.update({ ...at, assignees }));
}

const eventSchema = z.object({
  event: z.string().nullish(),
  created_at: z.coerce.date().nullish(),
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
  return last?.event === "labeled" ? (last.created_at ?? null) : null;
}
