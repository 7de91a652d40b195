import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Site } from "../site/site.ts";
import type { Answer } from "./call.ts";
import type { Reply } from "./meet-fault.ts";

/** An answer with GitHub's headers. Counts against the hourly limit, except for a 304. */
export function renderAnswer(site: Site, request: IncomingMessage, answer: Answer): Reply {
  const bytes = bytesOf(answer.body);
  const etag =
    request.method === "GET" && answer.status === 200
      ? `"${createHash("sha256").update(bytes).digest("hex").slice(0, 40)}"`
      : null;
  const unchanged = etag !== null && request.headers["if-none-match"] === etag;
  if (!unchanged) site.rateLimit.used += 1;
  const { limit, used, resetAt } = site.rateLimit;
  const headers: Record<string, string> = {
    date: new Date(Date.now() + site.clockShiftMs).toUTCString(),
    "content-type": "application/json; charset=utf-8",
    "x-github-media-type": "github.v3; format=json",
    "x-github-request-id": String(site.nextId()),
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(Math.max(0, limit - used)),
    "x-ratelimit-used": String(used),
    "x-ratelimit-reset": String(resetAt),
    "x-ratelimit-resource": "core",
    ...(etag === null ? {} : { etag }),
    ...answer.headers,
  };
  if (unchanged) return { status: 304, headers, bytes: Buffer.alloc(0) };
  return { status: answer.status, headers, bytes };
}

function bytesOf(body: unknown): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  return Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
}

/** Sends an answer; returns the status and the size of the body that went out. */
export function respond(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): { readonly status: number; readonly bytes: number } {
  const { status, headers, bytes } = renderAnswer(site, request, answer);
  const hasBody = status !== 304 && status !== 204;
  const length = hasBody ? { "content-length": String(bytes.length) } : {};
  response.writeHead(status, { ...headers, ...length }).end(bytes);
  return { status, bytes: bytes.length };
}
