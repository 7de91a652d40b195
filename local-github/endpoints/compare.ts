import type { Commit } from "../git/commit.ts";
import { readCommit, readCommits } from "../git/commit.ts";
import { commitsBetween, countBetween, mergeBase } from "../git/history.ts";
import type { Answer, Call, Endpoint } from "../http/call.ts";
import { parameter, repositoryOf } from "../http/call.ts";
import { linkHeader, pageOf, slice } from "../http/paging.ts";
import { Refusal, notFound } from "../http/refusal.ts";
import { renderCommit, renderFile } from "../render/commit.ts";
import { encodePath, htmlUrl, nodeId, repositoryUrl } from "../render/url.ts";
import { diffOf } from "../site/diffs.ts";
import type { Repository } from "../site/repository.ts";
import { gitAt } from "../site/site.ts";

/** Without paging the answer has the newest 250 commits. Only the first page has files, at most 300. */
const UNPAGED_COMMITS = 250;
const MAX_FILES = 300;

/**
 * `main`, a SHA, or `owner:branch` of a fork. On GitHub the objects of forks are always reachable; here only after a
 * pull request has fetched them.
 */
async function resolve(call: Call, repository: Repository, name: string): Promise<Commit> {
  const [owner = "", branch] = name.split(":");
  if (branch === undefined) {
    const commit = await readCommit(repository.objects, name);
    if (commit === null) throw notFound();
    return commit;
  }
  for (const other of call.site.repositories.values()) {
    const related = other === repository || other.parent === repository || repository.parent === other;
    if (!related || other.owner.login.toLowerCase() !== owner.toLowerCase()) continue;
    const tip = await readCommit(other.objects, `refs/heads/${branch}`);
    const here = tip === null ? null : await readCommit(repository.objects, tip.sha);
    if (here !== null) return here;
  }
  throw notFound();
}

async function compare(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const basehead = parameter(call, "basehead");
  const [baseName = "", headName] = basehead.split("...");
  if (headName === undefined || headName === "") throw notFound();
  const [base, head] = await Promise.all([
    resolve(call, repository, baseName),
    resolve(call, repository, headName),
  ]);
  const at = gitAt(call.site, repository);
  const common = await mergeBase(at, base.sha, head.sha);
  if (common === null) throw new Refusal(404, `No common ancestor between ${baseName} and ${headName}.`);
  const [mergeBaseCommit, behind, newest, files] = await Promise.all([
    readCommits(repository.objects, [common]),
    countBetween(at, base.sha, head.sha),
    commitsBetween(at, [head.sha], [base.sha]),
    diffOf(call.site, repository, common, head.sha),
  ]);
  const ahead = newest.length;
  const paging = call.query.has("page") || call.query.has("per_page");
  const page = pageOf(call);
  const oldestFirst = newest.reverse();
  const shown = paging ? slice(oldestFirst, page) : oldestFirst.slice(-UNPAGED_COMMITS);
  const commits = await readCommits(repository.objects, shown);
  const withFiles = !paging || page.page === 1;
  const status =
    ahead > 0 && behind > 0 ? "diverged" : ahead > 0 ? "ahead" : behind > 0 ? "behind" : "identical";
  const html = htmlUrl(call.site, repository, `/compare/${encodePath(basehead)}`);
  const { site } = call;
  return {
    status: 200,
    body: {
      url: repositoryUrl(site, repository, `/compare/${encodePath(basehead)}`),
      html_url: html,
      permalink_url: htmlUrl(site, repository, `/compare/${base.sha}...${head.sha}`),
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      node_id: nodeId("Comparison", `${base.sha}...${head.sha}`),
      base_commit: renderCommit(site, repository, base),
      merge_base_commit: mergeBaseCommit.map((commit) => renderCommit(site, repository, commit))[0],
      status,
      ahead_by: ahead,
      behind_by: behind,
      total_commits: ahead,
      commits: commits.map((commit) => renderCommit(site, repository, commit)),
      ...(withFiles
        ? { files: files.slice(0, MAX_FILES).map((file) => renderFile(site, repository, head.sha, file)) }
        : {}),
    },
    headers: paging ? linkHeader(call, page, ahead) : {},
  };
}

export const compareEndpoints: readonly Endpoint[] = [
  {
    route: "GET /repos/{owner}/{repo}/compare/{basehead}",
    permission: ["contents", "read"],
    answer: compare,
  },
];
