import { describe, expect, test } from "vitest";
import { objectsOf } from "../json.ts";
import type { Scenario } from "./support/scenario.ts";
import { startScenario } from "./support/scenario.ts";

const REPO = "/repos/acme/shop";

async function withBranch(scenario: Scenario, branch = "main") {
  const clone = await scenario.clone();
  const sha = await clone.commit("first", { "a.txt": "one\n" });
  await clone.git("push", "--quiet", "origin", `HEAD:${branch}`);
  await scenario.github.idle();
  return { clone, sha };
}

async function status(scenario: Scenario, path: string): Promise<number> {
  return (await scenario.ask("GET", path, { token: await scenario.token() })).status;
}

describe("activity", () => {
  async function types(scenario: Scenario, query = ""): Promise<unknown[]> {
    const { body } = await scenario.ask("GET", `${REPO}/activity${query}`, { token: await scenario.token() });
    return objectsOf(body).map((one) => one["activity_type"]);
  }

  test("lists pushes, force pushes, new and deleted branches, newest first", async () => {
    const scenario = await startScenario();
    const { clone, sha } = await withBranch(scenario);
    const second = await clone.commit("second");
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    await clone.git("push", "--quiet", "--force", "origin", `${sha}:main`);
    await clone.git("push", "--quiet", "origin", "HEAD:topic");
    await clone.git("push", "--quiet", "origin", ":topic");
    await scenario.github.idle();
    const all = ["branch_deletion", "branch_creation", "force_push", "push", "branch_creation"];
    expect(await types(scenario)).toEqual(all);
    expect(await types(scenario, "?direction=asc")).toEqual(all.toReversed());
    expect(await types(scenario, "?ref=refs/heads/topic")).toEqual(["branch_deletion", "branch_creation"]);
    expect(await types(scenario, "?activity_type=force_push&actor=ann&time_period=day")).toEqual([
      "force_push",
    ]);
    expect(await types(scenario, "?actor=stranger")).toEqual([]);
    const { body } = await scenario.ask("GET", `${REPO}/activity?activity_type=force_push`, {
      token: await scenario.token(),
    });
    expect(body).toMatchObject([{ before: second, after: sha, ref: "refs/heads/main" }]);
  });

  test("is paged by cursor", async () => {
    const scenario = await startScenario();
    const { clone } = await withBranch(scenario);
    for (const branch of ["b", "c"]) await clone.git("push", "--quiet", "origin", `HEAD:${branch}`);
    await scenario.github.idle();
    const token = await scenario.token();
    const refs: unknown[] = [];
    for (let path: string | undefined = `${REPO}/activity?per_page=2`; path !== undefined;) {
      const answer = await scenario.ask("GET", path, { token });
      refs.push(...objectsOf(answer.body).map((one) => one["ref"]));
      const link: string = answer.headers.get("link") ?? "";
      path = /<[^>]*\/api\/v3([^>]*)>; rel="next"/.exec(link)?.[1];
    }
    expect(refs).toEqual(["refs/heads/c", "refs/heads/b", "refs/heads/main"]);
  });
});

