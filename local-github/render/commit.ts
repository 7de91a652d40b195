import type { Commit } from "../git/commit.ts";
import type { FileDiff } from "../git/diff.ts";
import { renderAccount } from "./account.ts";
import { encodePath, htmlUrl, nodeId, repositoryUrl } from "./url.ts";
import type { Account } from "../site/account.ts";
import type { Repository } from "../site/repository.ts";
import type { Site } from "../site/site.ts";

function accountOf(site: Site, email: string): Account | undefined {
  const wanted = email.toLowerCase();
  return site.accounts.values().find((account) => account.email.toLowerCase() === wanted);
}

export function renderCommit(site: Site, repository: Repository, commit: Commit) {
  const url = repositoryUrl(site, repository, `/commits/${commit.sha}`);
  const html = htmlUrl(site, repository, `/commit/${commit.sha}`);
  const author = accountOf(site, commit.author.email);
  const committer = accountOf(site, commit.committer.email);
  return {
    sha: commit.sha,
    node_id: nodeId("Commit", commit.sha),
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: repositoryUrl(site, repository, `/git/trees/${commit.tree}`) },
      url: repositoryUrl(site, repository, `/git/commits/${commit.sha}`),
      comment_count: 0,
      verification: {
        verified: false,
        reason: "unsigned",
        signature: null,
        payload: null,
        verified_at: null,
      },
    },
    url,
    html_url: html,
    comments_url: `${url}/comments`,
    author: author === undefined ? null : renderAccount(site, author),
    committer: committer === undefined ? null : renderAccount(site, committer),
    parents: commit.parents.map((parent) => ({
      sha: parent,
      url: repositoryUrl(site, repository, `/commits/${parent}`),
      html_url: htmlUrl(site, repository, `/commit/${parent}`),
    })),
  };
}

/** The answer of `GET /git/commits/{sha}`. */
export function renderGitCommit(site: Site, repository: Repository, commit: Commit) {
  return {
    sha: commit.sha,
    node_id: nodeId("Commit", commit.sha),
    url: repositoryUrl(site, repository, `/git/commits/${commit.sha}`),
    html_url: htmlUrl(site, repository, `/commit/${commit.sha}`),
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: repositoryUrl(site, repository, `/git/trees/${commit.tree}`) },
    message: commit.message,
    parents: commit.parents.map((parent) => ({
      sha: parent,
      url: repositoryUrl(site, repository, `/git/commits/${parent}`),
      html_url: htmlUrl(site, repository, `/commit/${parent}`),
    })),
    verification: { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null },
  };
}

export function renderFile(site: Site, repository: Repository, at: string, file: FileDiff) {
  const path = encodePath(file.path);
  return {
    sha: file.blob,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: htmlUrl(site, repository, `/blob/${at}/${path}`),
    raw_url: htmlUrl(site, repository, `/raw/${at}/${path}`),
    contents_url: repositoryUrl(site, repository, `/contents/${path}?ref=${at}`),
    ...(file.previousPath === null ? {} : { previous_filename: file.previousPath }),
    ...(file.patch === null ? {} : { patch: file.patch }),
  };
}

export function statsOf(files: readonly FileDiff[]) {
  let additions = 0;
  let deletions = 0;
  for (const file of files) {
    additions += file.additions;
    deletions += file.deletions;
  }
  return { total: additions + deletions, additions, deletions };
}
