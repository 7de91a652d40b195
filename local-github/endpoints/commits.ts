import type { Answer, Call, Endpoint } from "../http/call.ts";
import { parameter, repositoryOf } from "../http/call.ts";
import { linkHeader, pageOf, slice } from "../http/paging.ts";
import { Refusal, notFound } from "../http/refusal.ts";
import { readCommit, readCommits } from "../git/commit.ts";
import { commitsBetween } from "../git/history.ts";
import { renderCommit, renderFile, statsOf } from "../render/commit.ts";
import { diffOf } from "../site/diffs.ts";
import { gitAt } from "../site/site.ts";

/** A commit lists at most 3,000 files, by default 300 a page. */
const MAX_FILES = 3000;

async function getCommit(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const ref = parameter(call, "ref");
  if (/^[0-9a-f]{40}$/.test(ref) && (await repository.objects.look(ref)) === null)
    throw new Refusal(422, `No commit found for SHA: ${ref}`);

  const commit = await readCommit(repository.objects, ref);
  if (commit === null) throw new Refusal(422, `No commit found for SHA: ${ref}`);
  const all = await diffOf(call.site, repository, commit.parents[0] ?? null, commit.sha);
  const shown = all.slice(0, MAX_FILES);
  const page = pageOf(call, 300, 300);
  return {
    status: 200,
    body: {
      ...renderCommit(call.site, repository, commit),
      stats: statsOf(all),
      files: slice(shown, page).map((file) => renderFile(call.site, repository, commit.sha, file)),
    },
    headers: linkHeader(call, page, shown.length),
  };
}

async function listCommits(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const start = call.query.get("sha") ?? repository.defaultBranch;
  const tip = await readCommit(repository.objects, start);
  if (tip === null) {
    if (call.query.has("sha")) throw notFound();
    throw new Refusal(409, "Git Repository is empty.");
  }
  const page = pageOf(call);
  const path = call.query.get("path");
  const dates: string[] = [];
  const since = call.query.get("since");
  const until = call.query.get("until");
  if (since !== null) dates.push(`--since=${since}`);
  if (until !== null) dates.push(`--until=${until}`);
  const shas = await commitsBetween(gitAt(call.site, repository), [tip.sha], [], {
    ...(path === null ? {} : { path }),
    dates,
  });
  const commits = await readCommits(repository.objects, slice(shas, page));
  return {
    status: 200,
    body: commits.map((commit) => renderCommit(call.site, repository, commit)),
    headers: linkHeader(call, page, shas.length),
  };
}

export const commitEndpoints: readonly Endpoint[] = [
  { route: "GET /repos/{owner}/{repo}/commits", permission: ["contents", "read"], answer: listCommits },
  { route: "GET /repos/{owner}/{repo}/commits/{ref}", permission: ["contents", "read"], answer: getCommit },
];
