import type { Answer, Call, Endpoint } from "../http/call.ts";

function get(call: Call): Answer {
  const { limit, used, resetAt } = call.site.rateLimit;
  const rate = { limit, used, remaining: Math.max(0, limit - used), reset: resetAt };
  return { status: 200, body: { resources: { core: rate, search: rate, graphql: rate }, rate } };
}

export const rateLimitEndpoints: readonly Endpoint[] = [{ route: "GET /rate_limit", answer: get }];
