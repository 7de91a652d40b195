import { describe, expect, test } from "vitest";
import { objectsOf } from "../json.ts";
import { objectIn, startScenario } from "./support/scenario.ts";

const REPO = "/repos/acme/shop";

function field(body: unknown, name: string): unknown[] {
  return objectsOf(body).map((one) => one[name]);
}

describe("issues", () => {
  test("tell who closed them, and why", async () => {
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

  test("closed by the merge of a pull request tell it in their timeline alone", async () => {
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

  test("are listed beside pull requests, and filtered", async () => {
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

  test("answer 410 where they are switched off", async () => {
    const scenario = await startScenario();
    scenario.repository.hasIssues = false;
    const answer = await scenario.ask("POST", `${REPO}/issues`, {
      token: await scenario.token(),
      body: { title: "t" },
    });
    expect(answer.status).toBe(410);
  });
});

describe("contents", () => {
  test("list a folder, and follow a link", async () => {
    const scenario = await startScenario();
    const clone = await scenario.clone();
    await clone.commit("one", { "dir/a.txt": "x\n", "dir/b/c.txt": "c\n" });
    const { symlink } = await import("node:fs/promises");
    await symlink("dir/a.txt", `${clone.directory}/inside`);
    await symlink("/etc/hosts", `${clone.directory}/outside`);
    await clone.commit("links");
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    const token = await scenario.token();
    const get = async (path: string): Promise<unknown> => {
      const answer = await scenario.ask("GET", `${REPO}/contents/${path}`, { token });
      return answer.body;
    };
    expect(await get("dir")).toMatchObject([
      { name: "a.txt", type: "file" },
      { name: "b", type: "dir" },
    ]);
    expect(await get("inside")).toMatchObject({ type: "file", path: "inside", content: "eAo=" });
    expect(await get("outside")).toMatchObject({ type: "symlink", target: "/etc/hosts" });
  });
});

describe("the hourly limit", () => {
  test("refuses with 403 until it is reset", async () => {
    const scenario = await startScenario({ private: false });
    scenario.github.site.rateLimit.used = 5000;
    const refused = await scenario.ask("GET", REPO);
    expect(refused.status).toBe(403);
    expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
    scenario.github.site.rateLimit.resetAt = 0;
    expect((await scenario.ask("GET", REPO)).status).toBe(200);
  });

  test("is not touched by an answer that did not change", async () => {
    const scenario = await startScenario({ private: false });
    const first = await scenario.ask("GET", REPO);
    const again = await scenario.ask("GET", REPO, {
      headers: { "if-none-match": first.headers.get("etag") ?? "" },
    });
    expect(again.status).toBe(304);
    expect(again.headers.get("x-ratelimit-used")).toBe(first.headers.get("x-ratelimit-used"));
  });
});
