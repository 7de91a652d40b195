/**
 * The state as GraphQL objects: plain values, and methods for fields that have arguments or that few queries ask for.
 * Serves what `schema.graphql` has; the timeline of an issue has only closed and reopened events.
 */
import { GraphQLError } from "graphql";
import { readCommit } from "../git/commit.ts";
import { htmlUrl, nodeId } from "../render/url.ts";
import type { Account } from "../site/account.ts";
import type { Closer, Issue, IssueEvent } from "../site/issue.ts";
import type { PullRequest, Repository } from "../site/repository.ts";
import { fullNameOf } from "../site/repository.ts";
import type { Site } from "../site/site.ts";

/** An error with GitHub's `type`, which REST has no equivalent of. */
export function graphqlError(type: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}

function actorObject(site: Site, account: Account) {
  return {
    __typename: account.type,
    id: nodeId("User", account.id),
    databaseId: account.id,
    // GraphQL names a bot without the `[bot]` that REST adds.
    login: account.type === "Bot" ? account.login.replace(/\[bot\]$/, "") : account.login,
    url: `${site.origin}/${account.login}`,
  };
}

/** `onIssues` refuses callers who may not read issues. */
export function repositoryObject(site: Site, repository: Repository, onIssues: () => void) {
  return {
    __typename: "Repository",
    id: nodeId("Repository", repository.id),
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: fullNameOf(repository),
    isPrivate: repository.private,
    isArchived: repository.archived,
    url: htmlUrl(site, repository),
    issue({ number }: { readonly number: number }) {
      onIssues();
      const issue = repository.issues.get(number);
      if (issue === undefined)
        throw graphqlError("NOT_FOUND", `Could not resolve to an Issue with the number of ${number}.`);

      return issueObject(site, repository, issue);
    },
  };
}

export function issueObject(site: Site, repository: Repository, issue: Issue) {
  return {
    __typename: "Issue",
    id: nodeId("Issue", issue.id),
    databaseId: issue.id,
    number: issue.number,
    title: issue.title,
    body: issue.body ?? "",
    author: actorObject(site, issue.author),
    state: issue.state.toUpperCase(),
    stateReason({ enableDuplicate }: { readonly enableDuplicate: boolean }) {
      return issue.stateReason === "duplicate" && !enableDuplicate ? null : enumOf(issue.stateReason);
    },
    url: htmlUrl(site, repository, `/issues/${issue.number}`),
    timelineItems: (page: TimelinePage) => timeline(site, repository, issue, page),
  };
}

function enumOf(value: string | null): string | null {
  return value === null ? null : value.toUpperCase();
}

interface TimelinePage {
  readonly first?: number | null;
  readonly last?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
  readonly since?: string | null;
  readonly skip?: number | null;
  readonly itemTypes?: readonly string[] | null;
}

const ITEM_TYPES: ReadonlyMap<string, IssueEvent["event"]> = new Map([
  ["CLOSED_EVENT", "closed"],
  ["REOPENED_EVENT", "reopened"],
]);

function timeline(site: Site, repository: Repository, issue: Issue, page: TimelinePage) {
  const wanted = (page.itemTypes ?? [""]).map((type) => {
    const event = ITEM_TYPES.get(type);
    if (event === undefined)
      throw new Error("Only the item types CLOSED_EVENT and REOPENED_EVENT are served.");
    return event;
  });
  if ([page.after, page.before, page.since, page.skip].some((value) => value !== undefined && value !== null))
    throw new Error("Only first and last are served, without cursors, since and skip.");

  const events = issue.events.filter(({ event }) => wanted.includes(event));
  const { first, last } = page;
  if (typeof first !== "number" && typeof last !== "number") {
    throw graphqlError(
      "MISSING_PAGINATION_BOUNDARIES",
      "You must provide a `first` or `last` value to properly paginate the `timelineItems` connection.",
    );
  }
  const head = typeof first === "number" ? events.slice(0, first) : events;
  const shown = typeof last === "number" ? head.slice(Math.max(0, head.length - last)) : head;
  const cursorOf = (event: IssueEvent | undefined): string | null =>
    event === undefined ? null : nodeId("Cursor", event.id);
  return {
    totalCount: events.length,
    pageInfo: {
      hasNextPage: shown.at(-1) !== events.at(-1),
      hasPreviousPage: shown[0] !== events[0],
      startCursor: cursorOf(shown[0]),
      endCursor: cursorOf(shown.at(-1)),
    },
    nodes: shown.map((event) => eventObject(site, repository, event)),
  };
}

function eventObject(site: Site, repository: Repository, event: IssueEvent) {
  return {
    __typename: event.event === "closed" ? "ClosedEvent" : "ReopenedEvent",
    id: nodeId("IssueEvent", event.id),
    actor: actorObject(site, event.actor),
    createdAt: event.createdAt,
    stateReason: enumOf(event.stateReason),
    closer: () => (event.closer === null ? null : closerObject(site, repository, event.closer)),
  };
}

async function closerObject(site: Site, repository: Repository, closer: Closer) {
  if (closer.kind === "project") {
    const { number, title } = closer;
    return { __typename: "ProjectV2", id: nodeId("ProjectV2", number), number, title };
  }
  if (closer.kind === "pull") {
    const pull = repository.pulls.get(closer.number);
    return pull === undefined ? null : pullObject(site, repository, pull);
  }
  const commit = await readCommit(repository.objects, closer.sha);
  if (commit === null) return null;
  return {
    __typename: "Commit",
    id: nodeId("Commit", commit.sha),
    oid: commit.sha,
    message: commit.message,
    url: htmlUrl(site, repository, `/commit/${commit.sha}`),
  };
}

function pullObject(site: Site, repository: Repository, pull: PullRequest) {
  return {
    __typename: "PullRequest",
    id: nodeId("PullRequest", pull.id),
    databaseId: pull.id,
    number: pull.number,
    title: pull.title,
    merged: pull.merged,
    state: pull.merged ? "MERGED" : pull.state.toUpperCase(),
    url: htmlUrl(site, repository, `/pull/${pull.number}`),
  };
}
