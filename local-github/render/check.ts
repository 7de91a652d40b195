/**
 * Check runs and suites as REST and webhooks show them. A suite's status and conclusion are derived from its runs.
 */
import type { Commit } from "../git/commit.ts";
import { renderApp } from "./account.ts";
import { renderGitCommit } from "./commit.ts";
import { renderMinimalRepository, renderRepository } from "./repository.ts";
import { htmlUrl, nodeId, repositoryUrl } from "./url.ts";
import type { CheckRun, CheckSuite } from "../site/check.ts";
import type { PullRequest, Repository } from "../site/repository.ts";
import type { Site } from "../site/site.ts";

function renderPullReference(site: Site, repository: Repository, pull: PullRequest) {
  const reference = (of: Repository) => ({
    id: of.id,
    url: repositoryUrl(site, of),
    name: of.name,
  });
  return {
    id: pull.id,
    number: pull.number,
    url: repositoryUrl(site, repository, `/pulls/${pull.number}`),
    head: { ref: pull.headRef, sha: pull.headSha, repo: reference(pull.headRepository ?? repository) },
    base: { ref: pull.baseRef, sha: pull.baseSha, repo: reference(repository) },
  };
}

/** Open pull requests with this head commit; GitHub leaves out those from forks. */
function pullsAt(site: Site, repository: Repository, sha: string) {
  return [...repository.pulls.values()]
    .filter((pull) => pull.state === "open" && pull.headSha === sha && pull.headRepository === repository)
    .map((pull) => renderPullReference(site, repository, pull));
}

export function renderCheckRun(site: Site, repository: Repository, run: CheckRun) {
  const url = repositoryUrl(site, repository, `/check-runs/${run.id}`);
  const html = htmlUrl(site, repository, `/runs/${run.id}`);
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("CheckRun", run.id),
    head_sha: run.headSha,
    external_id: run.externalId,
    url,
    html_url: html,
    details_url: run.detailsUrl ?? html,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suite.id },
    app: renderApp(site, site.app),
    pull_requests: pullsAt(site, repository, run.headSha),
  };
}

// The suite gets the first of these conclusions that any of its runs has.
const WORST = [
  "action_required",
  "timed_out",
  "cancelled",
  "failure",
  "neutral",
  "success",
  "skipped",
  "stale",
];

function suiteState(repository: Repository, suite: CheckSuite) {
  const runs = repository.checkRuns.filter((run) => run.suite === suite);
  if (runs.length === 0) return { status: "queued", conclusion: null, count: 0 };
  if (runs.some((run) => run.status !== "completed"))
    return { status: "in_progress", conclusion: null, count: runs.length };

  const conclusion = WORST.find((one) => runs.some((run) => run.conclusion === one)) ?? "neutral";
  return { status: "completed", conclusion, count: runs.length };
}

function renderSuiteCore(site: Site, repository: Repository, suite: CheckSuite) {
  const url = repositoryUrl(site, repository, `/check-suites/${suite.id}`);
  const { status, conclusion, count } = suiteState(repository, suite);
  return {
    id: suite.id,
    node_id: nodeId("CheckSuite", suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    status,
    conclusion,
    url,
    before: suite.before,
    after: suite.headSha,
    pull_requests: pullsAt(site, repository, suite.headSha),
    app: renderApp(site, site.app),
    created_at: suite.createdAt,
    updated_at: suite.updatedAt,
    rerequestable: true,
    runs_rerequestable: true,
    latest_check_runs_count: count,
    check_runs_url: `${url}/check-runs`,
  };
}

export function renderCheckSuite(site: Site, repository: Repository, suite: CheckSuite, head: Commit) {
  return {
    ...renderSuiteCore(site, repository, suite),
    head_commit: suiteHead(site, repository, head),
    repository: renderMinimalRepository(site, repository),
  };
}

function suiteHead(site: Site, repository: Repository, head: Commit) {
  const commit = renderGitCommit(site, repository, head);
  return {
    id: head.sha,
    tree_id: head.tree,
    message: head.message,
    timestamp: head.committer.date,
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
  };
}

/** The suite in webhook payloads. */
export function renderSuiteForWebhook(site: Site, repository: Repository, suite: CheckSuite, head: Commit) {
  return { ...renderSuiteCore(site, repository, suite), head_commit: suiteHead(site, repository, head) };
}

/** The run in webhook payloads, with its suite. */
export function renderRunForWebhook(site: Site, repository: Repository, run: CheckRun) {
  const suite = renderSuiteCore(site, repository, run.suite);
  return {
    ...renderCheckRun(site, repository, run),
    check_suite: {
      id: suite.id,
      node_id: suite.node_id,
      head_branch: suite.head_branch,
      head_sha: suite.head_sha,
      status: suite.status,
      conclusion: suite.conclusion,
      url: suite.url,
      before: suite.before,
      after: suite.after,
      pull_requests: suite.pull_requests,
      app: suite.app,
      created_at: suite.created_at,
      updated_at: suite.updated_at,
      repository: renderRepository(site, repository),
    },
  };
}
