import { describe, expect, test } from "vitest";
import { objectIn, startScenario } from "./support/scenario.ts";

describe("the log of deliveries", () => {
  test("shows what failed, and sends it again under its GUID", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    const target = github.site.webhook;
    github.deliverTo("http://127.0.0.1:1/nobody-listens", "s");
    github.openIssue(repository, "ann", { title: "unheard" });
    await github.idle();
    const token = scenario.appToken();
    const failed = await scenario.ask("GET", "/app/hook/deliveries?status=failure", { token });
    expect(failed.body).toMatchObject([
      { event: "issues", action: "opened", status_code: 0, redelivery: false },
    ]);
    const [lost] = Array.isArray(failed.body) ? failed.body.map(objectIn) : [];

    github.deliverTo(target?.url ?? "", target?.secret ?? "");
    const again = await scenario.ask("POST", `/app/hook/deliveries/${String(lost?.["id"])}/attempts`, {
      token,
    });
    expect(again.status).toBe(202);
    await github.idle();
    expect(scenario.received).toMatchObject([
      { event: "issues", signed: true, headers: { "x-github-delivery": lost?.["guid"] } },
    ]);
    const log = await scenario.ask("GET", "/app/hook/deliveries?per_page=1", { token });
    expect(log.body).toMatchObject([
      { guid: lost?.["guid"], redelivery: true, status: "OK", status_code: 202 },
    ]);
    const next = /<[^>]*\/api\/v3([^>]*)>; rel="next"/.exec(log.headers.get("link") ?? "")?.[1] ?? "";
    expect((await scenario.ask("GET", next, { token })).body).toMatchObject([{ id: lost?.["id"] }]);
  });

  test("the app hears of re-runs, buttons and installations", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    const clone = await scenario.clone();
    const sha = await clone.commit("one", { "a.txt": "x\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    const token = await scenario.token();
    const action = { label: "Re-scan", description: "Reads it again", identifier: "rescan" };
    await scenario.ask("POST", "/repos/acme/shop/check-runs", {
      token,
      body: { name: "Rollcall", head_sha: sha, conclusion: "neutral", actions: [action] },
    });
    const [run] = github.checkRuns(repository, sha);
    if (run === undefined) throw new Error("No check run.");
    github.rerequestRun(repository, run, "ann");
    github.pressAction(repository, run, "rescan", "ann");
    await github.rerequestSuite(repository, sha, "ann");
    const other = await github.createRepository({ owner: "ann", name: "own" });
    const installation = github.install({ on: "ann", repositories: [] });
    github.addRepositories(installation, [other]);
    github.removeRepositories(installation, [other]);
    github.uninstall(installation);
    await github.idle();
    expect(scenario.events("check_run").map((event) => event["action"])).toEqual(
      expect.arrayContaining(["created", "completed", "rerequested", "requested_action"]),
    );
    expect(scenario.events("check_suite").at(-1)).toMatchObject({ action: "rerequested" });
    const installed = new Set(scenario.events("installation").map((event) => event["action"]));
    expect(installed).toEqual(new Set(["created", "deleted"]));
    expect(scenario.events("installation_repositories")).toHaveLength(2);
  });

  test("nothing is sent to an app that is not installed there", async () => {
    const scenario = await startScenario();
    const own = await scenario.github.createRepository({ owner: "ann", name: "own" });
    const clone = await scenario.clone("ann", own);
    await clone.commit("one", { "a.txt": "x\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    await scenario.github.idle();
    expect(scenario.received).toEqual([]);
  });
});
