import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { takeFault } from "../faults.ts";
import type { Site } from "../site.ts";
import { fullNameOf } from "../site.ts";
import { isObject } from "../json.ts";
import type { Violation } from "../openapi/description.ts";
import { authenticate } from "./authentication.ts";
import type { Answer, Call, Caller, Endpoint } from "./call.ts";
import { isGitPath, serveGit } from "./git-transport.ts";
import { loseAnswer, meetFault } from "./meet-fault.ts";
import { Refusal } from "./refusal.ts";
import { respond } from "./respond.ts";
import { createRouter } from "./router.ts";
import type { Match } from "./router.ts";

const PREFIX = "/api/v3";

type Router = ReturnType<typeof createRouter>;

/** The HTTP server over a site; it does not listen yet. */
export function createSiteServer(siteOf: () => Site, endpoints: readonly Endpoint[]): Server {
  const router = createRouter(endpoints);
  return createServer((request, response) => {
    void serve(siteOf(), router, request, response).catch((error: unknown) => {
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
  if (isGitPath(url.pathname)) {
    const method = request.method ?? "GET";
    const service = url.searchParams.get("service") ?? url.pathname.split("/").at(-1) ?? null;
    const subject = { method, path: url.pathname, operation: service, headers: request.headers };
    const fault = takeFault(site.faults, subject);
    if (fault !== null && (await meetFault(fault, request, response))) return;
    const outcome = await serveGit(site, request, response, url);
    site.requests.push({
      kind: "git",
      method,
      path: url.pathname + url.search,
      ms: performance.now() - started,
      ...outcome,
    });
    for (const watcher of site.watchers) watcher();
    return;
  }
  await serveRest(site, router, request, response, url, started);
}

async function serveRest(
  site: Site,
  router: Router,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  started: number,
): Promise<void> {
  const method = request.method ?? "GET";
  const asked = url.pathname.startsWith(PREFIX) ? url.pathname.slice(PREFIX.length) : url.pathname;
  const path = pathByName(site, asked);
  const raw = await readBody(request);
  const match = router(method, path);
  const operation = match === null ? null : site.description.operationId(match.endpoint.route);
  let as = "nobody";
  const log = (status: number, bytesOut: number): void => {
    const ms = performance.now() - started;
    const bytesIn = raw.length;
    site.requests.push({
      kind: "rest",
      method,
      path: path + url.search,
      operation,
      status,
      ms,
      as,
      bytesIn,
      bytesOut,
    });
    for (const watcher of site.watchers) watcher();
  };
  const fault = takeFault(site.faults, { method, path, operation, headers: request.headers });
  if (site.latencyMs > 0) await wait(site.latencyMs);
  if (fault !== null && fault.reset !== "after-effect" && (await meetFault(fault, request, response))) {
    log(fault.reset === true ? 0 : (fault.status ?? 0), 0);
    return;
  }
  const answer = await answerTo(site, match, request, url, path, raw, (caller) => {
    as = describe(caller);
  });
  if (fault?.reset === "after-effect") {
    await loseAnswer(fault, request);
    log(0, 0);
    return;
  }
  const sent = respond(site, request, response, answer);
  log(sent.status, sent.bytes);
}

// Redirects of renamed repositories lead to `/repositories/{id}/…`, which the description leaves out.
function pathByName(site: Site, path: string): string {
  const [, id = "", rest = ""] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
  const repository = site.repositories.get(Number(id));
  return id === "" || repository === undefined ? path : `/repos/${fullNameOf(repository)}${rest}`;
}

async function answerTo(
  site: Site,
  match: Match | null,
  request: IncomingMessage,
  url: URL,
  path: string,
  raw: Buffer,
  authorized: (caller: Caller) => void,
): Promise<Answer> {
  try {
    const caller = authenticate(site, request.headers.authorization, Date.now());
    authorized(caller);
    if (match === null)
      return breach(site, "request", `${request.method} ${path}`, "no such endpoint is known here");
    refuseOverLimit(site, path);
    const { route } = match.endpoint;
    const media = /application\/vnd\.github\.(?:v3\.)?(?:diff|patch|sha|html|full|text)\b/.exec(
      String(request.headers.accept),
    );
    if (media !== null)
      return breach(site, "request", route, `the media type ${media[0]} is not offered here`);
    const body = parseBody(raw);
    const checked = site.description.checkRequest(route, {
      parameters: match.parameters,
      query: url.searchParams,
      body,
    });
    if (checked.problems.length > 0) {
      const answer = breach(site, "request", route, checked.problems.join("; "));
      if (!checked.onlyLimits) return answer;
    }
    const call: Call = {
      site,
      method: request.method ?? "GET",
      path,
      parameters: match.parameters,
      query: url.searchParams,
      headers: flat(request),
      body: isObject(body) ? body : {},
      caller,
    };
    requirePermission(call, match.endpoint);
    const answer = await match.endpoint.answer(call);
    const problems = site.description.checkAnswer(route, answer.status, answer.body);
    return problems.length === 0 ? answer : breach(site, "answer", route, problems.join("; "));
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: error.body, headers: error.headers };
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return breach(site, "answer", match?.endpoint.route ?? path, message);
  }
}

const RANK = { read: 1, write: 2, admin: 3 };

function requirePermission(call: Call, endpoint: Endpoint): void {
  const { caller } = call;
  if (endpoint.permission === undefined || caller.kind !== "installation") return;
  const [name, level] = endpoint.permission;
  const has = caller.token.permissions[name] ?? (name === "metadata" ? "read" : undefined);
  if (has === undefined || RANK[has] < RANK[level]) {
    throw new Refusal(403, "Resource not accessible by integration", {
      headers: { "x-accepted-github-permissions": `${name}=${level}` },
    });
  }
}

/** The hourly limit of the whole site, in place of one for each installation: 403 until it is reset. */
function refuseOverLimit(site: Site, path: string): void {
  if (Date.now() / 1000 >= site.rateLimit.resetAt) {
    site.rateLimit = { ...site.rateLimit, used: 0, resetAt: Math.floor(Date.now() / 1000) + 3600 };
  }
  if (site.rateLimit.used < site.rateLimit.limit || path === "/rate_limit") return;
  throw new Refusal(403, "API rate limit exceeded for installation.");
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function parseBody(raw: Buffer): unknown {
  if (raw.length === 0) return undefined;
  try {
    return JSON.parse(raw.toString());
  } catch {
    throw new Refusal(400, "Problems parsing JSON");
  }
}

/**
 * Records a request or an answer that breaks GitHub's description, and answers so that it cannot pass unnoticed: 400,
 * which no client takes for an outage and retries, and which GitHub itself hardly ever gives.
 */
function breach(site: Site, side: Violation["side"], operation: string, message: string): Answer {
  site.violations.push({ side, operation, message });
  const loud = `NOT AS GITHUB DESCRIBES IT (${side} of ${operation}): ${message}`;
  return { status: 400, body: { message: loud } };
}

function flat(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
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
