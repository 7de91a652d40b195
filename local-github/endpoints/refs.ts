/**
 * Branches, refs, tags and git commits, read from git on each request.
 */
import { readCommit, readTag } from "../git/commit.ts";
import { gitLines } from "../git/process.ts";
import type { Answer, Call, Endpoint } from "../http/call.ts";
import { parameter, repositoryOf } from "../http/call.ts";
import { paged } from "../http/paging.ts";
import { notFound } from "../http/refusal.ts";
import { renderCommit, renderGitCommit } from "../render/commit.ts";
import { encodePath, htmlUrl, nodeId, repositoryUrl } from "../render/url.ts";
import type { Repository } from "../site/repository.ts";
import type { Site } from "../site/site.ts";

interface Ref {
  readonly name: string;
  readonly oid: string;
  readonly type: string;
}

async function listRefs(site: Site, repository: Repository, under: string): Promise<Ref[]> {
  const lines = await gitLines(site.git, repository.path, [
    "for-each-ref",
    "--format=%(objectname) %(objecttype) %(refname)",
  ]);
  return lines.flatMap((line) => {
    const [oid = "", type = "", name = ""] = line.split(" ");
    return name.startsWith(under) ? [{ name, oid, type }] : [];
  });
}

function renderRef(site: Site, repository: Repository, ref: Ref) {
  return {
    ref: ref.name,
    node_id: nodeId("Ref", `${repository.id}:${ref.name}`),
    url: repositoryUrl(site, repository, `/git/${encodePath(ref.name)}`),
    object: {
      type: ref.type,
      sha: ref.oid,
      url: repositoryUrl(site, repository, `/git/${ref.type}s/${ref.oid}`),
    },
  };
}

async function getRef(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const wanted = `refs/${parameter(call, "ref")}`;
  const refs = await listRefs(call.site, repository, wanted);
  const ref = refs.find((one) => one.name === wanted);
  if (ref === undefined) throw notFound();
  return { status: 200, body: renderRef(call.site, repository, ref) };
}

async function matchRefs(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const refs = await listRefs(call.site, repository, `refs/${parameter(call, "ref")}`);
  return { status: 200, body: refs.map((ref) => renderRef(call.site, repository, ref)) };
}

async function listBranches(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const refs = await listRefs(call.site, repository, "refs/heads/");
  return paged(call, refs, (ref) => ({
    name: ref.name.slice("refs/heads/".length),
    commit: { sha: ref.oid, url: repositoryUrl(call.site, repository, `/commits/${ref.oid}`) },
    protected: false,
  }));
}

async function getBranch(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const name = parameter(call, "branch");
  const commit = await readCommit(repository.objects, `refs/heads/${name}`);
  if (commit === null) throw notFound();
  const url = repositoryUrl(call.site, repository, `/branches/${encodeURIComponent(name)}`);
  return {
    status: 200,
    body: {
      name,
      commit: renderCommit(call.site, repository, commit),
      _links: { self: url, html: htmlUrl(call.site, repository, `/tree/${encodePath(name)}`) },
      protected: false,
      protection: {
        enabled: false,
        required_status_checks: { enforcement_level: "off", contexts: [], checks: [] },
      },
      protection_url: `${url}/protection`,
    },
  };
}

async function getTag(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const sha = parameter(call, "tag_sha");
  const tag = /^[0-9a-f]{40}$/.test(sha) ? await readTag(repository.objects, sha) : null;
  if (tag === null) throw notFound();
  return {
    status: 200,
    body: {
      sha,
      node_id: nodeId("Tag", sha),
      url: repositoryUrl(call.site, repository, `/git/tags/${sha}`),
      tag: tag.name,
      message: tag.message,
      tagger: tag.tagger,
      object: {
        sha: tag.object,
        type: tag.objectType,
        url: repositoryUrl(call.site, repository, `/git/${tag.objectType}s/${tag.object}`),
      },
      verification: {
        verified: false,
        reason: "unsigned",
        signature: null,
        payload: null,
        verified_at: null,
      },
    },
  };
}

async function getGitCommit(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const sha = parameter(call, "commit_sha");
  const commit = /^[0-9a-f]{40}$/.test(sha) ? await readCommit(repository.objects, sha) : null;
  if (commit === null) throw notFound();
  return { status: 200, body: renderGitCommit(call.site, repository, commit) };
}

export const refEndpoints: readonly Endpoint[] = [
  { route: "GET /repos/{owner}/{repo}/git/ref/{ref}", permission: ["contents", "read"], answer: getRef },
  {
    route: "GET /repos/{owner}/{repo}/git/matching-refs/{ref}",
    permission: ["contents", "read"],
    answer: matchRefs,
  },
  { route: "GET /repos/{owner}/{repo}/branches", permission: ["contents", "read"], answer: listBranches },
  {
    route: "GET /repos/{owner}/{repo}/branches/{branch}",
    permission: ["contents", "read"],
    answer: getBranch,
  },
  { route: "GET /repos/{owner}/{repo}/git/tags/{tag_sha}", permission: ["contents", "read"], answer: getTag },
  {
    route: "GET /repos/{owner}/{repo}/git/commits/{commit_sha}",
    permission: ["contents", "read"],
    answer: getGitCommit,
  },
];
