import { describe, expect, test } from "vitest";
import { objectsOf } from "../json.ts";
import type { Clone } from "./support/clone.ts";
import type { Scenario } from "./support/scenario.ts";
import { objectIn, startScenario } from "./support/scenario.ts";

const REPO = "/repos/acme/shop";

async function withBase(scenario: Scenario): Promise<Clone> {
  const clone = await scenario.clone();
  await clone.commit("base", { "a.txt": "1\n2\n3\n4\n5\n" });
  await clone.git("push", "--quiet", "origin", "HEAD:main");
  return clone;
}

describe("pull requests", () => {
  test("follow their branch from the first commit to the merge", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    const clone = await withBase(scenario);
    const base = await clone.git("rev-parse", "HEAD");
    await clone.git("switch", "--quiet", "-c", "topic");
    const first = await clone.commit("one", { "b.txt": "b\n" });
    await clone.git("push", "--quiet", "origin", "topic");
    const pull = await github.openPullRequest(repository, { by: "ann", head: "topic", body: "Fixes #1" });
    expect(pull).toMatchObject({ number: 1, headSha: first, baseSha: base });

    const second = await clone.commit("two", { "b.txt": "c\n" });
    await clone.git("push", "--quiet", "origin", "topic");
    await github.idle();
    const token = await scenario.token();
    const got = await scenario.ask("GET", `${REPO}/pulls/1`, { token });
    expect(got.body).toMatchObject({
      number: 1,
      state: "open",
      commits: 2,
      changed_files: 1,
      mergeable: true,
      head: { ref: "topic", sha: second, repo: { full_name: "acme/shop" } },
      base: { ref: "main", sha: base },
    });
    const commits = await scenario.ask("GET", `${REPO}/pulls/1/commits`, { token });
    expect(commits.body).toMatchObject([{ sha: first }, { sha: second }]);
    const files = await scenario.ask("GET", `${REPO}/pulls/1/files`, { token });
    expect(files.body).toMatchObject([{ filename: "b.txt", status: "added", patch: "@@ -0,0 +1 @@\n+c" }]);
    expect(await clone.git("ls-remote", "origin", "refs/pull/1/head")).toMatch(second);
    expect(await clone.git("ls-remote", "origin", "refs/pull/1/merge")).toMatch(/refs\/pull\/1\/merge/);

    const tip = await github.mergePullRequest(repository, pull, "ann", "squash");
    await github.idle();
    expect(scenario.events("pull_request").map((event) => event["action"])).toEqual([
      "opened",
      "synchronize",
      "closed",
    ]);
    expect(scenario.events("pull_request")[1]).toMatchObject({ before: first, after: second });
    expect(scenario.events("pull_request")[2]).toMatchObject({
      pull_request: { merged: true, merge_commit_sha: tip, merged_by: { login: "ann" } },
    });
    expect(scenario.events("push").at(-1)).toMatchObject({
      ref: "refs/heads/main",
      before: base,
      after: tip,
    });
    const activity = await scenario.ask("GET", `${REPO}/activity?activity_type=pr_merge`, { token });
    expect(activity.body).toMatchObject([{ before: base, after: tip, actor: { login: "ann" } }]);
  });

  test("are merged by a pushed merge, and closed by a deleted branch", async () => {
    const scenario = await startScenario();
    const clone = await withBase(scenario);
    for (const branch of ["merged", "dropped"]) {
      await clone.git("switch", "--quiet", "-C", branch, "origin/main");
      await clone.commit(branch, { [branch]: "x\n" });
      await clone.git("push", "--quiet", "origin", branch);
      await scenario.github.openPullRequest(scenario.repository, { by: "ann", head: branch });
    }
    await clone.git("push", "--quiet", "origin", "merged:main");
    await clone.git("push", "--quiet", "origin", ":dropped");
    await scenario.github.idle();
    const [merged, dropped] = scenario.github.pullRequests(scenario.repository);
    expect(merged).toMatchObject({ state: "closed", merged: true });
    expect(dropped).toMatchObject({ state: "closed", merged: false });
  });

  test("come from forks, even deleted ones", async () => {
    const scenario = await startScenario({ private: false });
    const { github, repository } = scenario;
    await withBase(scenario);
    const fork = await github.forkRepository(repository, "stranger");
    const theirs = await scenario.clone("stranger", fork);
    await theirs.git("switch", "--quiet", "-c", "gift");
    const sha = await theirs.commit("gift", { "gift.txt": "x\n" });
    await theirs.git("push", "--quiet", "origin", "gift");
    await github.openPullRequest(repository, { by: "stranger", head: "gift", from: fork });
    await github.idle();
    expect(scenario.events("push")).toHaveLength(1);
    expect(scenario.events("pull_request")).toMatchObject([
      { action: "opened", pull_request: { head: { sha, repo: { full_name: "stranger/shop", fork: true } } } },
    ]);
    const token = await scenario.token();
    expect((await scenario.ask("GET", `${REPO}/commits/${sha}`, { token })).status).toBe(200);
    await github.deleteRepository(fork);
    const got = await scenario.ask("GET", `${REPO}/pulls/1`, { token });
    expect(got.body).toMatchObject({ head: { sha, repo: null } });
  });

  test("announce changes of base, title and draft state", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    const clone = await withBase(scenario);
    await clone.git("push", "--quiet", "origin", "HEAD:release");
    await clone.git("switch", "--quiet", "-c", "topic");
    await clone.commit("one", { "b.txt": "b\n" });
    await clone.git("push", "--quiet", "origin", "topic");
    const pull = await github.openPullRequest(repository, { by: "ann", head: "topic", draft: true });
    await github.changeBase(repository, pull, "release", "ann");
    await github.changeTitle(repository, pull, "Better", "ann");
    await github.setDraft(repository, pull, false, "ann");
    await github.closePullRequest(repository, pull, "ann");
    await github.reopenPullRequest(repository, pull, "ann");
    await github.idle();
    const events = scenario.events("pull_request");
    expect(events.map((event) => event["action"])).toEqual([
      "opened",
      "edited",
      "edited",
      "ready_for_review",
      "closed",
      "reopened",
    ]);
    expect(events[1]).toMatchObject({ changes: { base: { ref: { from: "main" } } } });
  });
});

