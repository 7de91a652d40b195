import { fullNameOf } from "../site/repository.ts";
import type { Repository } from "../site/repository.ts";
import type { Site } from "../site/site.ts";

export function apiUrl(site: Site, path: string): string {
  return `${site.origin}/api/v3${path}`;
}

export function repositoryUrl(site: Site, repository: Repository, path = ""): string {
  return apiUrl(site, `/repos/${fullNameOf(repository)}${path}`);
}

export function htmlUrl(site: Site, repository: Repository, path = ""): string {
  return `${site.origin}/${fullNameOf(repository)}${path}`;
}

/** An opaque id like those of GitHub's GraphQL API. */
export function nodeId(kind: string, id: number | string): string {
  return Buffer.from(`${kind}${id}`).toString("base64url");
}

/** A path with each segment encoded. */
export function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
