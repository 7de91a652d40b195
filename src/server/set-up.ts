import { run } from "probot";
import type { Logger } from "pino";

/**
 * Serves Probot's set-up page, which registers the app on GitHub from `app.yml` and writes `.env`. Bound to loopback,
 * because anyone who reaches the page can take over the app. Probot would ask smee.io for a relay here, and deliveries
 * would pass through a third party with any key in them. The operator decides that with WEBHOOK_PROXY_URL instead.
 */
export async function startSetup(port: number, log: Logger): Promise<void> {
  await run(() => {}, { env: { PORT: String(port), HOST: "127.0.0.1" }, log });
}

/** Shown in the terminal while the set-up page waits. */
export function setupInstructions(port: number): string {
  return [
    "",
    "Rollcall has no GitHub App yet. Nothing is set, so this is the set-up:",
    "",
    `  1. Open http://127.0.0.1:${port} and register the app (name and permissions come from app.yml).`,
    "  2. GitHub sends you back here, and APP_ID, PRIVATE_KEY and WEBHOOK_SECRET are written to .env.",
    "  3. On the app's page set the webhook URL to https://YOUR-HOST/api/github/webhooks.",
    "  4. Stop this with Ctrl+C and run `npm start` again.",
    "",
    "Only trying it out? `npm run demo` needs no GitHub account.",
    "",
  ].join("\n");
}
