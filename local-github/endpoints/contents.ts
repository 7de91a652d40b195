import type { Answer, Call, Endpoint } from "../http/call.ts";
import { parameter, repositoryOf } from "../http/call.ts";
import { Refusal, notFound } from "../http/refusal.ts";
import { readCommit } from "../git/commit.ts";
import type { GitObject } from "../git/objects.ts";
import { encodePath, htmlUrl, nodeId, repositoryUrl } from "../render/url.ts";

/** The blob interface reads up to 100 MB, contents up to 100 MB raw and 1 MB as JSON. */
const MOST_BYTES = 100 * 1024 * 1024;
const MOST_JSON_BYTES = 1024 * 1024;

function wantsRaw(call: Call): boolean {
  return /application\/vnd\.github\.(?:v3\.)?raw/.test(call.headers["accept"] ?? "");
}

function base64Lines(bytes: Buffer): string {
  return bytes.toString("base64").replace(/.{60}/g, "$&\n");
}

async function getBlob(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const sha = parameter(call, "file_sha");
  if (!/^[0-9a-f]{40}$/.test(sha))
    throw new Refusal(422, "The sha parameter must be exactly 40 characters and contain only [0-9a-f].");
  const known = await repository.objects.look(sha);
  if (known === null || known.type !== "blob") throw notFound();
  if (known.size > MOST_BYTES) {
    throw new Refusal(403, "This API returns blobs up to 100 MB in size.", {
      body: { errors: [{ resource: "Blob", field: "data", code: "too_large" }] },
    });
  }
  const blob = await repository.objects.read(sha);
  if (blob === null) throw notFound();
  if (wantsRaw(call)) return raw(blob);
  return {
    status: 200,
    body: {
      sha,
      node_id: nodeId("Blob", sha),
      size: blob.size,
      url: repositoryUrl(call.site, repository, `/git/blobs/${sha}`),
      content: base64Lines(blob.bytes),
      encoding: "base64",
    },
  };
}

function raw(blob: GitObject): Answer {
  return {
    status: 200,
    body: blob.bytes,
    headers: { "content-type": "application/vnd.github.raw; charset=utf-8" },
  };
}

async function getContent(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const path = parameter(call, "path").replace(/^\/+|\/+$/g, "");
  const ref = call.query.get("ref") ?? repository.defaultBranch;
  const commit = await readCommit(repository.objects, ref);
  if (commit === null) {
    if (call.query.has("ref")) throw new Refusal(404, `No commit found for the ref ${ref}`);
    throw new Refusal(404, "This repository is empty.");
  }
  const found = await repository.objects.look(`${commit.sha}:${path}`);
  if (found === null || found.type !== "blob") throw notFound();
  if (found.size > MOST_BYTES) throw new Refusal(403, "This API returns blobs up to 100 MB in size.");
  const blob = await repository.objects.read(found.oid);
  if (blob === null) throw notFound();
  if (wantsRaw(call)) return raw(blob);
  const encoded = encodePath(path);
  const url = `${repositoryUrl(call.site, repository, `/contents/${encoded}`)}?ref=${encodeURIComponent(ref)}`;
  const gitUrl = repositoryUrl(call.site, repository, `/git/blobs/${blob.oid}`);
  const page = htmlUrl(call.site, repository, `/blob/${encodeURIComponent(ref)}/${encoded}`);
  const large = blob.size > MOST_JSON_BYTES;
  return {
    status: 200,
    body: {
      type: "file",
      name: path.split("/").at(-1) ?? path,
      path,
      sha: blob.oid,
      size: blob.size,
      url,
      html_url: page,
      git_url: gitUrl,
      download_url: htmlUrl(call.site, repository, `/raw/${encodeURIComponent(ref)}/${encoded}`),
      content: large ? "" : base64Lines(blob.bytes),
      encoding: large ? "none" : "base64",
      _links: { self: url, git: gitUrl, html: page },
    },
  };
}

export const contentEndpoints: readonly Endpoint[] = [
  {
    route: "GET /repos/{owner}/{repo}/git/blobs/{file_sha}",
    permission: ["contents", "read"],
    answer: getBlob,
  },
  {
    route: "GET /repos/{owner}/{repo}/contents/{path}",
    permission: ["contents", "read"],
    answer: getContent,
  },
];
