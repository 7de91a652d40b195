import { describe, expect, test } from "vitest";
import { listActivity, listDeliveries, redeliver } from "../../src/github/index.ts";
import { api, client, SHOP, useWire } from "../support/wire.ts";

useWire();

const SINCE = new Date("2026-11-20T00:00:00Z");

/** Answers pages one after the other, each with the link to the next, which carries a cursor. */
function pages(path: string, query: Record<string, string>, bodies: readonly unknown[][]): void {
  for (const [index, body] of bodies.entries()) {
    const asked: Record<string, string> = index === 0 ? query : { ...query, cursor: `c${index}` };
    const next = new URLSearchParams({ ...query, cursor: `c${index + 1}` }).toString();
    const link = { link: `<https://api.github.com${path}?${next}>; rel="next"` };
    api()
      .get(path)
      .query(asked)
      .reply(200, body, index < bodies.length - 1 ? link : {});
  }
}

describe("deliveries", () => {
  const FAILED = { status: "failure", since: SINCE, maxPages: 100 } as const;
  const QUERY = { status: "failure", per_page: "100" };
  const delivery = (id: number, day: string, fields: object = {}) => ({
    id,
    guid: `guid-${id}`,
    delivered_at: `2026-11-${day}T12:00:00Z`,
    event: "push",
    installation_id: 5,
    ...fields,
  });

  test("are listed over all pages, no further back than asked", async () => {
    const unread = delivery(1, "18");
    pages("/app/hook/deliveries", QUERY, [
      [delivery(4, "22"), delivery(3, "21", { redelivery: true, installation_id: null })],
      [delivery(2, "20"), unread],
    ]);
    const { deliveries, isWhole } = await listDeliveries(await client(), FAILED);
    expect(isWhole).toBe(true);
    expect(deliveries).toMatchObject([
      { id: 4, guid: "guid-4", event: "push", redelivery: false, installationId: 5 },
      { id: 3, redelivery: true, installationId: null },
      { id: 2, deliveredAt: new Date("2026-11-20T12:00:00Z") },
    ]);
  });

  test("are asked for no further than the first that is too old", async () => {
    const link = { link: `<https://api.github.com/app/hook/deliveries?cursor=c1>; rel="next"` };
    api()
      .get("/app/hook/deliveries")
      .query(QUERY)
      .reply(200, [delivery(1, "18")], link);
    expect(await listDeliveries(await client(), FAILED)).toEqual({ deliveries: [], isWhole: true });
  });

  test("say that there are more of them than were asked for", async () => {
    pages("/app/hook/deliveries", QUERY, [[delivery(4, "22", { action: "opened" })], [delivery(3, "21")]]);
    const { deliveries, isWhole } = await listDeliveries(await client(), { ...FAILED, maxPages: 1 });
    expect(deliveries).toMatchObject([{ id: 4, action: "opened" }]);
    expect(isWhole).toBe(false);
  });

  test("that are not a list are an error worth a retry", async () => {
    api()
      .get("/app/hook/deliveries")
      .query(QUERY)
      .reply(200, [{ id: "x" }]);
    const listing = listDeliveries(await client(), FAILED);
    await expect(listing).rejects.toMatchObject({ code: "nonsense", retry: "soon" });
  });

  test("are made again one by one", async () => {
    api().post("/app/hook/deliveries/4/attempts").reply(202, {});
    await redeliver(await client(), 4);
    api().post("/app/hook/deliveries/4/attempts").reply(404, { message: "Not Found" });
    await expect(redeliver(await client(), 4)).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("the activity of a repository", () => {
  const PATH = "/repos/acme/shop/activity";
  const QUERY = { direction: "desc", per_page: "100" };
  const activity = (id: number, day: string, fields: object = {}) => ({
    id,
    ref: "refs/heads/main",
    before: "a".repeat(40),
    after: "b".repeat(40),
    timestamp: `2026-11-${day}T12:00:00Z`,
    activity_type: "push",
    actor: { login: "ann" },
    ...fields,
  });

  test("is listed over all pages, no further back than asked", async () => {
    pages(PATH, QUERY, [
      [activity(3, "22")],
      [activity(2, "21", { activity_type: "force_push", actor: null }), activity(1, "18")],
    ]);
    expect(await listActivity(await client(), SHOP, SINCE)).toMatchObject([
      { ref: "refs/heads/main", at: new Date("2026-11-22T12:00:00Z") },
      { ref: "refs/heads/main", before: "a".repeat(40), after: "b".repeat(40) },
    ]);
  });

  test("is an error when a page fails: half a list would count as all of it", async () => {
    const link = {
      link: `<https://api.github.com${PATH}?direction=desc&per_page=100&cursor=c1>; rel="next"`,
    };
    api()
      .get(PATH)
      .query(QUERY)
      .reply(200, [activity(3, "22")], link);
    api()
      .get(PATH)
      .query({ ...QUERY, cursor: "c1" })
      .reply(502);
    await expect(listActivity(await client(), SHOP, SINCE)).rejects.toMatchObject({ code: "unavailable" });
  });
});
