import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { takeFault } from "../site/faults.ts";
import type { Site } from "../site/site.ts";
import type { Endpoint, GraphqlAnswer } from "./call.ts";
import { isGitPath, serveGit } from "./git-transport.ts";
import { meetFault } from "./meet-fault.ts";
import type { Api } from "./api.ts";
import { serveApi } from "./api.ts";
import { createRouter } from "./router.ts";

/** The HTTP server of a site: git, REST and GraphQL on one port. It does not listen yet. */
export function createSiteServer(
  siteOf: () => Site,
  endpoints: readonly Endpoint[],
  answerGraphql: GraphqlAnswer,
): Server {
  const api = { router: createRouter(endpoints), answerGraphql };
  return createServer((request, response) => {
    serve(siteOf(), api, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
}

async function serve(
  site: Site,
  api: Api,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const started = performance.now();
  const url = new URL(request.url ?? "/", site.origin);
  const record = isGitPath(url.pathname)
    ? await logGit(site, request, response, url)
    : await serveApi(site, api, request, response, url);
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
