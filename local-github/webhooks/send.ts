/**
 * Turns an event into a delivery: adds what every payload carries, checks it against GitHub's description, and skips
 * what GitHub does not send (app not installed, suspended, not subscribed, payload too large).
 */
import { randomUUID } from "node:crypto";
import type { JsonObject } from "../json.ts";
import { renderAccount, renderOrganization } from "../render/account.ts";
import { renderRepository } from "../render/repository.ts";
import { nodeId } from "../render/url.ts";
import type { Account } from "../site/account.ts";
import type { Installation } from "../site/installation.ts";
import type { Repository } from "../site/repository.ts";
import type { Site } from "../site/site.ts";
import { installationOn } from "../site/site.ts";
import { deliver } from "./delivery.ts";

/** Larger payloads are not delivered (https://docs.github.com/en/webhooks/webhook-events-and-payloads). */
const MAX_BYTES = 25 * 1024 * 1024;

/** Events that every app gets without subscribing. */
const ALWAYS = new Set(["installation", "installation_repositories"]);

interface Event {
  readonly event: string;
  readonly sender: Account;
  readonly repository?: Repository;
  /** Default: the installation that covers the repository. */
  readonly installation?: Installation;
  /** The fields of this event alone, `action` included. */
  readonly payload: JsonObject;
}

/** Sends an event in the background, if GitHub would send it to the app. */
export function send(site: Site, event: Event): void {
  const { repository } = event;
  const installation =
    event.installation ?? (repository === undefined ? undefined : installationOn(site, repository));
  if (installation === undefined) return;
  if (installation.suspended !== null && event.event !== "installation") return;
  if (!ALWAYS.has(event.event) && !site.app.events.includes(event.event)) return;
  const payload = {
    ...event.payload,
    ...(repository === undefined || event.payload["repository"] !== undefined
      ? {}
      : { repository: renderRepository(site, repository) }),
    ...(repository?.owner.type === "Organization"
      ? { organization: renderOrganization(site, repository.owner) }
      : {}),
    sender: renderAccount(site, event.sender),
    ...(event.payload["installation"] === undefined
      ? { installation: { id: installation.id, node_id: nodeId("Installation", installation.id) } }
      : {}),
  };
  const body = JSON.stringify(payload);
  if (Buffer.byteLength(body) > MAX_BYTES) return;
  const named = event.payload["action"];
  const action = typeof named === "string" ? named : null;
  deliver(site, {
    guid: randomUUID(),
    event: event.event,
    action,
    redelivery: false,
    installationId: installation.id,
    repositoryId: repository?.id ?? null,
    payload,
    body,
  });
  // After the request has left: the first check of each schema takes a while to compile.
  site.background.run(async () => {
    await new Promise(setImmediate);
    for (const message of site.description.checkWebhook(event.event, action, payload))
      site.violations.push({ side: "webhook", operation: `${event.event} ${action ?? ""}`.trim(), message });
  });
}
