import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { installApp, PEM } from "../support/installed-app.ts";
import { ALERTS, firing, joined, scraped } from "../support/promql/alerts.ts";
import { metricsIn } from "../support/promql/evaluate.ts";
import type { Series } from "../support/promql/evaluate.ts";
import { secretsIn } from "../support/written-secrets.ts";

const secret = (): string => randomBytes(24).toString("base64");
const [WEBHOOK_SECRET, MARKER_KEY, MONITOR_TOKEN] = [secret(), secret(), secret()];

const app = await installApp({
  as: "real",
  lasts: "file",
  webhookSecret: WEBHOOK_SECRET,
  environment: {
    MARKER_KEY,
    MONITOR_TOKEN,
  },
});

const INSTANCE = { job: "rollcall", instance: "a" };

/** The metrics as they are now, said to be of a time in seconds. */
async function scrape(at: number): Promise<Series[]> {
  const answer = await app.monitor("/metrics", { authorization: `Bearer ${MONITOR_TOKEN}` });
  expect(answer.status).toBe(200);
  return scraped(await answer.text(), at, INSTANCE);
}

function valueOf(
  series: readonly Series[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const found = series.filter(
    (one) =>
      one.labels["__name__"] === `rollcall_${name}` &&
      Object.entries(labels).every(([label, value]) => one.labels[label] === value),
  );
  return found.reduce((sum, { samples }) => sum + (samples[0]?.value ?? 0), 0);
}

test("the metrics count a push with a live key, from its delivery to its leak, and name no repository", async () => {
  const shop = await app.project({ name: "unspeakable" });
  const clone = await shop.begun();
  const head = await clone.commit("Words of a commit", {
    "pay.py": `stripe.api_key = "${app.key("seen")}"\n`,
  });
  await clone.push("HEAD:main");
  await shop.settledCheck(head);
  const now = await scrape(0);
  expect(valueOf(now, "deliveries_total", { event: "push", result: "accepted" })).toBe(2);
  expect(valueOf(now, "delivery_to_check_seconds_count")).toBeGreaterThanOrEqual(2);
  expect(valueOf(now, "scans_total", { result: "complete" })).toBeGreaterThanOrEqual(2);
  expect(valueOf(now, "findings_total", { kind: "secret_key", mode: "live" })).toBe(1);
  expect(valueOf(now, "github_requests_total", { method: "POST", result: "2xx" })).toBeGreaterThan(0);
  expect(valueOf(now, "fetched_bytes_total", { by: "rest" })).toBeGreaterThan(0);
  expect(valueOf(now, "jobs_total", { lane: "trusted", outcome: "done" })).toBeGreaterThan(0);
  expect(valueOf(now, "database_seconds_count", { work: "transaction" })).toBeGreaterThan(0);
  // The figures of the record are read every ten seconds.
  await expect.poll(async () => valueOf(await scrape(0), "leaks", { state: "open" })).toBe(1);
  const [issue] = shop.issues();
  if (issue === undefined) throw new Error("There is no issue.");
  shop.github.closeIssue(shop.repository, issue.number, "ann");
  await app.settled();
  expect(valueOf(await scrape(0), "time_to_roll_seconds_count")).toBe(1);
  const text = await (await app.monitor("/metrics", { authorization: `Bearer ${MONITOR_TOKEN}` })).text();
  expect(text).not.toMatch(/unspeakable|acme|ann\b/);
});

test("every metric that an alert reads is one of a real process", async () => {
  const names = new Set((await scrape(0)).map(({ labels }) => labels["__name__"]));
  const read = ALERTS.flatMap(({ expr }) => metricsIn(expr)).filter((name) => name !== "up");
  // What GitHub's headers say, and what was never timed, comes with the first request.
  expect(read.filter((name) => !names.has(name))).toEqual([]);
});

test("health and readiness need no token; the metrics do", async () => {
  expect((await app.monitor("/healthz")).status).toBe(200);
  expect((await app.monitor("/readyz")).status).toBe(200);
  expect((await app.monitor("/metrics")).status).toBe(401);
  expect((await app.monitor("/metrics", { authorization: `Bearer ${MONITOR_TOKEN}x` })).status).toBe(401);
});

test("forged deliveries make RollcallDeliveriesRefused fire, whatever event they name", async () => {
  const rule = ALERTS.find(({ alert }) => alert === "RollcallDeliveriesRefused");
  if (rule === undefined) throw new Error("There is no such rule.");
  const before = await scrape(0);
  const url = app.github.webhook?.url ?? "";
  for (let forged = 0; forged < 20; forged += 1) {
    const answer = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-github-event": `made-up-${forged}`,
        "x-github-delivery": `forged ${forged}`,
        "x-hub-signature-256": `sha256=${"0".repeat(64)}`,
      },
      body: "{}",
    });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toBe("");
  }
  const after = await scrape(240);
  const events = new Set(after.flatMap(({ labels }) => labels["event"] ?? []));
  expect([...events].filter((event) => event.startsWith("made-up"))).toEqual([]);
  // Held for as long as the alert asks: the counters stay where they are.
  const held = [300, 360, 420, 480, 540, 600].map((at) =>
    after.map((one) => ({ ...one, samples: one.samples.map(({ value }) => ({ at, value })) })),
  );
  const series = joined([before, after, ...held]);
  expect(firing(rule, series, 600)).toMatchObject([{ labels: { severity: "critical" } }]);
});

