import { describe, expect, test } from "vitest";
import { endpoints } from "../endpoints/index.ts";
import { loadDescription } from "../openapi/description.ts";
import { startScenario } from "./support/scenario.ts";

describe("GitHub's OpenAPI description", () => {
  test("names each endpoint that is served", () => {
    const description = loadDescription();
    expect(endpoints.filter((endpoint) => description.operationId(endpoint.route) === null)).toEqual([]);
  });

  test.each([
    ["an endpoint that is not served", "GET", "/repos/acme/shop/stargazers", undefined],
    ["a misspelt query parameter", "GET", "/repos/acme/shop/commits?perpage=3", undefined],
    ["a value that is none of those listed", "GET", "/repos/acme/shop/issues?state=opened", undefined],
    ["a missing field", "POST", "/repos/acme/shop/issues", { body: "no title" }],
    ["a misspelt field", "POST", "/repos/acme/shop/issues", { title: "t", asignees: [] }],
    ["a wrong type", "POST", "/repos/acme/shop/check-runs", { name: "n", head_sha: 1 }],
    [
      "a misspelt field within",
      "POST",
      "/repos/acme/shop/check-runs",
      {
        name: "n",
        head_sha: "1",
        output: { title: "t", summary: "s", sumary: "s" },
      },
    ],
  ])("refuses %s", async (_what, method, path, body) => {
    const scenario = await startScenario({ expectViolations: true });
    const answer = await scenario.ask(method, path, { token: await scenario.token(), body });
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(/NOT AS GITHUB DESCRIBES IT/);
    expect(scenario.github.violations).toMatchObject([{ side: "request" }]);
  });

  test("finds an answer or a webhook that is wrong", () => {
    const description = loadDescription();
    const label = {
      id: 1,
      node_id: "x",
      url: "http://localhost/x",
      name: "l",
      description: null,
      color: "f",
    };
    const route = "GET /repos/{owner}/{repo}/labels/{name}";
    expect(description.checkAnswer(route, 200, { ...label, default: false })).toEqual([]);
    expect(description.checkAnswer(route, 200, label)).toEqual([expect.stringMatching(/default/)]);
    expect(description.checkAnswer(route, 202, label)).toEqual([expect.stringMatching(/not described/)]);
    expect(description.checkWebhook("push", null, { ref: "refs/heads/main" })).toEqual([
      expect.stringMatching(/before/),
    ]);
  });
});

describe("access", () => {
  test("a token covers what it was narrowed to", async () => {
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

  test("a former name leads on, and an archived repository is read-only", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    const token = await scenario.token();
    github.renameRepository(repository, "store", "ann");
    const moved = await scenario.ask("GET", "/repos/acme/shop?", { token });
    expect(moved.status).toBe(301);
    const followed = await fetch(moved.headers.get("location") ?? "", {
      headers: { authorization: `token ${token}` },
    });
    expect(await followed.json()).toMatchObject({ id: repository.id, full_name: "acme/store" });
    github.archiveRepository(repository, "ann");
    const refused = await scenario.ask("POST", "/repos/acme/store/issues", { token, body: { title: "t" } });
    expect(refused.status).toBe(403);
    expect(refused.text).toMatch(/archived/);
    await github.idle();
    expect(scenario.events("repository").map((event) => event["action"])).toEqual(["renamed", "archived"]);
  });

  test("the role of a member is exact, also a custom one", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    const token = await scenario.token();
    const ask = async (login: string) => {
      const { body } = await scenario.ask("GET", `/repos/acme/shop/collaborators/${login}/permission`, {
        token,
      });
      return body;
    };
    expect(await ask("stranger")).toMatchObject({ permission: "none", role_name: "none" });
    github.setRole(repository, "stranger", "triage");
    expect(await ask("stranger")).toMatchObject({ permission: "read", role_name: "triage" });
    github.setRole(repository, "stranger", { base: "write", name: "key-keeper" });
    expect(await ask("stranger")).toMatchObject({ permission: "write", role_name: "key-keeper" });
  });
});
