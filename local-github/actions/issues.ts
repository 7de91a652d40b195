/**
 * Changes to issues, by a person or through REST alike: each updates the issue, adds to its history, and sends the
 * webhook. `closing-words.ts` has what commits and pull requests do to issues.
 */
import { renderComment, renderIssue } from "../render/issue.ts";
import type { Account } from "../site/account.ts";
import type { CloseReason, Closer, Comment, Issue, IssueEvent, Label } from "../site/issue.ts";
import type { Repository } from "../site/repository.ts";
import type { Site } from "../site/site.ts";
import { send } from "../webhooks/send.ts";

export interface NewIssue {
  readonly title: string;
  readonly body: string | null;
  readonly labels?: readonly string[];
  readonly assignees?: readonly Account[];
  readonly byApp?: boolean;
}

export function openIssue(site: Site, repository: Repository, author: Account, issue: NewIssue): Issue {
  repository.lastNumber += 1;
  const now = site.now();
  const opened: Issue = {
    id: site.nextId(),
    number: repository.lastNumber,
    author,
    title: issue.title,
    body: issue.body,
    state: "open",
    stateReason: null,
    labels: (issue.labels ?? []).map((name) => labelNamed(site, repository, name)),
    assignees: [...(issue.assignees ?? [])],
    locked: false,
    closedBy: null,
    closedAt: null,
    byApp: issue.byApp === true,
    createdAt: now,
    updatedAt: now,
    comments: [],
    events: [],
    bodies: [issue.body ?? ""],
  };
  repository.issues.set(opened.number, opened);
  for (const label of opened.labels) record(site, opened, author, "labeled", { label });
  for (const assignee of opened.assignees) record(site, opened, author, "assigned", { assignee });
  sendIssue(site, repository, opened, "opened", author);
  return opened;
}

/** Changes title or body. Sends `edited` if either is new. */
export function editIssue(
  site: Site,
  repository: Repository,
  issue: Issue,
  actor: Account,
  edit: { readonly title?: string | null; readonly body?: string | null },
): void {
  const { title = null, body = null } = edit;
  const changes: Record<string, unknown> = {};
  if (title !== null && title !== issue.title) {
    changes["title"] = { from: issue.title };
    record(site, issue, actor, "renamed", { rename: { from: issue.title, to: title } });
    issue.title = title;
  }
  if (body !== null && body !== issue.body) {
    changes["body"] = { from: issue.body ?? "" };
    issue.body = body;
    issue.bodies.push(body);
  }
  if (Object.keys(changes).length === 0) return;
  issue.updatedAt = site.now();
  sendIssue(site, repository, issue, "edited", actor, { changes });
}

/** A label of the repository. GitHub creates one that is used for the first time. */
export function labelNamed(site: Site, repository: Repository, name: string): Label {
  const known = repository.labels.find((label) => label.name.toLowerCase() === name.toLowerCase());
  if (known !== undefined) return known;
  const label: Label = { id: site.nextId(), name, color: "ededed", description: null };
  repository.labels.push(label);
  return label;
}

/** Adds a label, which is made if it is missing. */
export function labelIssue(
  site: Site,
  repository: Repository,
  issue: Issue,
  actor: Account,
  name: string,
): void {
  const label = labelNamed(site, repository, name);
  if (issue.labels.includes(label)) return;
  issue.labels = [...issue.labels, label];
  record(site, issue, actor, "labeled", { label });
}

/** Adds an entry to the issue's history. */
export function record(
  site: Site,
  issue: Issue,
  actor: Account,
  event: IssueEvent["event"],
  more: Partial<IssueEvent> = {},
): void {
  issue.updatedAt = site.now();
  issue.events.push({
    id: site.nextId(),
    event,
    actor,
    createdAt: issue.updatedAt,
    commitId: null,
    stateReason: null,
    label: null,
    assignee: null,
    comment: null,
    source: null,
    closer: null,
    rename: null,
    ...more,
  });
}

function sendIssue(
  site: Site,
  repository: Repository,
  issue: Issue,
  action: "opened" | "edited" | "closed" | "reopened" | "deleted",
  sender: Account,
  more: Readonly<Record<string, unknown>> = {},
): void {
  send(site, {
    event: "issues",
    repository,
    sender,
    payload: { action, issue: renderIssue(site, repository, issue), ...more },
  });
}

/** Does nothing if the issue is closed already. The reason is `completed` unless given. */
export function closeIssue(
  site: Site,
  repository: Repository,
  issue: Issue,
  actor: Account,
  how: { readonly reason?: CloseReason; readonly closer?: Closer } = {},
): void {
  if (issue.state === "closed") return;
  const { reason = "completed", closer = null } = how;
  issue.state = "closed";
  issue.stateReason = reason;
  issue.closedBy = actor;
  const commitId = closer?.kind === "commit" ? closer.sha : null;
  record(site, issue, actor, "closed", { commitId, closer, stateReason: reason });
  issue.closedAt = issue.updatedAt;
  sendIssue(site, repository, issue, "closed", actor);
}

export function reopenIssue(site: Site, repository: Repository, issue: Issue, actor: Account): void {
  if (issue.state === "open") return;
  issue.state = "open";
  issue.stateReason = "reopened";
  issue.closedBy = null;
  issue.closedAt = null;
  record(site, issue, actor, "reopened", { stateReason: "reopened" });
  sendIssue(site, repository, issue, "reopened", actor);
}

export function deleteIssue(site: Site, repository: Repository, issue: Issue, actor: Account): void {
  repository.issues.delete(issue.number);
  repository.deletedIssues.add(issue.number);
  sendIssue(site, repository, issue, "deleted", actor);
}

export function commentOn(
  site: Site,
  repository: Repository,
  issue: Issue,
  author: Account,
  body: string,
): Comment {
  const now = site.now();
  const comment: Comment = { id: site.nextId(), author, body, createdAt: now, updatedAt: now };
  issue.comments.push(comment);
  record(site, issue, author, "commented", { comment });
  send(site, {
    event: "issue_comment",
    repository,
    sender: author,
    payload: {
      action: "created",
      issue: renderIssue(site, repository, issue),
      comment: renderComment(site, repository, issue, comment),
    },
  });
  return comment;
}
