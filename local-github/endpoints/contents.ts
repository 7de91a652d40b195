/**
 * Blobs and contents: files, directories and links at a ref, as JSON with base64 or raw.
 */
import { posix } from "node:path";
import type { Answer, Call, Endpoint } from "../http/call.ts";
import { parameter, repositoryOf } from "../http/call.ts";
import { Refusal, notFound } from "../http/refusal.ts";
import { readCommit } from "../git/commit.ts";
import type { GitObject } from "../git/objects.ts";
import type { TreeEntry } from "../git/tree.ts";
import { listTree } from "../git/tree.ts";
import { encodePath, htmlUrl, nodeId, repositoryUrl } from "../render/url.ts";
import type { Repository } from "../site/repository.ts";
import { gitAt } from "../site/site.ts";

/** Largest blob and largest raw content; content as JSON is limited to 1 MB. */
const MAX_BYTES = 100 * 1024 * 1024;
const MAX_JSON_BYTES = 1024 * 1024;
/** Most entries of a directory. */
const MAX_ENTRIES = 1000;

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
  if (known.size > MAX_BYTES) {
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
  const at: Place = { call, repository, ref, tree: commit.sha };
  const entry = path === "" ? null : await entryAt(at, path);
  if (path === "" || entry?.type === "tree") return listDirectory(at, path);
  if (entry === null) throw notFound();
  if (entry.mode === "120000") return getLink(at, entry);
  if (entry.type === "commit")
    return { status: 200, body: { ...renderEntry(at, entry), submodule_git_url: "" } };

  return getFile(at, entry);
}

interface Place {
  readonly call: Call;
  readonly repository: Repository;
  readonly ref: string;
  readonly tree: string;
}

async function entryAt(at: Place, path: string): Promise<TreeEntry | null> {
  const entries = await listTree(gitAt(at.call.site, at.repository), at.tree, path);
  return entries.find((entry) => entry.path === path) ?? null;
}

async function getFile(at: Place, entry: TreeEntry): Promise<Answer> {
  if (entry.size > MAX_BYTES) throw new Refusal(403, "This API returns blobs up to 100 MB in size.");
  const blob = await at.repository.objects.read(entry.oid);
  if (blob === null) throw notFound();
  if (wantsRaw(at.call)) return raw(blob);
  const large = entry.size > MAX_JSON_BYTES;
  return {
    status: 200,
    body: {
      ...renderEntry(at, entry),
      content: large ? "" : base64Lines(blob.bytes),
      encoding: large ? "none" : "base64",
    },
  };
}

/** A link to a file in the repository answers with that file; any other link with its target. */
async function getLink(at: Place, entry: TreeEntry): Promise<Answer> {
  const link = await at.repository.objects.read(entry.oid);
  const target = link?.bytes.toString() ?? "";
  const path = posix.join(posix.dirname(entry.path), target);
  const found = target.startsWith("/") || path.startsWith("..") ? null : await entryAt(at, path);
  if (found?.type === "blob" && found.mode !== "120000") return getFile(at, { ...found, path: entry.path });
  return { status: 200, body: { ...renderEntry(at, entry), target } };
}

async function listDirectory(at: Place, path: string): Promise<Answer> {
  const entries = await listTree(gitAt(at.call.site, at.repository), at.tree, path === "" ? "" : `${path}/`);
  return { status: 200, body: entries.slice(0, MAX_ENTRIES).map((entry) => renderEntry(at, entry)) };
}

function renderEntry(at: Place, entry: TreeEntry) {
  const { site } = at.call;
  const encoded = encodePath(entry.path);
  const ref = encodeURIComponent(at.ref);
  const url = `${repositoryUrl(site, at.repository, `/contents/${encoded}`)}?ref=${ref}`;
  const isFile = entry.type === "blob";
  const kind =
    entry.mode === "120000" ? "symlink" : isFile ? "file" : entry.type === "tree" ? "dir" : "submodule";
  const git = repositoryUrl(site, at.repository, `/git/${isFile ? "blobs" : "trees"}/${entry.oid}`);
  const html = htmlUrl(site, at.repository, `/${isFile ? "blob" : "tree"}/${ref}/${encoded}`);
  return {
    type: kind,
    name: entry.path.split("/").at(-1) ?? entry.path,
    path: entry.path,
    sha: entry.oid,
    size: entry.size,
    url,
    html_url: html,
    git_url: git,
    download_url: isFile ? htmlUrl(site, at.repository, `/raw/${ref}/${encoded}`) : null,
    _links: { self: url, git, html },
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
