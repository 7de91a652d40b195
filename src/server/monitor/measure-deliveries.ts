import type { IncomingMessage, ServerResponse } from "node:http";
import type { DeliveryResult, Measures } from "../../measure/index.ts";

/** Counts the requests to the webhook's path by their answers, without touching them. */
export function measureDeliveries(
  path: string,
  measures: Measures,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    if (request.method !== "POST" || request.url?.split("?")[0] !== path) return;
    const started = performance.now();
    const { "x-github-event": event } = request.headers;
    response.once("close", () => {
      const result = response.writableFinished ? resultOf(response.statusCode) : "unanswered";
      const seconds = (performance.now() - started) / 1000;
      measures.delivery(typeof event === "string" ? event : "none", result, seconds);
    });
  };
}

function resultOf(status: number): DeliveryResult {
  if (status < 400) return "accepted";
  return status < 500 ? "refused" : "failed";
}
