/**
 * Issues, comments, labels and issue events as REST and webhooks show them, and pull requests where GitHub treats them
 * as issues.
 */
import { renderAccount, renderApp } from "./account.ts";
import { renderRepository } from "./repository.ts";
import { htmlUrl, nodeId, repositoryUrl } from "./url.ts";
import type { Comment, Issue, IssueEvent, Label } from "../site/issue.ts";
import type { PullRequest, Repository } from "../site/repository.ts";
import { roleOf } from "../site/roles.ts";
import type { Site } from "../site/site.ts";

export function renderLabel(site: Site, repository: Repository, label: Label) {
  return {
    id: label.id,
    node_id: nodeId("Label", label.id),
    url: repositoryUrl(site, repository, `/labels/${encodeURIComponent(label.name)}`),
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  };
}

/** The author's relation to the repository (`author_association`). */
export function associationOf(repository: Repository, login: string): string {
  if (login === repository.owner.login) return "OWNER";
  const role = roleOf(repository, login).base;
  return role === "none" || role === "read" ? "NONE" : "COLLABORATOR";
}

export function renderIssue(site: Site, repository: Repository, issue: Issue) {
  const url = repositoryUrl(site, repository, `/issues/${issue.number}`);
  const [assignee] = issue.assignees;
  return {
    id: issue.id,
    node_id: nodeId("Issue", issue.id),
    url,
    repository_url: repositoryUrl(site, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: htmlUrl(site, repository, `/issues/${issue.number}`),
    number: issue.number,
    title: issue.title,
    body: issue.body,
    user: renderAccount(site, issue.author),
    labels: issue.labels.map((label) => renderLabel(site, repository, label)),
    state: issue.state,
    state_reason: issue.stateReason,
    locked: issue.locked,
    active_lock_reason: null,
    assignee: assignee === undefined ? null : renderAccount(site, assignee),
    assignees: issue.assignees.map((account) => renderAccount(site, account)),
    milestone: null,
    comments: issue.comments.length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    closed_by: issue.closedBy === null ? null : renderAccount(site, issue.closedBy),
    author_association: associationOf(repository, issue.author.login),
    performed_via_github_app: issue.byApp ? renderApp(site, site.app) : null,
    reactions: {
      url: `${url}/reactions`,
      total_count: 0,
      "+1": 0,
      "-1": 0,
      laugh: 0,
      hooray: 0,
      confused: 0,
      heart: 0,
      rocket: 0,
      eyes: 0,
    },
    timeline_url: `${url}/timeline`,
  };
}

/** A pull request as an issue: GitHub lists both as issues, and `pull_request` tells them apart. */
export function renderPullAsIssue(site: Site, repository: Repository, pull: PullRequest) {
  const html = htmlUrl(site, repository, `/pull/${pull.number}`);
  const issue: Issue = {
    id: pull.id,
    number: pull.number,
    author: pull.author,
    title: pull.title,
    body: pull.body,
    state: pull.state,
    stateReason: null,
    labels: [],
    assignees: [],
    locked: false,
    closedBy: null,
    closedAt: pull.closedAt,
    byApp: false,
    createdAt: pull.createdAt,
    updatedAt: pull.updatedAt,
    comments: [],
    events: [],
    bodies: [],
  };
  return {
    ...renderIssue(site, repository, issue),
    html_url: html,
    draft: pull.draft,
    pull_request: {
      url: repositoryUrl(site, repository, `/pulls/${pull.number}`),
      html_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      merged_at: pull.mergedAt,
    },
  };
}

export function renderComment(site: Site, repository: Repository, issue: Issue, comment: Comment) {
  const url = repositoryUrl(site, repository, `/issues/comments/${comment.id}`);
  return {
    id: comment.id,
    node_id: nodeId("IssueComment", comment.id),
    url,
    html_url: htmlUrl(site, repository, `/issues/${issue.number}#issuecomment-${comment.id}`),
    issue_url: repositoryUrl(site, repository, `/issues/${issue.number}`),
    body: comment.body,
    user: renderAccount(site, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: associationOf(repository, comment.author.login),
    performed_via_github_app: comment.author === site.app.bot ? renderApp(site, site.app) : null,
  };
}

export function renderIssueEvent(site: Site, repository: Repository, issue: Issue, event: IssueEvent) {
  if (event.comment !== null) {
    return {
      ...renderComment(site, repository, issue, event.comment),
      event: "commented",
      actor: renderAccount(site, event.actor),
    };
  }
  const source = event.source === null ? undefined : repository.pulls.get(event.source);
  if (source !== undefined) {
    return {
      event: event.event,
      actor: renderAccount(site, event.actor),
      created_at: event.createdAt,
      updated_at: event.createdAt,
      source: {
        type: "issue",
        issue: {
          ...renderPullAsIssue(site, repository, source),
          repository: renderRepository(site, repository),
        },
      },
    };
  }
  return {
    id: event.id,
    node_id: nodeId("IssueEvent", event.id),
    url: repositoryUrl(site, repository, `/issues/events/${event.id}`),
    actor: renderAccount(site, event.actor),
    event: event.event,
    commit_id: event.commitId,
    commit_url:
      event.commitId === null ? null : repositoryUrl(site, repository, `/commits/${event.commitId}`),
    created_at: event.createdAt,
    performed_via_github_app: event.actor === site.app.bot ? renderApp(site, site.app) : null,
    ...(event.event === "closed" || event.event === "reopened" ? { state_reason: event.stateReason } : {}),
    ...(event.rename === null ? {} : { rename: event.rename }),
    ...(event.label === null ? {} : { label: { name: event.label.name, color: event.label.color } }),
    ...(event.assignee === null
      ? {}
      : { assignee: renderAccount(site, event.assignee), assigner: renderAccount(site, event.actor) }),
  };
}
