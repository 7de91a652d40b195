import { describe, expect, test } from "vitest";
import { objectsOf } from "../json.ts";
import type { Scenario } from "./support/scenario.ts";
import { startScenario } from "./support/scenario.ts";

const DELIVERIES = "/app/hook/deliveries";

async function listed(scenario: Scenario, query = "") {
  const answer = await scenario.ask("GET", `${DELIVERIES}${query}`, { token: scenario.appToken() });
  const next = /<[^>]*\/api\/v3\/app\/hook\/deliveries([^>]*)>; rel="next"/.exec(
    answer.headers.get("link") ?? "",
  );
  return { deliveries: objectsOf(answer.body), next: next?.[1] ?? null };
}

function openIssue({ github, repository }: Scenario, title: string): void {
  github.openIssue(repository, "ann", { title });
}

describe("the log of deliveries", () => {
  test.each([
    { what: "a refused connection", status: "failed to connect to host", status_code: 0 },
    { what: "an error of the app", status: "Invalid HTTP Response: 500", status_code: 500 },
    { what: "a timeout", status: "timed out", status_code: 0 },
  ])("lists $what as a failure", async ({ what, status, status_code }) => {
    const scenario = await startScenario();
    const { github, receiver } = scenario;
    openIssue(scenario, "delivered");
    await github.idle();
    if (what === "a refused connection") github.deliverTo("http://127.0.0.1:1/no-one-listens", "s");
    if (what === "a timeout") github.setWebhookTimeout(50);
    receiver.answer = what === "a timeout" ? null : 500;
    openIssue(scenario, "not delivered");
    await github.idle();
    const { deliveries } = await listed(scenario, "?status=failure");
    expect(deliveries).toMatchObject([
      { event: "issues", action: "opened", redelivery: false, status, status_code },
    ]);
    const successes = await listed(scenario, "?status=success&per_page=1");
    expect(successes.deliveries).toMatchObject([{ event: "issues", status: "OK", status_code: 202 }]);
  });

  test("redelivers under the same GUID, and logs that as another delivery", async () => {
    const scenario = await startScenario();
    const { github, receiver } = scenario;
    github.deliverNowhere();
    openIssue(scenario, "lost");
    const [lost] = (await listed(scenario, "?status=failure")).deliveries;
    const token = scenario.appToken();
    const attempt = () => scenario.ask("POST", `${DELIVERIES}/${String(lost?.["id"])}/attempts`, { token });

    github.deliverTo(receiver.url, receiver.secret);
    receiver.answer = 503;
    expect((await attempt()).status).toBe(202);
    await github.idle();
    receiver.answer = 202;
    await attempt();
    await github.idle();
    expect(scenario.received).toMatchObject([
      { event: "issues", signed: true, headers: { "x-github-delivery": lost?.["guid"] } },
      { event: "issues", signed: true, headers: { "x-github-delivery": lost?.["guid"] } },
    ]);
    const { deliveries } = await listed(scenario, "?per_page=3");
    expect(deliveries).toMatchObject([
      { guid: lost?.["guid"], redelivery: true, status: "OK", status_code: 202 },
      { guid: lost?.["guid"], redelivery: true, status_code: 503 },
      { id: lost?.["id"], redelivery: false, status_code: 0 },
    ]);
    const detail = await scenario.ask("GET", `${DELIVERIES}/${String(lost?.["id"])}`, { token });
    expect(detail.body).toMatchObject({ request: { payload: { issue: { title: "lost" } } } });
  });

  test("is paged by cursor, newest first", async () => {
    const scenario = await startScenario();
    scenario.github.deliverNowhere();
    for (const title of ["1", "2", "3"]) openIssue(scenario, title);
    const guids: unknown[] = [];
    for (let query: string | null = "?status=failure&per_page=2"; query !== null;) {
      const { deliveries, next }: Awaited<ReturnType<typeof listed>> = await listed(scenario, query);
      guids.push(...deliveries.map((one) => one["guid"]));
      query = next;
    }
    const sent = scenario.github.deliveries.filter((one) => one.event === "issues").map((one) => one.guid);
    expect(guids).toEqual(sent.toReversed());
  });

  test("leaves out what is still being delivered", async () => {
    const scenario = await startScenario();
    scenario.receiver.answer = null;
    openIssue(scenario, "pending");
    expect((await listed(scenario, "?status=failure")).deliveries).toEqual([]);
    scenario.receiver.close();
  });

  test("is only for the app", async () => {
    const scenario = await startScenario();
    expect((await scenario.ask("GET", DELIVERIES, { token: await scenario.token() })).status).toBe(401);
  });
});

test("re-runs and buttons of checks reach the app", async () => {
  const scenario = await startScenario();
  const { github, repository } = scenario;
  const clone = await scenario.clone();
  const sha = await clone.commit("one", { "a.txt": "x\n" });
  await clone.git("push", "--quiet", "origin", "HEAD:main");
  await github.idle();
  const action = { label: "Re-scan", description: "Reads it again", identifier: "rescan" };
  await scenario.ask("POST", "/repos/acme/shop/check-runs", {
    token: await scenario.token(),
    body: { name: "Rollcall", head_sha: sha, conclusion: "neutral", actions: [action] },
  });
  const [run] = github.checkRuns(repository, sha);
  if (run === undefined) throw new Error("No check run.");
  github.rerequestRun(repository, run, "ann");
  github.pressAction(repository, run, "rescan", "ann");
  expect(() => github.pressAction(repository, run, "other", "ann")).toThrow(/no button/);
  await github.rerequestSuite(repository, sha, "ann");
  await github.idle();
  expect(new Set(scenario.actions("check_run"))).toEqual(
    new Set(["created", "completed", "rerequested", "requested_action"]),
  );
  expect(scenario.actions("check_suite")).toEqual(["requested", "rerequested"]);
});
