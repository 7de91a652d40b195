/**
 * Serves one API request: reads it, meets faults, waits, sends the answer, and describes it for the log.
 * `answer-request.ts` computes the answer.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { takeFault } from "../site/faults.ts";
import { fullNameOf } from "../site/repository.ts";
import type { RequestRecord } from "../site/request-log.ts";
import type { Site } from "../site/site.ts";
import type { Caller, GraphqlAnswer } from "./call.ts";
import { answerWithFault, meetFault, needsAnswer } from "./meet-fault.ts";
import { answerRequest } from "./answer-request.ts";
import { renderAnswer, respond } from "./respond.ts";
import type { Router } from "./router.ts";

const REST = "/api/v3";
/** Where Octokit sends GraphQL if its `baseUrl` is a GitHub Enterprise Server. */
const GRAPHQL = "/api/graphql";

/** How to answer requests that are not git. */
export interface Api {
  readonly router: Router;
  readonly answerGraphql: GraphqlAnswer;
}

/** Serves one REST or GraphQL request and returns its entry for the log. */
export async function serveApi(
  site: Site,
  api: Api,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<Omit<RequestRecord, "method" | "ms">> {
  const method = request.method ?? "GET";
  const isGraphql = method === "POST" && url.pathname === GRAPHQL;
  const asked = url.pathname.startsWith(REST) ? url.pathname.slice(REST.length) : url.pathname;
  const path = isGraphql ? "/graphql" : pathByName(site, asked);
  const raw = await readBody(request);
  const match = api.router(method, path);
  const operation = isGraphql
    ? "graphql"
    : match === null
      ? null
      : site.description.operationId(match.endpoint.route);
  const fault = takeFault(site.faults, { method, path, operation, headers: request.headers });
  if (site.latencyMs > 0) await wait(site.latencyMs);
  let as = "nobody";
  let sent = fault === null ? null : await meetFault(fault, request, response);
  if (sent === null) {
    const asking = { site, match, request, url, path, raw };
    const answer = await answerRequest(asking, isGraphql ? api.answerGraphql : null, (caller) => {
      as = describe(caller);
    });
    sent =
      fault !== null && needsAnswer(fault)
        ? await answerWithFault(fault, request, response, renderAnswer(site, request, answer))
        : respond(site, request, response, answer);
  }
  return {
    kind: isGraphql ? "graphql" : "rest",
    path: path + url.search,
    operation,
    status: sent.status,
    as,
    bytesIn: raw.length,
    bytesOut: sent.bytes,
  };
}

// Redirects of renamed repositories lead to `/repositories/{id}/…`, which the description leaves out.
function pathByName(site: Site, path: string): string {
  const [, id = "", rest = ""] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
  if (id === "") return path;
  const repository = site.repositories.get(Number(id));
  // Nothing has this name, so a deleted repository answers 404.
  return repository === undefined ? `/repos/${id}/${id}${rest}` : `/repos/${fullNameOf(repository)}${rest}`;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function describe(caller: Caller): string {
  switch (caller.kind) {
    case "app":
      return "app";
    case "installation":
      return `installation ${caller.installation.id}`;
    case "user":
      return caller.account.login;
    case "nobody":
      return "nobody";
  }
}
