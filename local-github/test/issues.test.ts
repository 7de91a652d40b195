import { describe, expect, test } from "vitest";
import { objectsOf } from "../json.ts";
import { objectIn, startScenario } from "./support/scenario.ts";

const REPO = "/repos/acme/shop";

function field(body: unknown, name: string): unknown[] {
  return objectsOf(body).map((one) => one[name]);
}

describe("issues", () => {
  test("record who closed them and why", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    const token = await scenario.token();
    const opened = await scenario.ask("POST", `${REPO}/issues`, {
      token,
      body: { title: "Roll it", body: "one" },
    });
    expect(opened.body).toMatchObject({ state: "open", performed_via_github_app: { slug: "rollcall" } });
    await scenario.ask("POST", `${REPO}/issues/1/labels`, { token, body: { labels: ["security"] } });
    await scenario.ask("PATCH", `${REPO}/issues/1`, {
      token,
      body: { body: "two", assignees: ["ann", "stranger"] },
    });
    github.closeIssue(repository, 1, "ann", "not_planned");
    const reopened = await scenario.ask("PATCH", `${REPO}/issues/1`, { token, body: { state: "open" } });
    expect(reopened.body).toMatchObject({ state: "open", state_reason: "reopened", closed_by: null });
    await scenario.ask("POST", `${REPO}/issues/1/comments`, { token, body: { body: "Not yet rolled." } });

    const events = await scenario.ask("GET", `${REPO}/issues/1/events`, { token });
    expect(field(events.body, "event")).toEqual(["labeled", "assigned", "closed", "reopened"]);
    const timeline = await scenario.ask("GET", `${REPO}/issues/1/timeline`, { token });
    expect(field(timeline.body, "event")).toEqual(["labeled", "assigned", "closed", "reopened", "commented"]);
    const [stored] = github.issues(repository);
    expect(stored).toMatchObject({
      bodies: ["one", "two"],
      assignees: [{ login: "ann" }],
      labels: [{ name: "security" }],
    });
    await github.idle();
    expect(scenario.events("issues").map((event) => event["action"])).toEqual(
      expect.arrayContaining(["opened", "edited", "closed", "reopened"]),
    );
    expect(scenario.events("issues").find((event) => event["action"] === "closed")).toMatchObject({
      issue: { state_reason: "not_planned" },
      sender: { login: "ann", type: "User" },
    });
  });

  test("show in their timeline which pull request closed them", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    github.openIssue(repository, "ann", { title: "Roll it" });
    const clone = await scenario.clone();
    await clone.commit("one", { "a.txt": "x\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    await clone.commit("two", { "b.txt": "x\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:topic");
    const pull = await github.openPullRequest(repository, { by: "ann", head: "topic", body: "Fixes #1" });
    await github.mergePullRequest(repository, pull, "ann");
    await github.idle();
    expect(scenario.events("pull_request").map((event) => event["action"])).toEqual(["opened", "closed"]);
    const token = await scenario.token();
    const events = await scenario.ask("GET", `${REPO}/issues/1/events`, { token });
    expect(events.body).toMatchObject([{ event: "closed", commit_id: null, actor: { login: "ann" } }]);
    const timeline = await scenario.ask("GET", `${REPO}/issues/1/timeline`, { token });
    expect(timeline.body).toMatchObject([
      { event: "cross-referenced", source: { issue: { number: 2, pull_request: {} } } },
      { event: "closed" },
    ]);
  });

  test("are listed with pull requests, and filtered", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    const clone = await scenario.clone();
    await clone.commit("one", { "a.txt": "x\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    await clone.commit("two", { "b.txt": "x\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:topic");
    github.openIssue(repository, "ann", { title: "hers" });
    await github.openPullRequest(repository, { by: "ann", head: "topic" });
    const token = await scenario.token();
    await scenario.ask("POST", `${REPO}/issues`, { token, body: { title: "the app's", labels: ["a", "b"] } });
    const list = async (query: string): Promise<unknown[]> =>
      field((await scenario.ask("GET", `${REPO}/issues?${query}`, { token })).body, "number");
    expect(await list("state=all&direction=asc")).toEqual([1, 2, 3]);
    expect(await list("creator=rollcall%5Bbot%5D")).toEqual([3]);
    expect(await list("labels=a,b")).toEqual([3]);
    expect(await list("labels=a,c")).toEqual([]);
    expect(await list("state=closed")).toEqual([]);
    const pull = await scenario.ask("GET", `${REPO}/issues/2`, { token });
    expect(objectIn(pull.body)["pull_request"]).toBeDefined();
  });

  test.each(["completed", "not_planned", "duplicate"] as const)(
    "can be closed by a person as %s and reopened",
    async (reason) => {
      const scenario = await startScenario();
      const { github, repository } = scenario;
      const issue = github.openIssue(repository, "ann", { title: "Roll it" });
      github.closeIssue(repository, 1, "ann", reason);
      expect(issue).toMatchObject({ state: "closed", stateReason: reason, closedBy: { login: "ann" } });
      github.reopenIssue(repository, 1, "ann");
      await github.idle();
      expect(scenario.events("issues")).toMatchObject([
        { action: "opened" },
        { action: "closed", sender: { login: "ann" }, issue: { state: "closed", state_reason: reason } },
        { action: "reopened", issue: { state: "open", state_reason: "reopened", closed_at: null } },
      ]);
      const events = await scenario.ask("GET", `${REPO}/issues/1/events`, { token: await scenario.token() });
      expect(events.body).toMatchObject([
        { event: "closed", state_reason: reason, commit_id: null },
        { event: "reopened", state_reason: "reopened" },
      ]);
    },
  );

  test("answer 410 once they are deleted", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    github.openIssue(repository, "ann", { title: "Roll it" });
    github.deleteIssue(repository, 1, "ann");
    const token = await scenario.token();
    expect(await scenario.ask("GET", `${REPO}/issues/1`, { token })).toMatchObject({
      status: 410,
      body: { message: "This issue was deleted" },
    });
    const update = await scenario.ask("PATCH", `${REPO}/issues/1`, { token, body: { state: "open" } });
    expect(update.status).toBe(410);
    expect((await scenario.ask("GET", `${REPO}/issues?state=all`, { token })).body).toEqual([]);
    expect(github.openIssue(repository, "ann", { title: "next" }).number).toBe(2);
    await github.idle();
    expect(scenario.actions("issues")).toEqual(["opened", "deleted", "opened"]);
  });

  test("announce an edit with what it replaced", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    const issue = github.openIssue(repository, "ann", { title: "old", body: "one" });
    github.editIssue(repository, 1, "stranger", { title: "new", body: "two" });
    github.editIssue(repository, 1, "stranger", { title: "new" });
    await github.idle();
    expect(scenario.events("issues").slice(1)).toMatchObject([
      {
        action: "edited",
        sender: { login: "stranger" },
        issue: { title: "new", body: "two" },
        changes: { title: { from: "old" }, body: { from: "one" } },
      },
    ]);
    expect(issue.bodies).toEqual(["one", "two"]);
    const events = await scenario.ask("GET", `${REPO}/issues/1/events`, { token: await scenario.token() });
    expect(events.body).toMatchObject([{ event: "renamed", rename: { from: "old", to: "new" } }]);
  });

  test("are listed by the time they were updated", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    for (const title of ["one", "two"]) github.openIssue(repository, "ann", { title });
    github.shiftTime(60_000);
    github.editIssue(repository, 1, "ann", { title: "edited" });
    github.shiftTime(0);
    const { body } = await scenario.ask("GET", `${REPO}/issues?sort=updated`, {
      token: await scenario.token(),
    });
    expect(field(body, "number")).toEqual([1, 2]);
  });

  test("answer 410 if they are disabled", async () => {
    const scenario = await startScenario();
    scenario.repository.hasIssues = false;
    const answer = await scenario.ask("POST", `${REPO}/issues`, {
      token: await scenario.token(),
      body: { title: "t" },
    });
    expect(answer.status).toBe(410);
  });
});
