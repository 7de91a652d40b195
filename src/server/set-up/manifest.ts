/** What is registered on GitHub: `app.yml`, with the addresses of this installation. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const WEBHOOK_PATH = "/api/github/webhooks";

/** GitHub wants an address even of a webhook that is switched off. */
const NO_WEBHOOK = `https://example.com${WEBHOOK_PATH}`;

const appSchema = z.looseObject({
  name: z.string(),
  default_permissions: z.record(z.string(), z.string()),
  default_events: z.array(z.string()),
});

export interface Manifest {
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
  /** What GitHub takes: https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest */
  readonly json: string;
}

/**
 * @param backTo where GitHub sends the browser afterwards
 * @param webhook address at which GitHub reaches this app; null: not known yet
 */
export async function readManifest(backTo: string, webhook: string | null): Promise<Manifest> {
  const app = appSchema.parse(parse(await readFile(join(import.meta.dirname, "../../../app.yml"), "utf8")));
  const json = JSON.stringify({
    ...app,
    redirect_url: backTo,
    hook_attributes: { url: webhook ?? NO_WEBHOOK, active: webhook !== null },
  });
  return { permissions: app.default_permissions, events: app.default_events, json };
}

/** The address of the webhook at a host that was typed in; null if GitHub could not reach it, or only without TLS. */
export function webhookAt(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  const isLocal = /^(?:localhost|.*\.localhost|127\..*|\[::1\]|0\.0\.0\.0)$/.test(url.hostname);
  if (url.protocol !== "https:" || isLocal || url.username !== "" || url.password !== "") return null;
  if (url.pathname === "/") url.pathname = WEBHOOK_PATH;
  url.hash = "";
  return url.href;
}
