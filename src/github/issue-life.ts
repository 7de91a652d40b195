/**
 * What happened to an issue: who closed or reopened it last and by which means, and its comments. REST and webhooks do not
 * say whether a pull request closed it, so GraphQL is asked.
 */
import { z } from "zod";
import type { GitHubClient } from "./client.ts";
import { ask, check } from "./github-error.ts";
import { readRepository } from "./repositories.ts";
import { addressOf } from "./repository-name.ts";
import type { RepositoryName } from "./repository-name.ts";

/** The last time that an issue was closed or reopened. */
export interface LastChange {
  readonly kind: "closed" | "reopened";
  /** GitHub's id of the event. */
  readonly id: string;
  readonly at: Date;
  /** Null: the account is gone. */
  readonly actor: { readonly login: string; readonly isPerson: boolean } | null;
  /** Of a closing: `Commit`, `PullRequest` or `ProjectV2`; null: none of them. */
  readonly closer: string | null;
}

/** https://docs.github.com/en/graphql/reference/objects#closedevent */
const LAST_CHANGE = `query ($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    issue(number: $number) {
      timelineItems(last: 1, itemTypes: [CLOSED_EVENT, REOPENED_EVENT]) {
        nodes {
          __typename
          ... on ClosedEvent { id createdAt actor { __typename login } closer { __typename } }
          ... on ReopenedEvent { id createdAt actor { __typename login } }
        }
      }
    }
  }
}`;

const actorSchema = z.object({ __typename: z.string(), login: z.string() }).nullish();
const eventFields = { id: z.string(), createdAt: z.coerce.date(), actor: actorSchema };
const lastChangeSchema = z.object({
  repository: z.object({
    issue: z.object({
      timelineItems: z.object({
        nodes: z.array(
          z.discriminatedUnion("__typename", [
            z.object({
              __typename: z.literal("ClosedEvent"),
              ...eventFields,
              closer: z.object({ __typename: z.string() }).nullish(),
            }),
            z.object({ __typename: z.literal("ReopenedEvent"), ...eventFields }),
          ]),
        ),
      }),
    }),
  }),
});

/**
 * Who closed or reopened the issue last; null: it is as it was opened.
 *
 * @throws GitHubError also if GraphQL answers with errors
 */
export async function readLastChange(
  octokit: GitHubClient,
  repository: RepositoryName,
  number: number,
): Promise<LastChange | null> {
  const doing = "say who closed the issue";
  const { owner, name } = await presentName(octokit, repository);
  const answer = await ask(doing, () => octokit.graphql(LAST_CHANGE, { owner, name, number }));
  const [event] = check(doing, lastChangeSchema, answer).repository.issue.timelineItems.nodes;
  if (event === undefined) return null;
  const { id, createdAt: at, actor } = event;
  return {
    kind: event.__typename === "ClosedEvent" ? "closed" : "reopened",
    id,
    at,
    actor: actor == null ? null : { login: actor.login, isPerson: actor.__typename === "User" },
    closer: event.__typename === "ClosedEvent" ? (event.closer?.__typename ?? null) : null,
  };
}

/** GraphQL takes no id of a repository. A name that is redacted leads nowhere, so the present one is asked for. */
async function presentName(octokit: GitHubClient, repository: RepositoryName): Promise<RepositoryName> {
  const isRedacted = /[^\w.-]/.test(repository.name);
  return isRedacted && repository.id !== undefined ? readRepository(octokit, repository.id) : repository;
}

const eventSchema = z.object({
  node_id: z.string().optional(),
  event: z.string(),
  actor: z.object({ login: z.string() }).nullish(),
  created_at: z.coerce.date(),
  performed_via_github_app: z.object({ id: z.int() }).nullish(),
});

/**
 * The app through which an event of an issue was made, in whoever's name; null: none; undefined: GitHub does not list the
 * event yet. Only REST says.
 */
export async function appOfEvent(
  octokit: GitHubClient,
  repository: RepositoryName,
  number: number,
  eventId: string,
): Promise<number | null | undefined> {
  const events = await listEvents(octokit, repository, number);
  const event = events.find((each) => each.node_id === eventId);
  return event === undefined ? undefined : (event.performed_via_github_app?.id ?? null);
}

/** When this login reopened the issue, the oldest first. */
export async function reopeningsBy(
  octokit: GitHubClient,
  repository: RepositoryName,
  number: number,
  login: string,
): Promise<readonly Date[]> {
  const events = await listEvents(octokit, repository, number);
  return events
    .filter(({ event, actor }) => event === "reopened" && actor?.login.toLowerCase() === login.toLowerCase())
    .map(({ created_at: at }) => at);
}

async function listEvents(octokit: GitHubClient, repository: RepositoryName, number: number) {
  const doing = "list the events of the issue";
  const events = await ask(doing, () =>
    octokit.paginate(octokit.rest.issues.listEvents, {
      ...addressOf(repository),
      issue_number: number,
      per_page: 100,
    }),
  );
  return check(doing, z.array(eventSchema), events);
}

const commentSchema = z.object({
  body: z.string().nullish(),
  created_at: z.coerce.date(),
  user: z.object({ login: z.string() }).nullish(),
  performed_via_github_app: z.object({ id: z.int() }).nullish(),
});
export type IssueComment = Readonly<z.infer<typeof commentSchema>>;

/** Every comment, oldest first. */
export async function listComments(
  octokit: GitHubClient,
  repository: RepositoryName,
  number: number,
): Promise<readonly IssueComment[]> {
  const doing = "list the comments of the issue";
  const comments = await ask(doing, () =>
    octokit.paginate(octokit.rest.issues.listComments, {
      ...addressOf(repository),
      issue_number: number,
      per_page: 100,
    }),
  );
  return check(doing, z.array(commentSchema), comments);
}

/** Whether the comment was written by this login. */
export function isCommentOf(login: string, comment: IssueComment): boolean {
  return comment.user?.login.toLowerCase() === login.toLowerCase();
}

/** Adds a comment. Not idempotent: look for the hidden marker in the comments first. */
export async function commentOn(
  octokit: GitHubClient,
  repository: RepositoryName,
  number: number,
  body: string,
): Promise<void> {
  await ask("comment on the issue", () =>
    octokit.rest.issues.createComment({
      ...addressOf(repository),
      issue_number: number,
      body,
    }),
  );
}

/** Opens or closes an issue; nothing happens if it is so already. */
export async function setIssueState(
  octokit: GitHubClient,
  repository: RepositoryName,
  number: number,
  state: "open" | "completed" | "not_planned" | "duplicate",
): Promise<void> {
  await ask("open or close the issue", () =>
    octokit.rest.issues.update({
      ...addressOf(repository),
      issue_number: number,
      ...(state === "open" ? { state: "open" as const } : { state: "closed" as const, state_reason: state }),
    }),
  );
}
