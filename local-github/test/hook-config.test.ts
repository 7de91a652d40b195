import { Probot } from "probot";
import { expect, test } from "vitest";
import { APP_ID, appKey, startScenario } from "./support/scenario.ts";

async function started() {
  const { github } = await startScenario();
  const probot = new Probot({
    appId: APP_ID,
    privateKey: appKey,
    baseUrl: github.apiUrl,
    logLevel: "fatal",
  });
  return { github, asApp: await probot.auth() };
}

test("the webhook's configuration shows that there is a secret, and not the secret", async () => {
  const { github, asApp } = await started();
  github.deliverTo("http://127.0.0.1:9/hook", "a secret of the webhook", "form");
  const { data } = await asApp.rest.apps.getWebhookConfigForApp();
  expect(data).toMatchObject({
    url: "http://127.0.0.1:9/hook",
    content_type: "form",
    secret: "********",
    insecure_ssl: "0",
  });
  expect(github.violations).toEqual([]);
});

test("a webhook as a form has its JSON in the field payload, and its redelivery as JSON is JSON", async () => {
  const { github } = await started();
  github.deliverTo("http://127.0.0.1:9/hook", "a secret of the webhook", "form");
  github.createOrganization("other");
  github.install({ on: "other" });
  await github.idle();
  const sent = github.deliveries.at(-1);
  expect(sent?.requestHeaders["content-type"]).toBe("application/x-www-form-urlencoded");
  const payload = new URLSearchParams(sent?.body).get("payload") ?? "";
  expect(JSON.parse(payload)).toEqual(sent?.payload);
  github.deliverTo("http://127.0.0.1:9/hook", "a secret of the webhook");
  if (sent !== undefined) github.redeliver(sent);
  await github.idle();
  expect(JSON.parse(github.deliveries.at(-1)?.body ?? "")).toEqual(sent?.payload);
});

test("a shifted clock shows in the date of answers", async () => {
  const { github } = await started();
  github.shiftClock(300_000);
  const answer = await fetch(`${github.apiUrl}/app`);
  const shift = Date.parse(answer.headers.get("date") ?? "") - Date.now();
  expect(Math.round(shift / 60_000)).toBe(5);
});
