/**
 * Repositories as REST and webhooks show them, from the short form in lists to the answer of `GET /repos`.
 */
import { renderAccount } from "./account.ts";
import { htmlUrl, nodeId, repositoryUrl } from "./url.ts";
import { fullNameOf } from "../site/repository.ts";
import type { Repository } from "../site/repository.ts";
import { permissionsOf, roleOf } from "../site/roles.ts";
import type { Site } from "../site/site.ts";

// Paths relative to the URL of the repository.
const LINKS: Readonly<Record<string, string>> = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
};

/** The fields that every representation of a repository shares. */
export function renderMinimalRepository(site: Site, repository: Repository) {
  const url = repositoryUrl(site, repository);
  return {
    id: repository.id,
    node_id: nodeId("Repository", repository.id),
    name: repository.name,
    full_name: fullNameOf(repository),
    owner: renderAccount(site, repository.owner),
    private: repository.private,
    html_url: htmlUrl(site, repository),
    description: null,
    fork: repository.parent !== null,
    url,
    ...Object.fromEntries(Object.entries(LINKS).map(([name, path]) => [name, url + path])),
  };
}

export function renderRepository(site: Site, repository: Repository) {
  const open = [...repository.issues.values()].filter((issue) => issue.state === "open").length;
  const host = new URL(site.origin).host;
  return {
    ...renderMinimalRepository(site, repository),
    git_url: `git://${host}/${fullNameOf(repository)}.git`,
    ssh_url: `git@${host}:${fullNameOf(repository)}.git`,
    clone_url: `${htmlUrl(site, repository)}.git`,
    svn_url: htmlUrl(site, repository),
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    size: 0,
    default_branch: repository.defaultBranch,
    open_issues: open,
    open_issues_count: open,
    forks: 0,
    forks_count: 0,
    watchers: 0,
    watchers_count: 0,
    stargazers_count: 0,
    topics: [],
    has_issues: repository.hasIssues,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: repository.archived,
    disabled: false,
    visibility: repository.private ? "private" : "public",
    is_template: false,
    allow_forking: true,
    web_commit_signoff_required: false,
    pushed_at: repository.pushedAt,
    created_at: repository.createdAt,
    updated_at: repository.pushedAt,
  };
}

/** The answer of `GET /repos/{owner}/{repo}`. `login` is the caller, null for the app. */
export function renderFullRepository(site: Site, repository: Repository, login: string | null) {
  const { parent } = repository;
  const none = { base: "none", name: "none" } as const;
  return {
    ...renderRepository(site, repository),
    ...(parent === null
      ? {}
      : { parent: renderRepository(site, parent), source: renderRepository(site, parent) }),
    network_count: 0,
    subscribers_count: 0,
    permissions: permissionsOf(login === null ? none : roleOf(repository, login)),
  };
}
