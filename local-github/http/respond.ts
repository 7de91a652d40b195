import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Site } from "../site.ts";
import type { Answer } from "./call.ts";

/** Sends an answer with GitHub's headers; gives the status that went out and the bytes of its body. */
export function respond(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): { readonly status: number; readonly bytes: number } {
  const bytes =
    answer.body === undefined
      ? Buffer.alloc(0)
      : Buffer.isBuffer(answer.body)
        ? answer.body
        : Buffer.from(JSON.stringify(answer.body));
  const etag =
    request.method === "GET" && answer.status === 200
      ? `"${createHash("sha256").update(bytes).digest("hex").slice(0, 40)}"`
      : null;
  // A conditional request that changes nothing costs no rate limit.
  const unchanged = etag !== null && request.headers["if-none-match"] === etag;
  if (!unchanged) site.rateLimit.used += 1;
  const { limit, used, resetAt } = site.rateLimit;
  const headers: Record<string, string> = {
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
  if (unchanged) {
    response.writeHead(304, headers).end();
    return { status: 304, bytes: 0 };
  }
  headers["content-length"] = String(bytes.length);
  response.writeHead(answer.status, headers).end(bytes);
  return { status: answer.status, bytes: bytes.length };
}
