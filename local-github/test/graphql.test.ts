import { Probot } from "probot";
import { describe, expect, test } from "vitest";
import { objectsOf } from "../json.ts";
import type { Scenario } from "./support/scenario.ts";
import { APP_ID, appKey, objectIn, startScenario } from "./support/scenario.ts";

const CLOSERS = `query ($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    issue(number: $number) {
      stateReason
      timelineItems(last: 10, itemTypes: [CLOSED_EVENT]) {
        totalCount
        nodes {
          ... on ClosedEvent {
            actor { __typename login }
            closer { __typename ... on Commit { oid } ... on PullRequest { number } ... on ProjectV2 { title } }
          }
        }
      }
    }
  }
}`;
const ISSUE_1 = { owner: "acme", name: "shop", number: 1 };

async function ask(scenario: Scenario, query: string, variables: unknown, token?: string) {
  const response = await fetch(`${scenario.github.origin}/api/graphql`, {
    method: "POST",
    headers: { authorization: `bearer ${token ?? (await scenario.token())}` },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, body: objectIn(await response.json()) };
}

describe("GraphQL", () => {
  test("tells what closed an issue: a person, a commit, a pull request or a project", async () => {
    const scenario = await startScenario();
    const { github, repository } = scenario;
    github.openIssue(repository, "ann", { title: "Roll it" });
    const clone = await scenario.clone();
    const fix = await clone.commit("Fixes #1", { "a.txt": "x\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    await github.idle();
    github.reopenIssue(repository, 1, "ann");
    await clone.commit("two", { "b.txt": "x\n" });
    await clone.git("push", "--quiet", "origin", "HEAD:topic");
    const pull = await github.openPullRequest(repository, { by: "ann", head: "topic", body: "Fixes #1" });
    await github.mergePullRequest(repository, pull, "ann");
    await github.idle();
    github.reopenIssue(repository, 1, "ann");
    github.closeIssueByProject(repository, 1, "ann", "Board");
    github.reopenIssue(repository, 1, "ann");
    github.closeIssue(repository, 1, "ann", "not_planned");

    const probot = new Probot({
      appId: APP_ID,
      privateKey: appKey,
      baseUrl: github.apiUrl,
      logLevel: "fatal",
    });
    const octokit = await probot.auth(scenario.installation.id);
    const actor = { __typename: "User", login: "ann" };
    expect(await octokit.graphql(CLOSERS, ISSUE_1)).toEqual({
      repository: {
        issue: {
          stateReason: "NOT_PLANNED",
          timelineItems: {
            totalCount: 4,
            nodes: [
              { actor, closer: { __typename: "Commit", oid: fix } },
              { actor, closer: { __typename: "PullRequest", number: 2 } },
              { actor, closer: { __typename: "ProjectV2", title: "Board" } },
              { actor, closer: null },
            ],
          },
        },
      },
    });
    expect(github.requests.at(-1)).toMatchObject({ kind: "graphql", operation: "graphql", status: 200 });
  });

  test("finds an issue by its node id", async () => {
    const scenario = await startScenario();
    const issue = scenario.github.openIssue(scenario.repository, "ann", { title: "Roll it" });
    const rest = await scenario.ask("GET", "/repos/acme/shop/issues/1", { token: await scenario.token() });
    const query = "query ($id: ID!) { node(id: $id) { ... on Issue { databaseId state author { login } } } }";
    const { body } = await ask(scenario, query, { id: objectIn(rest.body)["node_id"] });
    expect(body).toEqual({
      data: { node: { databaseId: issue.id, state: "OPEN", author: { login: "ann" } } },
    });
    const other = await ask(scenario, query, { id: "bm90aGluZw" });
    expect(other.body).toMatchObject({ data: { node: null }, errors: [{ type: "NOT_FOUND" }] });
  });

  test("hides what the token may not see", async () => {
    const scenario = await startScenario();
    scenario.github.openIssue(scenario.repository, "ann", { title: "Roll it" });
    const blind = await scenario.token({ permissions: { metadata: "read" } });
    expect((await ask(scenario, CLOSERS, ISSUE_1, blind)).body).toMatchObject({
      data: { repository: { issue: null } },
      errors: [{ type: "FORBIDDEN", path: ["repository", "issue"] }],
    });
    const stranger = scenario.github.tokenOf("stranger");
    expect((await ask(scenario, CLOSERS, ISSUE_1, stranger)).body).toMatchObject({
      data: { repository: null },
      errors: [{ type: "NOT_FOUND", path: ["repository"] }],
    });
    expect((await ask(scenario, CLOSERS, ISSUE_1, scenario.appToken())).status).toBe(403);
    expect((await ask(scenario, CLOSERS, ISSUE_1, "invalid")).status).toBe(401);
    const gone = await ask(scenario, CLOSERS, { ...ISSUE_1, number: 2 });
    expect(gone.body).toMatchObject({ errors: [{ type: "NOT_FOUND" }] });
  });

  test("wants a page size for a connection", async () => {
    const scenario = await startScenario();
    scenario.github.openIssue(scenario.repository, "ann", { title: "Roll it" });
    const query = CLOSERS.replace("last: 10, ", "");
    const { body } = await ask(scenario, query, ISSUE_1);
    expect(body).toMatchObject({ errors: [{ type: "MISSING_PAGINATION_BOUNDARIES" }] });
  });

  test.each([
    ["an unknown field", '{ repository(owner: "acme", name: "shop") { stars } }'],
    ["a missing argument", '{ repository(owner: "acme") { id } }'],
    ["a syntax error", "{ repository("],
    ["item types that are not served", CLOSERS.replace("CLOSED_EVENT", "LABELED_EVENT")],
  ])("records a violation for %s", async (_what, query) => {
    const scenario = await startScenario({ expectViolations: true });
    scenario.github.openIssue(scenario.repository, "ann", { title: "Roll it" });
    const { status, body } = await ask(scenario, query, ISSUE_1);
    expect(status).toBe(200);
    expect(objectsOf(body["errors"])).not.toEqual([]);
    expect(scenario.github.violations).toMatchObject([{ side: "request", operation: "POST /graphql" }]);
  });

  test("meets faults like any request", async () => {
    const scenario = await startScenario();
    scenario.github.orderFault({ operation: "graphql", status: 502, body: { message: "Bad gateway" } });
    expect((await ask(scenario, CLOSERS, ISSUE_1)).status).toBe(502);
  });
});
