import { describe, expect, test } from "vitest";
import type { FaultOrder } from "../index.ts";
import type { Scenario } from "./support/scenario.ts";
import { startScenario } from "./support/scenario.ts";

const ISSUES = "/repos/acme/shop/issues";

/** Settles only if the promise does: lets a test see that an answer has not come. */
function outcome(promise: Promise<unknown>): Promise<"answered" | "broken"> {
  return promise.then(
    () => "answered" as const,
    () => "broken" as const,
  );
}

function silence(): Promise<"silent"> {
  return new Promise((resolve) => setImmediate(resolve, "silent"));
}

/** Opens the issue "Once" through REST while the fault is ordered. */
async function openOnce(scenario: Scenario, order: FaultOrder, signal?: AbortSignal) {
  const token = await scenario.token();
  scenario.github.orderFault({ operation: "issues/create", ...order });
  return {
    answer: scenario.ask("POST", ISSUES, {
      token,
      body: { title: "Once" },
      ...(signal === undefined ? {} : { signal }),
    }),
    opened: () => scenario.github.issues(scenario.repository).length,
  };
}

describe("faults", () => {
  test("apply to as many requests as ordered, after those that pass", async () => {
    const scenario = await startScenario({ private: false });
    scenario.github.orderFault({ operation: "repos/get", after: 1, times: 2, status: 502, body: "<html>" });
    const statuses = [];
    for (let index = 0; index < 4; index += 1)
      statuses.push((await scenario.ask("GET", "/repos/acme/shop")).status);
    expect(statuses).toEqual([200, 502, 502, 200]);
  });

  test("carry headers, like the secondary rate limit", async () => {
    const scenario = await startScenario({ private: false });
    const message = "You have exceeded a secondary rate limit";
    const headers = { "retry-after": "60" };
    const path = "/repos/acme/*";
    scenario.github.orderFault({ method: "GET", path, status: 403, headers, body: { message } });
    const answer = await scenario.ask("GET", "/repos/acme/shop");
    expect(answer).toMatchObject({ status: 403, body: { message } });
    expect(answer.headers.get("retry-after")).toBe("60");
  });

  test("last until they are lifted", async () => {
    const scenario = await startScenario({ private: false });
    const fault = scenario.github.orderFault({ path: "/*", times: Infinity, answer: "bad-credentials" });
    const ask = () => scenario.ask("GET", "/repos/acme/shop");
    for (let index = 0; index < 3; index += 1)
      expect(await ask()).toMatchObject({ status: 401, body: { message: "Bad credentials" } });

    fault.lift();
    expect((await ask()).status).toBe(200);
  });

  test("can add latency to every request", async () => {
    const scenario = await startScenario({ private: false });
    scenario.github.setLatency(40);
    await scenario.ask("GET", "/repos/acme/shop");
    expect(scenario.github.requests.at(-1)?.ms).toBeGreaterThanOrEqual(39);
  });
});

