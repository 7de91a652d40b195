import type { Answer, Call, Endpoint } from "../http/call.ts";
import { idParameter, parameter, repositoryOf } from "../http/call.ts";
import { linkHeader, pageOf, paged, slice } from "../http/paging.ts";
import { notFound } from "../http/refusal.ts";
import { readCommits } from "../git/commit.ts";
import { renderCommit, renderFile } from "../render/commit.ts";
import { pullRange, renderPull, renderPullSimple } from "../render/pull.ts";
import type { PullRequest, Repository } from "../site/repository.ts";

/** Most commits and files that a pull request lists, on all pages together. */
const MAX_COMMITS = 250;
const MAX_FILES = 3000;

function pullOf(call: Call, repository: Repository): PullRequest {
  const pull = repository.pulls.get(idParameter(call, "pull_number"));
  if (pull === undefined) throw notFound();
  return pull;
}

async function get(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  return { status: 200, body: await renderPull(call.site, repository, pullOf(call, repository)) };
}

function list(call: Call): Answer {
  const repository = repositoryOf(call);
  const state = call.query.get("state") ?? "open";
  const head = call.query.get("head");
  const base = call.query.get("base");
  const found = [...repository.pulls.values()].filter(
    (pull) =>
      (state === "all" || pull.state === state) &&
      (head === null || `${pull.headRepository?.owner.login ?? ""}:${pull.headRef}` === head) &&
      (base === null || pull.baseRef === base),
  );
  const key = call.query.get("sort") === "updated" ? "updatedAt" : "createdAt";
  const sign = call.query.get("direction") === "asc" ? 1 : -1;
  found.sort(
    (one, other) => sign * (Date.parse(one[key]) - Date.parse(other[key]) || one.number - other.number),
  );
  return paged(call, found, (pull) => renderPullSimple(call.site, repository, pull));
}

async function listCommits(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const { shas } = await pullRange(call.site, repository, pullOf(call, repository));
  const shown = shas.slice(0, MAX_COMMITS);
  const page = pageOf(call);
  const commits = await readCommits(repository.objects, slice(shown, page));
  return {
    status: 200,
    body: commits.map((commit) => renderCommit(call.site, repository, commit)),
    headers: linkHeader(call, page, shown.length),
  };
}

async function listFiles(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const pull = pullOf(call, repository);
  const { files } = await pullRange(call.site, repository, pull);
  return paged(call, files.slice(0, MAX_FILES), (file) =>
    renderFile(call.site, repository, pull.headSha, file),
  );
}

function listOfCommit(call: Call): Answer {
  const repository = repositoryOf(call);
  const sha = parameter(call, "commit_sha");
  const found = [...repository.pulls.values()].filter(
    (pull) => pull.headSha === sha || pull.mergeCommit === sha,
  );
  return paged(call, found, (pull) => renderPullSimple(call.site, repository, pull));
}

const PULL = "/repos/{owner}/{repo}/pulls/{pull_number}";

export const pullEndpoints: readonly Endpoint[] = [
  { route: "GET /repos/{owner}/{repo}/pulls", permission: ["pull_requests", "read"], answer: list },
  { route: `GET ${PULL}`, permission: ["pull_requests", "read"], answer: get },
  { route: `GET ${PULL}/commits`, permission: ["pull_requests", "read"], answer: listCommits },
  { route: `GET ${PULL}/files`, permission: ["pull_requests", "read"], answer: listFiles },
  {
    route: "GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls",
    permission: ["pull_requests", "read"],
    answer: listOfCommit,
  },
];
