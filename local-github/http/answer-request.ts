/**
 * Computes the answer to an API request: credentials, hourly limit, GitHub's description, permissions, endpoint, and
 * the description again. Whatever breaks the description is recorded as a violation and answered with 400.
 */
import type { IncomingMessage } from "node:http";
import { isObject } from "../json.ts";
import type { Violation } from "../openapi/description.ts";
import type { Site } from "../site/site.ts";
import { authenticate } from "./authentication.ts";
import type { Answer, Call, Caller, Endpoint, GraphqlAnswer } from "./call.ts";
import { Refusal } from "./refusal.ts";
import type { Match } from "./router.ts";

interface ApiRequest {
  readonly site: Site;
  /** Null for an endpoint that does not exist here. */
  readonly match: Match | null;
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly path: string;
  readonly raw: Buffer;
}

/** Media types that GitHub offers and this server does not. */
const OTHER_MEDIA = /application\/vnd\.github\.(?:v3\.)?(?:diff|patch|sha|html|full|text)\b/;

/** Never throws: a refusal becomes its answer, and a bug in an endpoint becomes a violation. */
export async function answerRequest(
  asked: ApiRequest,
  answerGraphql: GraphqlAnswer | null,
  onAuthenticated: (caller: Caller) => void,
): Promise<Answer> {
  const { site, request, path, match } = asked;
  try {
    const caller = authenticate(site, request.headers.authorization, Date.now() + site.clockShiftMs);
    onAuthenticated(caller);
    refuseOverLimit(site, path);
    if (answerGraphql !== null) return await answerGraphql(site, caller, parseBody(asked.raw));
    if (match === null)
      return breach(site, "request", `${request.method} ${path}`, "this endpoint does not exist here");
    return await answerEndpoint(asked, match, caller);
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: error.body, headers: error.headers };
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return breach(site, "answer", match?.endpoint.route ?? path, message);
  }
}

async function answerEndpoint(
  { site, request, url, path, raw }: ApiRequest,
  match: Match,
  caller: Caller,
): Promise<Answer> {
  const { route } = match.endpoint;
  const [media] = OTHER_MEDIA.exec(String(request.headers.accept)) ?? [];
  if (media !== undefined)
    return breach(site, "request", route, `the media type ${media} is not offered here`);
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

/** One hourly limit for the whole site instead of one for each installation: 403 until it resets. */
function refuseOverLimit(site: Site, path: string): void {
  if (Date.now() / 1000 >= site.rateLimit.resetAt)
    site.rateLimit = { ...site.rateLimit, used: 0, resetAt: Math.floor(Date.now() / 1000) + 3600 };

  if (site.rateLimit.used < site.rateLimit.limit || path === "/rate_limit") return;
  throw new Refusal(403, "API rate limit exceeded for installation.");
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
 * Records a violation and answers 400, so it cannot go unnoticed: clients do not retry a 400, and GitHub itself hardly
 * ever sends one.
 */
function breach(site: Site, side: Violation["side"], operation: string, message: string): Answer {
  site.violations.push({ side, operation, message });
  const loud = `NOT AS GITHUB DESCRIBES IT (${side} of ${operation}): ${message}`;
  return { status: 400, body: { message: loud } };
}

function flat(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
}