describe("a repository", () => {
  test("announces when it becomes public or private", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    expect((await scenario.ask("GET", REPO)).status).toBe(404);
    github.setPrivate(repository, false, "ann");
    expect((await scenario.ask("GET", REPO)).body).toMatchObject({ private: false, visibility: "public" });
    github.setPrivate(repository, true, "ann");
    expect((await scenario.ask("GET", REPO)).status).toBe(404);
    await github.idle();
    expect(scenario.events("repository")).toMatchObject([
      { action: "publicized", repository: { private: false, visibility: "public" } },
      { action: "privatized", repository: { private: true, visibility: "private" } },
    ]);
  });

  test("redirects its former name: 301 for GET, 307 for writes", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    const token = await scenario.token();
    github.renameRepository(repository, "store", "ann");
    const byId = `${github.apiUrl}/repositories/${repository.id}`;
    const read = await scenario.ask("GET", `${REPO}/issues?state=all`, { token });
    expect(read).toMatchObject({ status: 301, body: { url: `${byId}/issues?state=all` } });
    const write = await scenario.ask("POST", `${REPO}/issues`, { token, body: { title: "t" } });
    expect(write.status).toBe(307);
    expect(write.headers.get("location")).toBe(`${byId}/issues`);
    const followed = await fetch(`${github.apiUrl}${REPO}/issues`, {
      method: "POST",
      headers: { authorization: `token ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ title: "followed" }),
    });
    expect(await followed.json()).toMatchObject({ title: "followed" });
    expect(github.issues(repository)).toHaveLength(1);
    await github.idle();
    expect(scenario.events("repository")).toMatchObject([
      { action: "renamed", changes: { repository: { name: { from: "shop" } } } },
    ]);
  });

  test("hides a redirect from those who may not see it", async () => {
    const scenario = await startScenario();
    scenario.github.renameRepository(scenario.repository, "store", "ann");
    expect((await scenario.ask("GET", REPO)).status).toBe(404);
  });

  test("redirects git from its former name", async () => {
    const scenario = await startScenario();
    const { sha } = await withBranch(scenario);
    const url = scenario.appUrl(await scenario.token());
    const clone = await scenario.clone();
    scenario.github.renameRepository(scenario.repository, "store", "ann");
    expect(await clone.git("ls-remote", url, "refs/heads/main")).toMatch(sha);
    const strict = clone.git("-c", "http.followRedirects=false", "ls-remote", url);
    await expect(strict).rejects.toThrow(/redirect|301/);
    await clone.commit("second");
    await clone.git("push", "--quiet", "origin", "HEAD:main");
  });

  test("gives its former name away to a new repository", async () => {
    const scenario = await startScenario();
    scenario.github.renameRepository(scenario.repository, "store", "ann");
    const fresh = await scenario.github.createRepository({ owner: "acme", name: "shop" });
    expect((await scenario.ask("GET", REPO)).body).toMatchObject({ id: fresh.id });
  });

  test("refuses every write while it is archived", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    const { clone, sha } = await withBranch(scenario);
    const token = await scenario.token();
    const write = (path: string, body: unknown) => scenario.ask("POST", `${REPO}${path}`, { token, body });
    github.archiveRepository(repository, "ann");
    for (const answer of [
      await write("/issues", { title: "t" }),
      await write("/check-runs", { name: "n", head_sha: sha }),
    ]) {
      expect(answer).toMatchObject({
        status: 403,
        body: { message: "Repository was archived so is read-only." },
      });
    }
    await clone.commit("second");
    await expect(clone.git("push", "origin", "HEAD:main")).rejects.toThrow(/403/);
    expect((await scenario.ask("GET", REPO, { token })).body).toMatchObject({ archived: true });
    github.unarchiveRepository(repository, "ann");
    expect((await write("/issues", { title: "t" })).status).toBe(201);
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    await github.idle();
    expect(scenario.actions("repository")).toEqual(["archived", "unarchived"]);
  });

  test("moves to another owner, whose installation hears of it", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    const { sha } = await withBranch(scenario);
    github.createOrganization("globex");
    github.transferRepository(repository, "globex", "ann");
    await github.idle();
    expect(scenario.events("repository")).toEqual([]);
    expect(await status(scenario, REPO)).toBe(404);

    const installation = github.install({ on: "globex" });
    const token = await scenario.token({}, installation);
    expect((await scenario.ask("GET", REPO, { token })).status).toBe(301);
    const commit = await scenario.ask("GET", `/repos/globex/shop/commits/${sha}`, { token });
    expect(commit.body).toMatchObject({ sha });
    github.transferRepository(repository, "acme", "ann");
    await github.idle();
    expect(scenario.events("repository")).toMatchObject([
      {
        action: "transferred",
        changes: { owner: { from: { organization: { login: "globex" } } } },
        repository: { full_name: "acme/shop" },
        installation: { id: scenario.installation.id },
      },
    ]);
  });

  test("is gone after its deletion", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    await withBranch(scenario);
    const url = scenario.appUrl(await scenario.token());
    const clone = await scenario.clone();
    await github.deleteRepository(repository, "ann");
    expect(await status(scenario, REPO)).toBe(404);
    await expect(clone.git("ls-remote", url)).rejects.toThrow(/not found/);
    await github.idle();
    expect(scenario.events("repository")).toMatchObject([
      { action: "deleted", repository: { id: repository.id } },
    ]);
  });
});

describe("renaming the default branch", () => {
  test("moves HEAD and the base of pull requests, and closes nothing", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    github.openIssue(repository, "ann", { title: "Roll it" });
    const { clone, sha } = await withBranch(scenario);
    await clone.commit("topic", { "b.txt": "x\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:topic");
    const pull = await github.openPullRequest(repository, { by: "ann", head: "topic" });
    await github.idle();
    await github.renameBranch(repository, "main", "trunk", "ann");
    await github.idle();
    expect(repository.defaultBranch).toBe("trunk");
    expect(pull).toMatchObject({ state: "open", baseRef: "trunk", baseSha: sha });
    expect(scenario.events("repository")).toMatchObject([
      {
        action: "edited",
        changes: { default_branch: { from: "main" } },
        repository: { default_branch: "trunk" },
      },
    ]);
    expect(scenario.events("push").slice(-2)).toMatchObject([
      { ref: "refs/heads/trunk", created: true, after: sha, commits: [] },
      { ref: "refs/heads/main", deleted: true, before: sha },
    ]);
    expect(scenario.actions("pull_request")).toEqual(["opened", "edited"]);
    expect(github.issues(repository)).toMatchObject([{ state: "open", events: [] }]);
    expect(await clone.git("ls-remote", "--symref", "origin", "HEAD")).toMatch("ref: refs/heads/trunk");
    expect(await status(scenario, `${REPO}/branches/main`)).toBe(404);
    expect(await status(scenario, `${REPO}/contents/a.txt`)).toBe(200);
  });

  test("closes pull requests from the renamed branch", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    const { clone } = await withBranch(scenario);
    await clone.commit("topic", { "b.txt": "x\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:topic");
    const pull = await github.openPullRequest(repository, { by: "ann", head: "topic" });
    await github.renameBranch(repository, "topic", "subject", "ann");
    await github.idle();
    expect(pull).toMatchObject({ state: "closed", merged: false });
    expect(scenario.events("repository")).toEqual([]);
  });
});

test("choosing another default branch moves HEAD", async () => {
  const scenario = await startScenario();
  const { github, repository } = scenario;
  const { clone } = await withBranch(scenario);
  await clone.git("push", "--quiet", "origin", "HEAD:release");
  await github.setDefaultBranch(repository, "release", "ann");
  await github.idle();
  expect(await clone.git("ls-remote", "--symref", "origin", "HEAD")).toMatch("ref: refs/heads/release");
  expect(scenario.events("repository")).toMatchObject([
    { action: "edited", changes: { default_branch: { from: "main" } } },
  ]);
});

test("roles are described exactly, custom ones too", async () => {
  const scenario = await startScenario();
  const { github, repository } = scenario;
  const token = await scenario.token();
  const all = ["admin", "maintain", "push", "triage", "pull"] as const;
  const cases = [
    { role: "none", permission: "none", may: [] },
    { role: "read", permission: "read", may: ["pull"] },
    { role: "triage", permission: "read", may: ["triage", "pull"] },
    { role: "write", permission: "write", may: ["push", "triage", "pull"] },
    { role: "maintain", permission: "write", may: ["maintain", "push", "triage", "pull"] },
    { role: "admin", permission: "admin", may: all },
  ] as const;
  for (const { role, permission, may } of cases) {
    const permissions = Object.fromEntries(all.map((name) => [name, may.some((one) => one === name)]));
    const ask = () => scenario.ask("GET", `${REPO}/collaborators/stranger/permission`, { token });
    github.setRole(repository, "stranger", role);
    expect((await ask()).body).toMatchObject({ permission, role_name: role, user: { permissions } });
    const name = "key-keeper";
    github.setRole(repository, "stranger", { base: role, name });
    expect((await ask()).body).toMatchObject({ permission, role_name: name, user: { permissions } });
  }
});
