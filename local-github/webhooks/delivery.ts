/**
 * Sends signed webhooks and keeps the log of deliveries. GitHub never delivers again by itself; a redelivery is
 * ordered and has the same GUID.
 */
import { createHmac } from "node:crypto";
import type { Delivery, WebhookTarget } from "../site/delivery.ts";
import type { Site } from "../site/site.ts";

type Message = Pick<
  Delivery,
  "guid" | "event" | "action" | "redelivery" | "installationId" | "repositoryId" | "payload" | "body"
>;

/** Sends a delivery again, with the same GUID and payload. */
export function redeliver(site: Site, delivery: Delivery): Delivery {
  return deliver(site, { ...delivery, redelivery: true });
}

/** Logs a delivery and sends it in the background. */
export function deliver(site: Site, event: Message): Delivery {
  const { webhook } = site;
  const message = { ...event, body: bodyFor(webhook, event) };
  const delivery: Delivery = {
    id: site.nextId(),
    guid: message.guid,
    event: message.event,
    action: message.action,
    deliveredAt: new Date().toISOString(),
    redelivery: message.redelivery,
    installationId: message.installationId,
    repositoryId: message.repositoryId,
    payload: message.payload,
    body: message.body,
    statusCode: 0,
    status: "pending",
    duration: 0,
    requestHeaders: headersOf(site, message, webhook),
    responseHeaders: {},
    response: "",
  };
  site.deliveries.push(delivery);
  if (webhook === null) {
    delivery.status = "failed to connect to host";
  } else {
    site.background.run(async () => {
      await attempt(delivery, webhook.url, site.webhookTimeoutMs);
      for (const watcher of site.watchers) watcher();
    });
  }
  return delivery;
}

function bodyFor(webhook: WebhookTarget | null, { body, payload }: Message): string {
  if (webhook?.contentType === "form")
    return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  // A redelivery may be of one that was sent as a form.
  return body.startsWith("payload=") ? JSON.stringify(payload) : body;
}

function headersOf(site: Site, message: Message, webhook: WebhookTarget | null): Record<string, string> {
  const secret = webhook?.secret ?? "";
  const sign = (algorithm: string): string =>
    createHmac(algorithm, secret).update(message.body).digest("hex");
  return {
    accept: "*/*",
    "content-type":
      webhook?.contentType === "form" ? "application/x-www-form-urlencoded" : "application/json",
    "user-agent": "GitHub-Hookshot/local",
    "x-github-delivery": message.guid,
    "x-github-event": message.event,
    "x-github-hook-id": "1",
    "x-github-hook-installation-target-id": String(site.app.id),
    "x-github-hook-installation-target-type": "integration",
    "x-hub-signature": `sha1=${sign("sha1")}`,
    "x-hub-signature-256": `sha256=${sign("sha256")}`,
  };
}

async function attempt(delivery: Delivery, url: string, timeoutMs: number): Promise<void> {
  const started = performance.now();
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: delivery.requestHeaders,
      body: delivery.body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    delivery.response = await response.text();
    delivery.responseHeaders = Object.fromEntries(response.headers);
    delivery.statusCode = response.status;
    delivery.status = response.ok ? "OK" : `Invalid HTTP Response: ${response.status}`;
  } catch (error) {
    delivery.status =
      error instanceof Error && error.name === "TimeoutError" ? "timed out" : "failed to connect to host";
  }
  delivery.duration = Math.round(performance.now() - started) / 1000;
}
