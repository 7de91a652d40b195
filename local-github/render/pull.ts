/**
 * Pull requests as REST and webhooks show them. Commits, files and statistics are computed from git on each request.
 */
import { commitsBetween, mergeBase } from "../git/history.ts";
import { renderAccount } from "./account.ts";
import { statsOf } from "./commit.ts";
import { associationOf } from "./issue.ts";
import { renderRepository } from "./repository.ts";
import { htmlUrl, nodeId, repositoryUrl } from "./url.ts";
import { diffOf } from "../site/diffs.ts";
import type { PullRequest, Repository } from "../site/repository.ts";
import { gitAt } from "../site/site.ts";
import type { Site } from "../site/site.ts";

function renderSide(site: Site, repository: Repository | null, ref: string, sha: string) {
  return {
    label: `${repository === null ? "unknown repository" : repository.owner.login}:${ref}`,
    ref,
    sha,
    user: repository === null ? null : renderAccount(site, repository.owner),
    repo: repository === null ? null : renderRepository(site, repository),
  };
}

/** A pull request in lists. */
export function renderPullSimple(site: Site, repository: Repository, pull: PullRequest) {
  const url = repositoryUrl(site, repository, `/pulls/${pull.number}`);
  const issueUrl = repositoryUrl(site, repository, `/issues/${pull.number}`);
  const html = htmlUrl(site, repository, `/pull/${pull.number}`);
  const statuses = repositoryUrl(site, repository, `/statuses/${pull.headSha}`);
  return {
    id: pull.id,
    node_id: nodeId("PullRequest", pull.id),
    number: pull.number,
    url,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issueUrl,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${repositoryUrl(site, repository)}/pulls/comments{/number}`,
    comments_url: `${issueUrl}/comments`,
    statuses_url: statuses,
    state: pull.state,
    locked: false,
    active_lock_reason: null,
    title: pull.title,
    body: pull.body,
    user: renderAccount(site, pull.author),
    labels: [],
    milestone: null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    draft: pull.draft,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommit,
    head: renderSide(site, pull.headRepository, pull.headRef, pull.headSha),
    base: renderSide(site, repository, pull.baseRef, pull.baseSha),
    author_association: associationOf(repository, pull.author.login),
    auto_merge: null,
    _links: {
      self: { href: url },
      html: { href: html },
      issue: { href: issueUrl },
      comments: { href: `${issueUrl}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${repositoryUrl(site, repository)}/pulls/comments{/number}` },
      commits: { href: `${url}/commits` },
      statuses: { href: statuses },
    },
  };
}

/** The pull request's commits, oldest first, and the files it changes. */
export async function pullRange(site: Site, repository: Repository, pull: PullRequest) {
  const at = gitAt(site, repository);
  const base = await mergeBase(at, pull.baseSha, pull.headSha);
  const shas = await commitsBetween(at, [pull.headSha], [pull.baseSha]);
  const files = await diffOf(site, repository, base, pull.headSha);
  return { shas: shas.reverse(), files };
}

export async function renderPull(site: Site, repository: Repository, pull: PullRequest) {
  const { shas, files } = await pullRange(site, repository, pull);
  const { additions, deletions } = statsOf(files);
  const open = pull.state === "open";
  return {
    ...renderPullSimple(site, repository, pull),
    merged: pull.merged,
    mergeable: open ? pull.mergeCommit !== null : null,
    rebaseable: open ? pull.mergeCommit !== null : null,
    mergeable_state: !open ? "unknown" : pull.mergeCommit === null ? "dirty" : "clean",
    merged_by: pull.mergedBy === null ? null : renderAccount(site, pull.mergedBy),
    comments: 0,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: shas.length,
    additions,
    deletions,
    changed_files: files.length,
  };
}
