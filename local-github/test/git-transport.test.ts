import { describe, expect, test } from "vitest";
import type { Scenario } from "./support/scenario.ts";
import { startScenario } from "./support/scenario.ts";

async function appUrl(scenario: Scenario): Promise<string> {
  const url = new URL(scenario.github.cloneUrl(scenario.repository, "ann"));
  url.username = "x-access-token";
  url.password = await scenario.token();
  return url.href;
}

describe("git over HTTP", () => {
  test("fetches a commit that no ref holds any more, without its blobs", async () => {
    const scenario = await startScenario();
    const clone = await scenario.clone();
    await clone.commit("kept", { "a.txt": "one\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    const dropped = await clone.commit("dropped", { "b.txt": "two\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    await clone.git("push", "--quiet", "--force", "origin", "HEAD~1:main");
    await scenario.github.idle();

    const other = await scenario.clone();
    await expect(other.git("cat-file", "-e", dropped)).rejects.toThrow(/cat-file/);
    await other.git("fetch", "--quiet", "--filter=blob:none", await appUrl(scenario), dropped);
    await other.git("cat-file", "-e", dropped);
    const missing = await other.git("rev-list", "--objects", "--missing=print", dropped);
    expect(missing).toMatch(/^\?[0-9a-f]{40}$/m);
    expect(scenario.events("push").at(-1)).toMatchObject({ forced: true, before: dropped, commits: [] });
    const fetched = scenario.github.requests.filter(
      (one) => one.kind === "git" && one.method === "POST" && one.as.startsWith("installation"),
    );
    expect(fetched.every((one) => one.operation === "git-upload-pack")).toBe(true);
    expect(fetched.reduce((sum, one) => sum + one.bytesOut, 0)).toBeGreaterThan(0);
  });

  test("has no dropped commit any more once garbage is collected", async () => {
    const scenario = await startScenario();
    const clone = await scenario.clone();
    const kept = await clone.commit("kept", { "a.txt": "one\n" });
    const dropped = await clone.commit("dropped", { "b.txt": "two\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    await clone.git("push", "--quiet", "--force", "origin", "HEAD~1:main");
    await scenario.github.idle();
    const token = await scenario.token();
    const status = async (sha: string): Promise<number> =>
      (await scenario.ask("GET", `/repos/acme/shop/commits/${sha}`, { token })).status;
    expect(await status(dropped)).toBe(200);
    await scenario.github.collectGarbage(scenario.repository);
    expect(await status(dropped)).toBe(422);
    expect(await status(kept)).toBe(200);
  });

  test("keeps refs/pull to itself", async () => {
    const scenario = await startScenario();
    const clone = await scenario.clone();
    await clone.commit("one", { "a.txt": "one\n" });
    await expect(clone.git("push", "origin", "HEAD:refs/pull/1/head")).rejects.toThrow(/hidden ref/);
  });

  test.each([
    ["nobody", null, 401],
    ["a stranger", "stranger", 404],
    ["a member", "ann", 200],
  ])("shows a private repository to %s as it should", async (_who, login, status) => {
    const scenario = await startScenario();
    const url = `${scenario.github.origin}/acme/shop.git/info/refs?service=git-upload-pack`;
    const authorization = `Basic ${Buffer.from(`${login ?? ""}:x`).toString("base64")}`;
    const response = await fetch(url, login === null ? {} : { headers: { authorization } });
    expect(response.status).toBe(status);
  });
});

describe("what a push announces", () => {
  test("a branch that holds nothing new, and its end", async () => {
    const scenario = await startScenario();
    const clone = await scenario.clone();
    const sha = await clone.commit("one", { "a.txt": "one\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    await clone.git("push", "--quiet", "origin", "HEAD:refs/heads/feature/x y".replace(" ", "-"));
    await clone.git("push", "--quiet", "origin", ":feature/x-y");
    await scenario.github.idle();
    const [, created, deleted] = scenario.events("push");
    expect(created).toMatchObject({
      ref: "refs/heads/feature/x-y",
      created: true,
      base_ref: "refs/heads/main",
      commits: [],
      head_commit: { id: sha, distinct: false },
    });
    expect(deleted).toMatchObject({ deleted: true, after: "0".repeat(40), head_commit: null });
    const types = scenario.repository.activity.map((one) => one.type);
    expect(types).toEqual(["branch_deletion", "branch_creation", "branch_creation"]);
  });

  test("tags one by one, and none where more than three come at once", async () => {
    const scenario = await startScenario();
    const clone = await scenario.clone();
    const sha = await clone.commit("one", { "a.txt": "one\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    await clone.git("tag", "light");
    await clone.git("tag", "-m", "the first", "annotated");
    await clone.git("push", "--quiet", "origin", "light", "annotated");
    await scenario.github.idle();
    const tagged = scenario.events("push").filter((event) => String(event["ref"]).startsWith("refs/tags/"));
    const annotated = await clone.git("rev-parse", "annotated");
    expect(tagged).toMatchObject([
      { ref: "refs/tags/annotated", after: annotated, created: true, commits: [], head_commit: { id: sha } },
      { ref: "refs/tags/light", after: sha, created: true, commits: [], head_commit: { id: sha } },
    ]);
    const token = await scenario.token();
    const tag = await scenario.ask("GET", `/repos/acme/shop/git/tags/${annotated}`, { token });
    expect(tag.body).toMatchObject({
      tag: "annotated",
      message: "the first",
      object: { sha, type: "commit" },
    });

    for (const name of ["a", "b", "c", "d"]) await clone.git("tag", name);
    await clone.git("push", "--quiet", "origin", "a", "b", "c", "d");
    await scenario.github.idle();
    expect(scenario.events("push").filter((event) => event["ref"] === "refs/tags/a")).toEqual([]);
  });

  test("an issue that a commit on the default branch closes", async () => {
    const scenario = await startScenario();
    const issue = scenario.github.openIssue(scenario.repository, "ann", { title: "Roll it" });
    const clone = await scenario.clone();
    const sha = await clone.commit("Fixes #1", { "a.txt": "one\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    await scenario.github.idle();
    expect(issue).toMatchObject({ state: "closed", stateReason: "completed", closedBy: { login: "ann" } });
    const token = await scenario.token();
    const events = await scenario.ask("GET", "/repos/acme/shop/issues/1/events", { token });
    expect(events.body).toMatchObject([
      { event: "referenced", commit_id: sha },
      { event: "closed", commit_id: sha, actor: { login: "ann" } },
    ]);
  });
});
