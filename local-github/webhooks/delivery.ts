import { createHmac, randomUUID } from "node:crypto";
import type { Account, Installation, Repository, Site } from "../site.ts";
import { installationOn } from "../site.ts";
import type { JsonObject } from "../json.ts";
import { renderAccount } from "../render/account.ts";
import { renderRepository } from "../render/repository.ts";
import { nodeId } from "../render/url.ts";

/** One attempt to deliver one event. A redelivery is a further entry with the same `guid`. */
export interface Delivery {
  readonly id: number;
  /** `X-GitHub-Delivery`. */
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly deliveredAt: string;
  readonly redelivery: boolean;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly payload: JsonObject;
  /** The bytes that were signed and sent. */
  readonly body: string;
  /** 0 while it is under way, and where no answer came. */
  statusCode: number;
  /** `OK`, or what went wrong, as GitHub words it. */
  status: string;
  /** Seconds until the answer. */
  duration: number;
  readonly requestHeaders: Readonly<Record<string, string>>;
  responseHeaders: Readonly<Record<string, string>>;
  response: string;
}

const TIMEOUT_MS = 10_000;
/** A payload over 25 MB is not delivered (https://docs.github.com/en/webhooks/webhook-events-and-payloads). */
const MOST_BYTES = 25 * 1024 * 1024;

/** Events that every app gets, subscribed or not. */
const ALWAYS = new Set(["installation", "installation_repositories", "github_app_authorization", "ping"]);

export interface Event {
  readonly event: string;
  readonly sender: Account;
  readonly repository?: Repository;
  readonly installation?: Installation;
  /** What is particular to the event; `action` among it. */
  readonly payload: JsonObject;
}

/** Sends an event to the app if it is installed there and subscribed; nobody waits for its answer. */
export function send(site: Site, event: Event): void {
  const installation =
    event.installation ??
    (event.repository === undefined ? undefined : installationOn(site, event.repository));
  if (installation === undefined) return;
  if (!ALWAYS.has(event.event) && !site.app.events.includes(event.event)) return;
  const payload = {
    ...event.payload,
    ...(event.repository === undefined || event.payload["repository"] !== undefined
      ? {}
      : { repository: renderRepository(site, event.repository) }),
    ...(event.repository?.owner.type === "Organization"
      ? { organization: renderOrganization(site, event.repository.owner) }
      : {}),
    sender: renderAccount(site, event.sender),
    ...(event.payload["installation"] === undefined
      ? { installation: { id: installation.id, node_id: nodeId("Installation", installation.id) } }
      : {}),
  };
  const body = JSON.stringify(payload);
  if (Buffer.byteLength(body) > MOST_BYTES) return;
  const named = event.payload["action"];
  const action = typeof named === "string" ? named : null;
  deliver(site, {
    guid: randomUUID(),
    event: event.event,
    action,
    redelivery: false,
    installationId: installation.id,
    repositoryId: event.repository?.id ?? null,
    payload,
    body,
  });
  // After it left, for the first check of a kind takes a while to compile.
  site.background.run(async () => {
    await new Promise(setImmediate);
    for (const message of site.description.checkWebhook(event.event, action, payload)) {
      site.violations.push({ side: "webhook", operation: `${event.event} ${action ?? ""}`.trim(), message });
    }
  });
}

function renderOrganization(site: Site, account: Account) {
  const url = `${site.origin}/api/v3/orgs/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId("Organization", account.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${site.origin}/avatars/${account.id}`,
    description: null,
  };
}

type Message = Pick<
  Delivery,
  "guid" | "event" | "action" | "redelivery" | "installationId" | "repositoryId" | "payload" | "body"
>;

/** Sends a delivery again, under the same GUID. */
export function redeliver(site: Site, delivery: Delivery): Delivery {
  return deliver(site, { ...delivery, redelivery: true });
}

function deliver(site: Site, message: Message): Delivery {
  const { webhook } = site;
  const signature = createHmac("sha256", webhook?.secret ?? "")
    .update(message.body)
    .digest("hex");
  const legacy = createHmac("sha1", webhook?.secret ?? "")
    .update(message.body)
    .digest("hex");
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
    requestHeaders: {
      accept: "*/*",
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/local",
      "x-github-delivery": message.guid,
      "x-github-event": message.event,
      "x-github-hook-id": "1",
      "x-github-hook-installation-target-id": String(site.app.id),
      "x-github-hook-installation-target-type": "integration",
      "x-hub-signature": `sha1=${legacy}`,
      "x-hub-signature-256": `sha256=${signature}`,
    },
    responseHeaders: {},
    response: "",
  };
  site.deliveries.push(delivery);
  if (webhook === null) {
    delivery.status = "failed to connect to host";
  } else {
    site.background.run(async () => {
      await attempt(delivery, webhook.url);
      for (const watcher of site.watchers) watcher();
    });
  }
  return delivery;
}

async function attempt(delivery: Delivery, url: string): Promise<void> {
  const started = performance.now();
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: delivery.requestHeaders,
      body: delivery.body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
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
