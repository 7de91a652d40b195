import { expect, test } from "vitest";
import { appWithServer } from "../support/app-with-server.ts";
import { installApp } from "../support/installed-app.ts";
import type { InstalledApp } from "../support/installed-app.ts";
import { fires, scrape } from "../support/promql/scrapes.ts";
import type { Series } from "../support/promql/evaluate.ts";

/** Waits until the metrics of the process make the alert fire, which they did not before. */
async function untilFires(app: InstalledApp, alert: string, before: readonly Series[]): Promise<void> {
  expect(fires(alert, before, before)).toBe(false);
  await expect.poll(async () => fires(alert, before, await scrape(app)), { timeout: 120_000 }).toBe(true);
}

function pay(app: InstalledApp, seed: string): Record<string, string> {
  return { "pay.py": `stripe.api_key = "${app.key(seed)}"\n` };
}

test("alerts about GitHub fire by what GitHub does: its limit runs low, it fails, it refuses for good; then the app ends", async () => {
  const app = await installApp({ as: "real" });
  const before = await scrape(app);
  const shop = await app.project();
  const clone = await shop.begun();

  const { rateLimit } = app.github.site;
  const { used } = rateLimit;
  rateLimit.used = rateLimit.limit * 0.95;
  await clone.commit("Low", { "low.py": "import os\n" });
  await clone.push("HEAD:main");
  await untilFires(app, "RollcallGitHubLimitLow", before);
  rateLimit.used = used;

  const refusal = app.github.orderFault({ operation: "issues/create", status: 410, times: Infinity });
  await clone.commit("Pay", pay(app, "given-up"));
  await clone.push("HEAD:main");
  await untilFires(app, "RollcallJobsGivenUp", before);
  refusal.lift();
  await app.settled();

  const outage = app.github.orderFault({ path: /^\/(repos|repositories)\//, status: 502, times: Infinity });
  const push = async (branch: number): Promise<void> => {
    await clone.commit(`${branch}`, { [`${branch}.py`]: "import os\n" });
    await clone.push(`HEAD:refs/heads/fails-${branch}`);
  };
  await push(0);
  // Prometheus counts from the first value that it saw.
  let failing = before;
  await expect
    .poll(
      async () => {
        failing = await scrape(app);
        return failing.some(({ labels }) => labels["result"] === "5xx");
      },
      { timeout: 120_000 },
    )
    .toBe(true);
  for (let branch = 1; branch <= 8; branch += 1) await push(branch);
  await untilFires(app, "RollcallGitHubFails", failing);
  outage.lift();
  await app.settled();

  expect(fires("RollcallDown", before, before)).toBe(false);
  await app.stop();
  expect(fires("RollcallDown", before, await scrape(app))).toBe(true);
});

test("alerts about work that waits fire by what the record says of its age", async () => {
  const server = await appWithServer();
  const { app } = server;
  const shop = await app.project();
  const clone = await shop.begun();
  const before = await scrape(app);
  await clone.commit("Pay", pay(app, "open-for-days"));
  await clone.push("HEAD:main");
  await app.settled();
  expect(shop.issues()).toHaveLength(1);
  await server.run("UPDATE leaks SET found_at = now() - interval '8 days'");
  await untilFires(app, "RollcallKeyOpenForDays", before);

  const hanging = app.github.orderFault({ operation: "repos/get-commit", hang: true, times: Infinity });
  await clone.commit("Wait", { "wait.py": "import os\n" });
  await clone.push("HEAD:main");
  await app.github.idle();
  await server.run("UPDATE scopes SET noted_at = now() - interval '1 hour' WHERE state = 'noted'");
  await untilFires(app, "RollcallScopesUnread", before);
  hanging.lift();
});