describe("the merge queue", () => {
  test("asks for checks on a temporary branch, then merges it", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    const clone = await withBase(scenario);
    for (const branch of ["one", "two"]) {
      await clone.git("switch", "--quiet", "-C", branch, "origin/main");
      await clone.commit(branch, { [branch]: "x\n" });
      await clone.git("push", "--quiet", "origin", branch);
      await github.openPullRequest(repository, { by: "ann", head: branch });
    }
    const group = await github.createMergeGroup(repository, github.pullRequests(repository), "ann");
    await github.idle();
    expect(scenario.events("merge_group")).toMatchObject([
      { action: "checks_requested", merge_group: { head_sha: group.sha, head_ref: group.ref } },
    ]);
    expect(scenario.events("push").at(-1)).toMatchObject({ ref: group.ref, after: group.sha });
    await github.destroyMergeGroup(repository, group, "merged", "ann");
    await github.idle();
    expect(scenario.events("merge_group")[1]).toMatchObject({ action: "destroyed", reason: "merged" });
    expect(github.pullRequests(repository).map((pull) => pull.merged)).toEqual([true, true]);
    expect(await clone.git("ls-remote", "origin", "refs/heads/main")).toMatch(group.sha);
    expect(await clone.git("ls-remote", "origin", group.ref)).toBe("");
  });
});

describe("comparing", () => {
  test("pages commits, shows files on the first page only, and refuses unrelated histories", async () => {
    const scenario = await startScenario();
    const clone = await withBase(scenario);
    for (let number = 0; number < 5; number += 1) await clone.commit(`c${number}`, { [`f${number}`]: "x\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:topic");
    await clone.git("checkout", "--quiet", "--orphan", "island");
    await clone.commit("island");
    await clone.git("push", "--quiet", "origin", "island");
    const token = await scenario.token();
    const whole = objectIn((await scenario.ask("GET", `${REPO}/compare/main...topic`, { token })).body);
    expect(whole).toMatchObject({ status: "ahead", ahead_by: 5, behind_by: 0, total_commits: 5 });
    expect(objectsOf(whole["files"]).map((file) => file["filename"])).toEqual(["f0", "f1", "f2", "f3", "f4"]);
    const second = await scenario.ask("GET", `${REPO}/compare/main...topic?per_page=2&page=2`, { token });
    expect(objectsOf(objectIn(second.body)["commits"])).toMatchObject([
      { commit: { message: "c2" } },
      { commit: { message: "c3" } },
    ]);
    expect(objectIn(second.body)["files"]).toBeUndefined();
    expect(second.headers.get("link")).toContain('rel="next"');
    expect((await scenario.ask("GET", `${REPO}/compare/main...island`, { token })).status).toBe(404);
    expect((await scenario.ask("GET", `${REPO}/compare/main...gone`, { token })).status).toBe(404);
  });
});
