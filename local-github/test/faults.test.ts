import { describe, expect, test } from "vitest";
import { openWorkplace } from "./support/workplace.ts";

describe("ordered faults", () => {
  test("meet as many requests as ordered, after those that pass", async () => {
    const place = await openWorkplace({ private: false });
    place.github.orderFault({ operation: "repos/get", after: 1, times: 2, status: 502, body: "<html>" });
    const statuses = [];
    for (let index = 0; index < 4; index += 1)
      statuses.push((await place.ask("GET", "/repos/acme/shop")).status);
    expect(statuses).toEqual([200, 502, 502, 200]);
  });

  test("carry headers, as the secondary limit does", async () => {
    const place = await openWorkplace({ private: false });
    const message = "You have exceeded a secondary rate limit";
    const headers = { "retry-after": "60" };
    place.github.orderFault({
      method: "GET",
      path: "/repos/acme/*",
      status: 403,
      headers,
      body: { message },
    });
    const answer = await place.ask("GET", "/repos/acme/shop");
    expect(answer).toMatchObject({ status: 403, body: { message } });
    expect(answer.headers.get("retry-after")).toBe("60");
  });

  test("cut the connection before the effect, or after it", async () => {
    const place = await openWorkplace();
    const token = await place.token();
    const body = { title: "Once" };
    let met = 0;
    const onMet = (): void => {
      met += 1;
    };
    place.github.orderFault({ operation: "issues/create", reset: true, onMet });
    await expect(place.ask("POST", "/repos/acme/shop/issues", { token, body })).rejects.toThrow(
      /fetch failed/,
    );
    expect(place.github.issues(place.repository)).toHaveLength(0);
    place.github.orderFault({ operation: "issues/create", reset: "after-effect", onMet });
    await expect(place.ask("POST", "/repos/acme/shop/issues", { token, body })).rejects.toThrow(
      /fetch failed/,
    );
    expect(place.github.issues(place.repository)).toHaveLength(1);
    expect(met).toBe(2);
  });

  test("reach git as well", async () => {
    const place = await openWorkplace();
    const clone = await place.clone();
    await clone.commit("one", { "a.txt": "x\n" });
    place.github.orderFault({ operation: "git-receive-pack", status: 503, body: "busy" });
    await expect(clone.git("push", "origin", "HEAD:main")).rejects.toThrow(/503/);
    await expect(clone.git("push", "--quiet", "origin", "HEAD:main")).resolves.toBe("");
  });

  test("the delay of each request is added", async () => {
    const place = await openWorkplace({ private: false });
    place.github.site.latencyMs = 40;
    await place.ask("GET", "/repos/acme/shop");
    expect(place.github.requests.at(-1)?.ms).toBeGreaterThanOrEqual(39);
  });
});
