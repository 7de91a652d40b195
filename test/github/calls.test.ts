import { describe, expect, test } from "vitest";
import { GitHubError, hasRole } from "../../src/github/index.ts";
import { api, client, readShop, SHOP, useWire } from "../support/wire.ts";
import { CALLS } from "../support/github-calls.ts";

useWire();

/** When a rate limit ends, in seconds since 1970: an hour from now. */
const soon = String(Math.floor(Date.now() / 1000) + 3600);
const FAILURES = [
  [401, { message: "Bad credentials" }, {}, "unauthorized", "hours"],
  [403, { message: "Resource not accessible by integration" }, {}, "forbidden", "hours"],
  [403, { message: "Repository was archived so is read-only." }, {}, "forbidden", "hours"],
  [404, { message: "Not Found" }, {}, "not_found", "hours"],
  [410, { message: "Issues are disabled for this repo" }, {}, "gone", "never"],
  [422, { message: "Validation Failed" }, {}, "rejected", "hours"],
  [451, { message: "Repository unavailable due to DMCA takedown." }, {}, "forbidden", "hours"],
  [500, "<html>", {}, "unavailable", "soon"],
  [502, { message: "Server Error" }, {}, "unavailable", "soon"],
  [503, { message: "Unavailable" }, {}, "unavailable", "soon"],
  [403, { message: "Forbidden" }, { "retry-after": "7" }, "rate_limited", "soon"],
  [403, { message: "You have exceeded a secondary rate limit" }, {}, "rate_limited", "soon"],
  [429, { message: "Too many requests" }, { "retry-after": "7" }, "rate_limited", "soon"],
  [
    403,
    { message: "API rate limit exceeded" },
    { "x-ratelimit-remaining": "0", "x-ratelimit-reset": soon },
    "rate_limited",
    "soon",
  ],
] as const;

/** The error of a promise that must fail. */
async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
}

describe.each(CALLS)("$name", ({ method, path, run, answer, gives, absent, paged }) => {
  const request = () => api().intercept(path, method);

  test("gives what GitHub answered", async () => {
    request().reply(200, answer, typeof answer === "string" ? RAW : {});
    expect(await run(await client())).toEqual(gives);
  });

  test.each(FAILURES)(
    "%i %j %j is %s, asked once, worth a retry: %s",
    async (status, body, headers, code, retry) => {
      request().reply(status, typeof body === "string" ? body : { ...body }, { ...headers });
      const failure = await failureOf(run(await client()));
      const isAnswer = absent !== undefined && status in absent && code !== "rate_limited";
      expect(failure).toMatchObject(
        isAnswer ? { value: absent[status] } : { code, retry, retryable: retry !== "never", status },
      );
      expect(failure instanceof GitHubError).toBe(!isAnswer);
    },
  );

  test("a cut connection is worth a retry, and not retried here", async () => {
    request().replyWithError(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }));
    expect(await failureOf(run(await client()))).toMatchObject({ code: "unavailable", retryable: true });
  });

  test("an answer that is not JSON is worth a retry", async () => {
    request().reply(200, "<html>Unicorn!</html>", { "content-type": "text/html; charset=utf-8" });
    const failure = await failureOf(run(await client()));
    const code = paged ? "unavailable" : "nonsense";
    expect(failure).toMatchObject({ code, retryable: true });
    expect(failure).toBeInstanceOf(GitHubError);
  });
});

const RAW = { "content-type": "application/vnd.github.raw+json; charset=utf-8" };

test.each([
  [{ "retry-after": "7" }, 7],
  [{}, 60],
  [{ "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1" }, 60],
])("a limit with %j asks to wait %i seconds", async (headers, seconds) => {
  api()
    .get("/repos/acme/shop")
    .reply(403, { message: "You have exceeded a secondary rate limit" }, { ...headers });
  expect(await failureOf(readShop(await client()))).toMatchObject({ retryAfterSeconds: seconds });
});

test("the primary limit asks to wait for its reset", async () => {
  const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": soon };
  api().get("/repos/acme/shop").reply(403, { message: "API rate limit exceeded" }, headers);
  const error = await failureOf(readShop(await client()));
  expect(error).toMatchObject({ code: "rate_limited" });
  const seconds = error instanceof GitHubError ? (error.retryAfterSeconds ?? 0) : 0;
  // More than the minute that is waited without a reset, less than an hour and a second.
  expect(seconds).toBeGreaterThan(60);
  expect(seconds).toBeLessThanOrEqual(3601);
});

test.each([
  ["admin", true],
  ["write", true],
  ["read", false],
  ["none", false],
])("permission %s: may write is %s, whatever the role is called", async (permission, may) => {
  api()
    .get("/repos/acme/shop/collaborators/ann/permission")
    .reply(200, { permission, role_name: "release captain" });
  expect(await hasRole(await client(), SHOP, "ann", "write")).toBe(may);
});

test.each([
  ["write", { push: true }, true],
  ["maintain", { push: true, maintain: false }, false],
  ["maintain", { push: true, maintain: true }, true],
  ["admin", { push: true, maintain: true, admin: true }, true],
] as const)("the role %s with the permissions %o: %s", async (role, permissions, has) => {
  api()
    .get("/repos/acme/shop/collaborators/ann/permission")
    .reply(200, { permission: "write", role_name: "a custom role", user: { permissions } });
  expect(await hasRole(await client(), SHOP, "ann", role)).toBe(has);
});

test("an account that is gone has no role", async () => {
  api()
    .get("/repos/acme/shop/collaborators/ann/permission")
    .reply(404, { message: "ann is not a user", status: "404" });
  expect(await hasRole(await client(), SHOP, "ann", "write")).toBe(false);
});
