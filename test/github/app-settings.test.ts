import { describe, expect, test } from "vitest";
import {
  GitHubError,
  isInstalledOn,
  isUnknownApp,
  lastAttempts,
  listInstallations,
  readAppSettings,
  readClock,
  readHookSettings,
} from "../../src/github/index.ts";
import { api, client, useWire } from "../support/wire.ts";

useWire();

const GRANTED = { permissions: { checks: "write" }, events: ["push"] };

test("an app without the fields that older servers leave out is read all the same", async () => {
  api()
    .get("/app")
    .reply(200, { slug: "rollcall", ...GRANTED });
  expect(await readAppSettings(await client())).toEqual({ slug: "rollcall", page: "", ...GRANTED });
});

test.each([
  [404, "Integration not found", true],
  [401, "A JSON web token could not be decoded", false],
])("a refusal with %i %j says whether the app is unknown: %s", async (status, message, isUnknown) => {
  api().get("/app").reply(status, { message });
  const error: unknown = await readAppSettings(await client()).catch((thrown: unknown) => thrown);
  expect(error instanceof GitHubError && isUnknownApp(error)).toBe(isUnknown);
});

describe("installations", () => {
  const installation = (id: number, fields: object = {}) => ({ id, ...GRANTED, ...fields });

  test("are listed up to as many pages as asked for, and it is said that there are more", async () => {
    const query = { per_page: "100" };
    const next = { link: `<https://api.github.com/app/installations?per_page=100&page=2>; rel="next"` };
    api()
      .get("/app/installations")
      .query(query)
      .reply(
        200,
        [
          installation(1, { account: { login: "acme" }, repository_selection: "selected" }),
          installation(2, { account: null, suspended_at: "2026-11-01T00:00:00Z" }),
        ],
        next,
      );
    api()
      .get("/app/installations")
      .query({ ...query, page: "2" })
      .reply(200, [installation(3)]);
    const { installations, isWhole } = await listInstallations(await client(), 1);
    expect(isWhole).toBe(false);
    expect(installations).toMatchObject([
      { account: "acme", isSelection: true, isSuspended: false, page: "" },
      { account: "installation 2", isSelection: false, isSuspended: true },
    ]);
  });

  test("cover a repository, or not; anything else is an error", async () => {
    const path = "/repos/acme/.github/installation";
    api().get(path).reply(200, { id: 1 });
    api().get(path).reply(404, { message: "Not Found" });
    api().get(path).reply(500, { message: "oops" });
    const asApp = await client();
    expect(await isInstalledOn(asApp, "acme", ".github")).toBe(true);
    expect(await isInstalledOn(asApp, "acme", ".github")).toBe(false);
    await expect(isInstalledOn(asApp, "acme", ".github")).rejects.toMatchObject({ code: "unavailable" });
  });
});

test.each([
  [
    { url: "https://a.example/hook", content_type: "json", insecure_ssl: "0", secret: "********" },
    true,
    true,
  ],
  [{ url: "https://a.example/hook", content_type: "json", insecure_ssl: 1 }, false, false],
])("the webhook %j", async (answer, verifiesCertificate, hasSecret) => {
  api().get("/app/hook/config").reply(200, answer);
  expect(await readHookSettings(await client())).toEqual({
    url: "https://a.example/hook",
    contentType: "json",
    verifiesCertificate,
    hasSecret,
  });
});

test("the last attempts are read with how they were answered", async () => {
  const attempt = {
    guid: "g",
    delivered_at: "2026-11-25T10:00:00Z",
    event: "push",
    status_code: 0,
    status: "timed out",
  };
  api().get("/app/hook/deliveries").query({ per_page: "100" }).reply(200, [attempt]);
  expect(await lastAttempts(await client())).toEqual([
    { guid: "g", at: new Date("2026-11-25T10:00:00Z"), event: "push", statusCode: 0, status: "timed out" },
  ]);
});

test("GitHub's clock is the date of an answer, whatever its status; without a date it is unknown", async () => {
  const date = "Wed, 25 Nov 2026 10:00:00 GMT";
  api().get("/rate_limit").reply(403, {}, { date });
  api().get("/rate_limit").reply(200, {});
  expect(await readClock("https://api.github.com", 1000)).toEqual(new Date("2026-11-25T10:00:00Z"));
  expect(await readClock("https://api.github.com", 1000)).toBeNull();
});
