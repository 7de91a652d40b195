import { ZERO, readCommits } from "../git/commit.ts";
import type { RefUpdate } from "../git/history.ts";
import { commitsBetween } from "../git/history.ts";
import { gitAt } from "../http/call.ts";
import type { Account, Comment, Issue, IssueEvent, Label, PullRequest, Repository, Site } from "../site.ts";
import { renderComment, renderIssue } from "../render/issue.ts";
import { send } from "../webhooks/delivery.ts";

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

/** A label of the repository; one that is named for the first time is made, as GitHub does it. */
export function labelNamed(site: Site, repository: Repository, name: string): Label {
  const known = repository.labels.find((label) => label.name.toLowerCase() === name.toLowerCase());
  if (known !== undefined) return known;
  const label: Label = { id: site.nextId(), name, color: "ededed", description: null };
  repository.labels.push(label);
  return label;
}

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
    ...more,
  });
}

export function sendIssue(
  site: Site,
  repository: Repository,
  issue: Issue,
  action: string,
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

export function closeIssue(
  site: Site,
  repository: Repository,
  issue: Issue,
  actor: Account,
  how: { readonly reason?: "completed" | "not_planned" | "duplicate"; readonly commitId?: string } = {},
): void {
  if (issue.state === "closed") return;
  issue.state = "closed";
  issue.stateReason = how.reason ?? "completed";
  issue.closedBy = actor;
  record(site, issue, actor, "closed", { commitId: how.commitId ?? null, stateReason: issue.stateReason });
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

const MENTION = /(?<![\w&/])#(\d{1,9})\b/g;
const CLOSING = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d{1,9})\b/gi;

/** Issues that a text closes once it reaches the default branch ("Fixes #12"). */
export function closedByText(text: string): number[] {
  return [...text.matchAll(CLOSING)].map((match) => Number(match[1]));
}

function mentioned(repository: Repository, text: string): Issue[] {
  const numbers = new Set([...text.matchAll(MENTION)].map((match) => Number(match[1])));
  return [...numbers].flatMap((number) => repository.issues.get(number) ?? []);
}

/** Notes in an issue's timeline that a pull request mentions it. A close by its merge names no commit: this tells. */
export function crossReference(site: Site, repository: Repository, pull: PullRequest): void {
  for (const issue of mentioned(repository, `${pull.title}\n${pull.body ?? ""}`)) {
    record(site, issue, pull.author, "cross-referenced", { source: pull });
  }
}

/** "Fixes #12" in a commit that reaches the default branch closes the issue, in the pusher's name. */
export async function closeMentionedIssues(
  site: Site,
  repository: Repository,
  update: RefUpdate,
  pusher: Account,
): Promise<void> {
  if (update.after === ZERO || repository.issues.size === 0) return;
  const shas = await commitsBetween(gitAt(site, repository), [update.after], [update.before], {
    limit: 2048,
  });
  for (const commit of await readCommits(repository.objects, shas)) {
    for (const issue of mentioned(repository, commit.message)) {
      record(site, issue, pusher, "referenced", { commitId: commit.sha });
    }
    for (const number of closedByText(commit.message)) {
      const issue = repository.issues.get(number);
      if (issue !== undefined) closeIssue(site, repository, issue, pusher, { commitId: commit.sha });
    }
  }
}
