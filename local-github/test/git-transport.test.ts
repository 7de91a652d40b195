import { describe, expect, test } from "vitest";
import { startScenario } from "./support/scenario.ts";

describe("git over HTTP", () => {
  test("fetches a commit that no ref reaches, without its blobs", async () => {
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
    await other.git(
      "fetch",
      "--quiet",
      "--filter=blob:none",
      scenario.appUrl(await scenario.token()),
      dropped,
    );
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

  test("loses unreachable commits when garbage is collected", async () => {
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

  test("refuses pushes to refs/pull", async () => {
    const scenario = await startScenario();
    const clone = await scenario.clone();
    await clone.commit("one", { "a.txt": "one\n" });
    await expect(clone.git("push", "origin", "HEAD:refs/pull/1/head")).rejects.toThrow(/hidden ref/);
  });

  test.each([
    ["an anonymous caller", null, 401],
    ["a stranger", "stranger", 404],
    ["a member", "ann", 200],
  ])("answers %s who asks for a private repository", async (_who, login, status) => {
    const scenario = await startScenario();
    const url = `${scenario.github.origin}/acme/shop.git/info/refs?service=git-upload-pack`;
    const authorization = `Basic ${Buffer.from(`${login ?? ""}:x`).toString("base64")}`;
    const response = await fetch(url, login === null ? {} : { headers: { authorization } });
    expect(response.status).toBe(status);
  });
});

describe("a push announces", () => {
  test("a branch without new commits, and its deletion", async () => {
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

  test("each tag, but none if more than three are pushed at once", async () => {
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

  test("an issue closed by a commit on the default branch", async () => {
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
