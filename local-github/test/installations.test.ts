import { describe, expect, test } from "vitest";
import type { Scenario } from "./support/scenario.ts";
import { startScenario } from "./support/scenario.ts";

const REPO = "/repos/acme/shop";

async function restStatus(scenario: Scenario, token: string): Promise<number> {
  return (await scenario.ask("GET", REPO, { token })).status;
}

async function gitStatus(scenario: Scenario, token: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
  const url = `${scenario.github.origin}/acme/shop.git/info/refs?service=git-upload-pack`;
  return (await fetch(url, { headers: { authorization } })).status;
}

describe("installation tokens", () => {
  test("all die at once when they are revoked, for REST and git", async () => {
    const scenario = await startScenario();
    const tokens = [await scenario.token(), await scenario.token()];
    for (const token of tokens) expect(await restStatus(scenario, token)).toBe(200);
    scenario.github.revokeTokens(scenario.installation);
    for (const token of tokens) {
      expect(await scenario.ask("GET", REPO, { token })).toMatchObject({
        status: 401,
        body: { message: "Bad credentials" },
      });
      expect(await gitStatus(scenario, token)).toBe(401);
    }
    const fresh = await scenario.token();
    expect(await restStatus(scenario, fresh)).toBe(200);
    expect(await gitStatus(scenario, fresh)).toBe(200);
  });

  test("are refused for a public repository too once they are revoked", async () => {
    const scenario = await startScenario({ private: false });
    const token = await scenario.token();
    scenario.github.revokeTokens(scenario.installation);
    expect(await restStatus(scenario, token)).toBe(401);
    expect(await gitStatus(scenario, token)).toBe(401);
  });

  test("can revoke themselves", async () => {
    const scenario = await startScenario();
    const [token, other] = [await scenario.token(), await scenario.token()];
    expect((await scenario.ask("DELETE", "/installation/token", { token })).status).toBe(204);
    expect(await restStatus(scenario, token)).toBe(401);
    expect(await restStatus(scenario, other)).toBe(200);
  });

  test("can be limited to repositories and permissions", async () => {
    const scenario = await startScenario();
    await scenario.github.createRepository({ owner: "acme", name: "other", private: true });
    const token = await scenario.token({
      repositories: ["other"],
      permissions: { contents: "read", metadata: "read" },
    });
    expect((await scenario.ask("GET", "/repos/acme/other", { token })).status).toBe(200);
    expect((await scenario.ask("GET", "/repos/acme/shop", { token })).status).toBe(404);
    const listed = await scenario.ask("GET", "/installation/repositories", { token });
    expect(listed.body).toMatchObject({ total_count: 1, repositories: [{ name: "other" }] });
    const refused = await scenario.ask("POST", "/repos/acme/other/issues", { token, body: { title: "t" } });
    expect(refused.status).toBe(403);
  });
});

describe("an installation", () => {
  test("loses its tokens when it is removed, and has a new id when it comes back", async () => {
    const scenario = await startScenario();
    const { github, installation } = scenario;
    const old = await scenario.token();
    github.uninstall(installation);
    expect(await restStatus(scenario, old)).toBe(401);
    expect(await gitStatus(scenario, old)).toBe(401);
    const tokens = `/app/installations/${installation.id}/access_tokens`;
    expect((await scenario.ask("POST", tokens, { token: scenario.appToken() })).status).toBe(404);
    github.openIssue(scenario.repository, "ann", { title: "while uninstalled" });

    const again = github.install({ on: "acme" });
    expect(again.id).not.toBe(installation.id);
    expect(await restStatus(scenario, old)).toBe(401);
    expect(await restStatus(scenario, await scenario.token({}, again))).toBe(200);
    await github.idle();
    expect(scenario.events("installation")).toMatchObject([
      { action: "deleted", installation: { id: installation.id } },
      { action: "created", installation: { id: again.id } },
    ]);
    expect(scenario.events("issues")).toEqual([]);
  });

  test("is refused everything and hears nothing while it is suspended", async () => {
    const scenario = await startScenario();
    const { github, installation } = scenario;
    const token = await scenario.token();
    github.suspend(installation, "ann");
    const message = "This installation has been suspended";
    expect(await scenario.ask("GET", REPO, { token })).toMatchObject({ status: 403, body: { message } });
    expect(await gitStatus(scenario, token)).toBe(403);
    const app = { token: scenario.appToken() };
    const path = `/app/installations/${installation.id}`;
    expect(await scenario.ask("POST", `${path}/access_tokens`, app)).toMatchObject({
      status: 403,
      body: { message },
    });
    expect((await scenario.ask("GET", path, app)).body).toMatchObject({ suspended_by: { login: "ann" } });
    github.openIssue(scenario.repository, "ann", { title: "while suspended" });

    github.unsuspend(installation, "ann");
    expect(await restStatus(scenario, token)).toBe(200);
    expect(await gitStatus(scenario, token)).toBe(200);
    github.openIssue(scenario.repository, "ann", { title: "after that" });
    await github.idle();
    expect(scenario.actions("installation")).toEqual(["suspend", "unsuspend"]);
    expect(scenario.events("issues")).toMatchObject([{ issue: { title: "after that" } }]);
  });

  test("hears which repositories are added and removed", async () => {
    const scenario = await startScenario();
    const { github } = scenario;
    const own = await github.createRepository({ owner: "ann", name: "own" });
    const installation = github.install({ on: "ann", repositories: [] });
    github.addRepositories(installation, [own]);
    github.openIssue(own, "ann", { title: "covered" });
    github.removeRepositories(installation, [own]);
    github.openIssue(own, "ann", { title: "no longer covered" });
    await github.idle();
    expect(new Set(scenario.actions("installation_repositories"))).toEqual(new Set(["added", "removed"]));
    expect(scenario.events("issues")).toMatchObject([{ issue: { title: "covered" } }]);
  });

  test("has new permissions once they are accepted", async () => {
    const scenario = await startScenario();
    const { github, installation } = scenario;
    const open = async () => {
      const token = await scenario.token();
      return (await scenario.ask("POST", `${REPO}/issues`, { token, body: { title: "t" } })).status;
    };
    github.acceptPermissions(installation, { metadata: "read" }, "ann");
    expect(await open()).toBe(403);
    github.acceptPermissions(installation, { metadata: "read", issues: "write" }, "ann");
    expect(await open()).toBe(201);
    await github.idle();
    expect(scenario.events("installation").at(-1)).toMatchObject({
      action: "new_permissions_accepted",
      installation: { permissions: { issues: "write" } },
    });
  });

  test("is on an account once", async () => {
    const scenario = await startScenario();
    expect(() => scenario.github.install({ on: "acme" })).toThrow(/already installed/);
  });

  test("hears nothing about other accounts", async () => {
    const scenario = await startScenario();
    const own = await scenario.github.createRepository({ owner: "ann", name: "own" });
    const clone = await scenario.clone("ann", own);
    await clone.commit("one", { "a.txt": "x\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    await scenario.github.idle();
    expect(scenario.received).toEqual([]);
  });
});