test("nothing that is secret is in the log at level trace: no key, token, secret or payload", () => {
  const pem = PEM.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
  const tokens = [...app.github.site.tokens.keys()];
  expect(tokens.length).toBeGreaterThan(0);
  const secrets = [WEBHOOK_SECRET, MARKER_KEY, MONITOR_TOKEN, ...pem, ...tokens.map(secretPart)];
  expect(secretsIn(Buffer.from(app.log.text), secrets)).toEqual([]);
  expect(app.log.text).toContain('"level":20');
  expect(app.log.text).not.toContain("Words of a commit");
  expect(app.log.text).not.toContain("ann@example.org");
  // A JSON Web Token of the app.
  expect(app.log.text).not.toMatch(/eyJ[\w-]+\.eyJ/);
});

/** Without the prefix that every token has. */
function secretPart(token: string): string {
  return token.replace(/^gh[a-z]_/, "");
}

test("each step of a delivery is one line with its id and its repository", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const head = await clone.commit("Pay", { "pay.py": `stripe.api_key = "${app.key("steps")}"\n` });
  await clone.push("HEAD:main");
  await shop.settledCheck(head);
  const delivery = app.github.deliveries.findLast(({ event }) => event === "push")?.guid;
  const lines = app.log.text.split("\n").filter((line) => line.includes(`"delivery":"${delivery}"`));
  const steps = lines.map((line): unknown => JSON.parse(line));
  expect(steps).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ msg: "delivery stored", repository: shop.repository.id, event: "push" }),
      expect.objectContaining({ msg: "scope read", repository: shop.repository.id, findings: 1 }),
      expect.objectContaining({
        msg: "check written",
        repository: shop.repository.id,
        conclusion: "failure",
      }),
      expect.objectContaining({ msg: "job done", repository: shop.repository.id, kind: "scan" }),
      expect.objectContaining({ msg: "issue opened", repository: shop.repository.id }),
      expect.objectContaining({ msg: "job done", repository: shop.repository.id, kind: "report" }),
    ]),
  );
  expect(lines.join("")).toContain(`"fullName":"acme/${shop.repository.name}"`);
});

test("SIGTERM ends the process with 0, although a request of a job never ends; the job is done by the next process", async () => {
  const shop = await app.project();
  const clone = await shop.begun();
  const head = await clone.commit("Pay", { "pay.py": `stripe.api_key = "${app.key("stop")}"\n` });
  const reading = Promise.withResolvers<void>();
  app.github.orderFault({
    operation: "repos/get-commit",
    path: new RegExp(`/${shop.repository.name}/`),
    hang: true,
    onMet: () => reading.resolve(),
  });
  await clone.push("HEAD:main");
  await reading.promise;
  await app.stop();
  expect(app.exitCode).toBe(0);
  await app.start();
  expect(await shop.settledCheck(head)).toMatchObject({ status: "completed", conclusion: "failure" });
});
