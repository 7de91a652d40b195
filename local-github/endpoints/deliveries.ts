import type { Answer, Call, Endpoint } from "../http/call.ts";
import { idParameter, requireApp } from "../http/call.ts";
import { pageOf } from "../http/paging.ts";
import { invalid, notFound } from "../http/refusal.ts";
import { apiUrl } from "../render/url.ts";
import { redeliver } from "../webhooks/delivery.ts";
import type { Delivery } from "../site/delivery.ts";

/** How long GitHub keeps deliveries. */
const KEPT_MS = 3 * 24 * 3_600_000;

function renderItem(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.duration,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

/** Finished deliveries that GitHub still lists, newest first. */
function kept(call: Call): Delivery[] {
  const since = Date.now() - KEPT_MS;
  return call.site.deliveries
    .filter(({ deliveredAt, status }) => Date.parse(deliveredAt) >= since && status !== "pending")
    .reverse();
}

/** Anything without an answer has status code 0, and so counts as a failure. */
function succeeded(delivery: Delivery): boolean {
  return delivery.statusCode >= 200 && delivery.statusCode < 400;
}

function list(call: Call): Answer {
  requireApp(call);
  const { perPage } = pageOf(call);
  const cursor = call.query.get("cursor");
  const from = cursor === null ? Infinity : Number(/^v1_(\d+)$/.exec(cursor)?.[1] ?? NaN);
  if (Number.isNaN(from)) throw invalid("The cursor is not valid.", "cursor");
  const status = call.query.get("status");
  const found = kept(call).filter(
    (delivery) => delivery.id < from && (status === null || succeeded(delivery) === (status === "success")),
  );
  const shown = found.slice(0, perPage);
  const last = shown.at(-1);
  const query = new URLSearchParams(call.query);
  query.set("cursor", `v1_${last?.id ?? 0}`);
  const next = `<${apiUrl(call.site, `/app/hook/deliveries?${query.toString()}`)}>; rel="next"`;
  return { status: 200, body: shown.map(renderItem), headers: found.length > perPage ? { link: next } : {} };
}

function deliveryOf(call: Call): Delivery {
  requireApp(call);
  const id = idParameter(call, "delivery_id");
  const delivery = kept(call).find((one) => one.id === id);
  if (delivery === undefined) throw notFound();
  return delivery;
}

function get(call: Call): Answer {
  const delivery = deliveryOf(call);
  return {
    status: 200,
    body: {
      ...renderItem(delivery),
      url: call.site.webhook?.url ?? "",
      request: { headers: delivery.requestHeaders, payload: delivery.payload },
      response: { headers: delivery.responseHeaders, payload: delivery.response },
    },
  };
}

function attempt(call: Call): Answer {
  redeliver(call.site, deliveryOf(call));
  return { status: 202, body: {} };
}

/** GitHub shows no secret, only whether there is one: https://docs.github.com/en/rest/apps/webhooks */
function config(call: Call): Answer {
  requireApp(call);
  const { webhook } = call.site;
  if (webhook === null) return { status: 200, body: { content_type: "form", insecure_ssl: "0" } };
  const { url, secret, contentType = "json" } = webhook;
  return {
    status: 200,
    body: {
      url,
      content_type: contentType,
      insecure_ssl: "0",
      ...(secret === "" ? {} : { secret: "********" }),
    },
  };
}

export const deliveryEndpoints: readonly Endpoint[] = [
  { route: "GET /app/hook/config", answer: config },
  { route: "GET /app/hook/deliveries", answer: list },
  { route: "GET /app/hook/deliveries/{delivery_id}", answer: get },
  { route: "POST /app/hook/deliveries/{delivery_id}/attempts", answer: attempt },
];
