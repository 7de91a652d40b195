import { describe, expect, test } from "vitest";
import { endpoints } from "../endpoints/index.ts";
import { loadDescription } from "../openapi/description.ts";
import { startScenario } from "./support/scenario.ts";

describe("GitHub's OpenAPI description", () => {
  test("describes every endpoint", () => {
    const description = loadDescription();
    expect(endpoints.filter((endpoint) => description.operationId(endpoint.route) === null)).toEqual([]);
  });

  test.each([
    ["an unknown endpoint", "GET", "/repos/acme/shop/stargazers", undefined],
    ["a misspelt query parameter", "GET", "/repos/acme/shop/commits?perpage=3", undefined],
    ["a value that is not listed", "GET", "/repos/acme/shop/issues?state=opened", undefined],
    ["a missing field", "POST", "/repos/acme/shop/issues", { body: "no title" }],
    ["a misspelt field", "POST", "/repos/acme/shop/issues", { title: "t", asignees: [] }],
    ["a wrong type", "POST", "/repos/acme/shop/check-runs", { name: "n", head_sha: 1 }],
    [
      "a misspelt nested field",
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

  test("finds wrong answers and webhooks", () => {
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
