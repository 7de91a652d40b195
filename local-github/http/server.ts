import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { takeFault } from "../site/faults.ts";
import type { Site } from "../site/site.ts";
import type { Endpoint } from "./call.ts";
import { isGitPath, serveGit } from "./git-transport.ts";
import { meetFault } from "./meet-fault.ts";
import { serveRest } from "./rest.ts";
import { createRouter } from "./router.ts";
import type { Router } from "./router.ts";

/** The HTTP server of a site: git and REST on one port. It does not listen yet. */
export function createSiteServer(siteOf: () => Site, endpoints: readonly Endpoint[]): Server {
  const router = createRouter(endpoints);
  return createServer((request, response) => {
    serve(siteOf(), router, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
}

async function serve(
  site: Site,
  router: Router,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const started = performance.now();
  const url = new URL(request.url ?? "/", site.origin);
  const record = isGitPath(url.pathname)
    ? await logGit(site, request, response, url)
    : await serveRest(site, router, request, response, url);
  site.requests.push({ ...record, method: request.method ?? "GET", ms: performance.now() - started });
  for (const watcher of site.watchers) watcher();
}

async function logGit(site: Site, request: IncomingMessage, response: ServerResponse, url: URL) {
  const method = request.method ?? "GET";
  const operation = url.searchParams.get("service") ?? url.pathname.split("/").at(-1) ?? null;
  const path = url.pathname + url.search;
  const subject = { method, path: url.pathname, operation, headers: request.headers };
  const fault = takeFault(site.faults, subject);
  const met = fault === null ? null : await meetFault(fault, request, response);
  if (met !== null) {
    request.resume();
    const { status, bytes: bytesOut } = met;
    return { kind: "git", path, operation, status, as: "nobody", bytesIn: 0, bytesOut } as const;
  }
  return { kind: "git", path, ...(await serveGit(site, request, response, url, fault)) } as const;
}
