import { expect, test } from "vitest";
import { CHECK_NAME } from "../../src/domain/index.ts";
import { createCheckRun, findCheckRun, listIssuesBy, listOpenPulls } from "../../src/github/index.ts";
import { api, client, SHOP, useWire } from "../support/wire.ts";

useWire();

const HEAD = "a".repeat(40);
const WANTED = { name: CHECK_NAME, head: HEAD, externalId: "wanted" };

/** Answers `pages` one after the other, each with the link to the next. */
function paged(path: string, query: Record<string, string>, pages: readonly (object | unknown[])[]): void {
  for (const [index, body] of pages.entries()) {
    const page = index + 1;
    const asked: Record<string, string> = page === 1 ? query : { ...query, page: String(page) };
    const next = new URLSearchParams({ ...query, page: String(page + 1) }).toString();
    const link = { link: `<https://api.github.com${path}?${next}>; rel="next"` };
    api()
      .get(path)
      .query(asked)
      .reply(200, body, page < pages.length ? link : {});
  }
}

const issueBy = (number: number, login: string, more: object = {}) => ({
  number,
  html_url: `https://github.com/acme/shop/issues/${number}`,
  title: "t",
  body: null,
  state: "closed",
  user: { login },
  ...more,
});

test("issues are listed over all pages, and only what the app wrote counts", async () => {
  paged("/repos/acme/shop/issues", { creator: "rollcall[bot]", state: "all", per_page: "100" }, [
    [issueBy(1, "rollcall[bot]"), issueBy(2, "stranger")],
    [issueBy(3, "rollcall[bot]", { pull_request: {} })],
    [issueBy(4, "rollcall[bot]")],
  ]);
  const issues = await listIssuesBy(await client(), SHOP, "rollcall[bot]");
  expect(issues.map((issue) => issue.number)).toEqual([1, 4]);
});

test("a run is found on a later page", async () => {
  const rest = { status: "in_progress", conclusion: null, output: { annotations_count: 0 } };
  const query = { check_name: "Rollcall", filter: "all", per_page: "100" };
  paged(`/repos/acme/shop/commits/${HEAD}/check-runs`, query, [
    { total_count: 3, check_runs: [{ id: 1, external_id: "a", ...rest }] },
    { total_count: 3, check_runs: [{ id: 2, external_id: null, ...rest }] },
    { total_count: 3, check_runs: [{ id: 3, external_id: "wanted", ...rest }] },
  ]);
  expect(await findCheckRun(await client(), SHOP, WANTED)).toEqual({
    id: 3,
    annotations: 0,
    conclusion: null,
  });
});

test("a run that was never created is not found", async () => {
  const query = { check_name: "Rollcall", filter: "all", per_page: "100" };
  paged(`/repos/acme/shop/commits/${HEAD}/check-runs`, query, [{ total_count: 0, check_runs: [] }]);
  expect(await findCheckRun(await client(), SHOP, WANTED)).toBeNull();
});

test("open pull requests are listed over all pages", async () => {
  const pull = (number: number) => ({
    number,
    updated_at: "2026-11-01T00:00:00Z",
    user: { login: "ann" },
    base: { sha: "b" },
    head: { sha: "h" },
  });
  paged("/repos/acme/shop/pulls", { state: "open", per_page: "100" }, [
    Array.from({ length: 100 }, (_, index) => pull(index)),
    [pull(100)],
  ]);
  expect(await listOpenPulls(await client(), SHOP)).toHaveLength(101);
});

test("a failing page fails the list: half of it would count as all", async () => {
  const query = { state: "open", per_page: "100" };
  const link = `<https://api.github.com/repos/acme/shop/pulls?state=open&per_page=100&page=2>; rel="next"`;
  api().get("/repos/acme/shop/pulls").query(query).reply(200, [], { link });
  api()
    .get("/repos/acme/shop/pulls")
    .query({ ...query, page: "2" })
    .reply(502);
  await expect(listOpenPulls(await client(), SHOP)).rejects.toMatchObject({ code: "unavailable" });
});

test("three writes are under way at once: by Octokit's defaults each would wait for the one before", async () => {
  const allArrived = Promise.withResolvers<void>();
  let arrived = 0;
  api()
    .post("/repositories/7/check-runs")
    .times(3)
    .reply(async () => {
      arrived += 1;
      if (arrived === 3) allArrived.resolve();
      await allArrived.promise;
      return [201, { id: 1, external_id: "e" }];
    });
  const octokit = await client();
  const content = { conclusion: null, output: { title: "t", summary: "s" }, annotations: [] };
  const create = () =>
    createCheckRun(octokit, { ...SHOP, id: 7 }, { name: CHECK_NAME, head: HEAD, externalId: "e", content });
  await Promise.all([create(), create(), create()]);
  expect(arrived).toBe(3);
});