describe("a fault of a REST request", () => {
  test.each([
    { reset: true, opened: 0 },
    { reset: "before-effect", opened: 0 },
    { reset: "after-effect", opened: 1 },
    { reset: "mid-body", opened: 1 },
  ] as const)("cuts the connection: $reset", async ({ reset, opened }) => {
    const scenario = await startScenario();
    let seen = -1;
    const onMet = (): void => {
      seen = scenario.github.issues(scenario.repository).length;
    };
    const request = await openOnce(scenario, { reset, onMet });
    expect(await outcome(request.answer)).toBe("broken");
    expect(request.opened()).toBe(opened);
    expect(seen).toBe(opened);
  });

  test.each([
    { hang: true, opened: 0 },
    { hang: "after-effect", opened: 1 },
    { hang: "mid-body", opened: 1 },
  ] as const)("never completes the answer: $hang", async ({ hang, opened }) => {
    const scenario = await startScenario();
    const abort = new AbortController();
    const before = scenario.github.requests.length + 1;
    const request = await openOnce(scenario, { hang }, abort.signal);
    const result = outcome(request.answer);
    await scenario.github.until(() => scenario.github.requests.length > before, "the request");
    expect(await Promise.race([result, silence()])).toBe("silent");
    expect(request.opened()).toBe(opened);
    abort.abort();
    expect(await result).toBe("broken");
  });

  test("sends half of the body and then stays silent", async () => {
    const scenario = await startScenario({ private: false });
    const whole = await scenario.ask("GET", "/repos/acme/shop");
    scenario.github.orderFault({ operation: "repos/get", hang: "mid-body" });
    const response = await fetch(`${scenario.github.apiUrl}/repos/acme/shop`);
    expect(response.status).toBe(200);
    const reader = response.body?.getReader();
    const first = await reader?.read();
    const length = Buffer.byteLength(whole.text);
    expect(response.headers.get("content-length")).toBe(String(length));
    expect(first?.value).toHaveLength(Math.floor(length / 2));
    await reader?.cancel();
  });

  test("truncates the JSON of a request that took effect", async () => {
    const scenario = await startScenario();
    const request = await openOnce(scenario, { answer: "truncated" });
    const answer = await request.answer;
    expect(answer.status).toBe(201);
    expect(answer.text).toMatch(/^\{"id":/);
    // `ask` leaves a body that is not JSON as text.
    expect(answer.body).toBe(answer.text);
    expect(request.opened()).toBe(1);
  });

  test("answers an HTML page with status 200", async () => {
    const scenario = await startScenario();
    const request = await openOnce(scenario, { answer: "html-page" });
    const answer = await request.answer;
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toMatch(/^text\/html/);
    expect(answer.text).toMatch(/^<!DOCTYPE html>/);
    expect(request.opened()).toBe(0);
  });
});

describe("a fault of git", () => {
  async function withCommit() {
    const scenario = await startScenario();
    const clone = await scenario.clone();
    const sha = await clone.commit("one", { "a.txt": "x\n" });
    const pushed = async () => (await scenario.github.commit(scenario.repository, "refs/heads/main"))?.sha;
    return { scenario, clone, sha, pushed };
  }

  test("answers a status, once", async () => {
    const { scenario, clone } = await withCommit();
    scenario.github.orderFault({ operation: "git-receive-pack", status: 503, body: "busy" });
    await expect(clone.git("push", "origin", "HEAD:main")).rejects.toThrow(/503/);
    await expect(clone.git("push", "--quiet", "origin", "HEAD:main")).resolves.toBe("");
  });

  test.each([
    ["before-effect", false],
    ["after-effect", true],
    ["mid-body", true],
  ] as const)("cuts the connection of a push: %s", async (reset, takesEffect) => {
    const { scenario, clone, sha, pushed } = await withCommit();
    // curl sends a request again if the connection was used before and breaks before any answer.
    const times = Infinity;
    scenario.github.orderFault({ method: "POST", operation: "git-receive-pack", times, reset });
    await expect(clone.git("push", "origin", "HEAD:main")).rejects.toThrow(/push/);
    await scenario.github.idle();
    expect(await pushed()).toBe(takesEffect ? sha : undefined);
    expect(scenario.events("push")).toHaveLength(takesEffect ? 1 : 0);
  });

  test("never answers a push that took effect", async () => {
    const { scenario, clone, sha, pushed } = await withCommit();
    scenario.github.orderFault({ method: "POST", operation: "git-receive-pack", hang: "after-effect" });
    const abort = new AbortController();
    const result = outcome(clone.gitUntil(abort.signal, "push", "origin", "HEAD:main"));
    await scenario.github.until(() => scenario.events("push").length === 1, "the push");
    expect(await Promise.race([result, silence()])).toBe("silent");
    expect(await pushed()).toBe(sha);
    abort.abort();
    expect(await result).toBe("broken");
  });

  test.each([
    { reset: "mid-body" },
    { answer: "truncated" },
    { answer: "html-page" },
    { answer: "bad-credentials" },
  ] as const)("fails a fetch: %o", async (order) => {
    const { scenario, clone } = await withCommit();
    await clone.git("push", "--quiet", "origin", "HEAD:main");
    const url = scenario.appUrl(await scenario.token());
    const other = await scenario.clone();
    await other.git("update-ref", "-d", "HEAD");
    const fetchAll = () => other.git("fetch", "--quiet", url, "refs/heads/main:refs/heads/copy");
    const fault = scenario.github.orderFault({ operation: "git-upload-pack", times: Infinity, ...order });
    await expect(fetchAll()).rejects.toThrow(/fetch/);
    fault.lift();
    await expect(fetchAll()).resolves.toBe("");
  });
});
