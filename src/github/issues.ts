import { z } from "zod";
import { redactText } from "../detect/index.ts";
import type { GitHubClient } from "./client.ts";
import { ask, check, GitHubError } from "./github-error.ts";
import { addressOf } from "./repository-name.ts";
import type { RepositoryAddress, RepositoryName } from "./repository-name.ts";

export interface IssueContent {
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  /** Logins that GitHub lets be assigned: it refuses the issue otherwise. */
  readonly assignees?: readonly string[];
}

const issueSchema = z.object({
  number: z.int(),
  /** It holds the repository's name, and is stored and shown: a key in it is redacted. */
  html_url: z.string().transform(redactText),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]),
  state_reason: z.string().nullish(),
  user: z.object({ login: z.string() }).nullish(),
  created_at: z.coerce.date().nullish(),
  closed_at: z.coerce.date().nullish(),
  updated_at: z.coerce.date().optional(),
  performed_via_github_app: z.object({ id: z.int() }).nullish(),
  pull_request: z.unknown().optional(),
});
export type Issue = Readonly<z.infer<typeof issueSchema>>;

/** Creates an issue. Not idempotent: after a failure, look for its marker before asking again. */
export async function createIssue(
  octokit: GitHubClient,
  repository: RepositoryAddress,
  content: IssueContent,
): Promise<Issue> {
  const answer = await ask("file the issue", () =>
    octokit.rest.issues.create({
      ...addressOf(repository),
      title: content.title,
      body: content.body,
      labels: [...content.labels],
      ...(content.assignees === undefined ? {} : { assignees: [...content.assignees] }),
    }),
  );
  return check("file the issue", issueSchema, answer.data);
}

export async function readIssue(
  octokit: GitHubClient,
  repository: RepositoryName,
  number: number,
): Promise<Issue> {
  const answer = await ask("read the issue", () =>
    octokit.rest.issues.get({ ...addressOf(repository), issue_number: number }),
  );
  return check("read the issue", issueSchema, answer.data);
}

export async function updateIssue(
  octokit: GitHubClient,
  repository: RepositoryAddress,
  number: number,
  content: Pick<IssueContent, "title" | "body">,
): Promise<void> {
  const answer = await ask("update the issue", () =>
    octokit.rest.issues.update({
      ...addressOf(repository),
      issue_number: number,
      title: content.title,
      body: content.body,
    }),
  );
  // A page of HTML with status 200 says that nothing was updated.
  check("update the issue", z.object({ number: z.int() }), answer.data);
}

/** Every issue that `login` wrote in the repository, open and closed, over all pages. None where issues are off. */
export async function listIssuesBy(
  octokit: GitHubClient,
  repository: RepositoryName,
  login: string,
): Promise<Issue[]> {
  try {
    const issues = await ask("list the issues of the app", () =>
      octokit.paginate(octokit.rest.issues.listForRepo, {
        ...addressOf(repository),
        creator: login,
        state: "all",
        per_page: 100,
      }),
    );
    return check("list the issues of the app", z.array(issueSchema), issues).filter(
      (issue) => issue.user?.login === login && issue.pull_request === undefined,
    );
  } catch (error) {
    if (error instanceof GitHubError && error.code === "gone") return [];
    throw error;
  }
}
