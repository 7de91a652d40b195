import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { freePort } from "../../fixtures/free-port.ts";
import { keyOf } from "../../fixtures/keys.ts";
import { createMetrics, NO_MEASURES } from "../../src/measure/index.ts";
import type { RecordFigures } from "../../src/measure/index.ts";
import { parseEnvironment } from "../../src/server/environment.ts";
import { createLog } from "../../src/server/log.ts";
import { watchClock } from "../../src/server/monitor/clock.ts";
import { measureDeliveries } from "../../src/server/monitor/measure-deliveries.ts";
import { MonitorPortError, startMonitor } from "../../src/server/monitor/monitor-server.ts";
import { watchReadiness } from "../../src/server/monitor/readiness.ts";
import { cachedFigures } from "../../src/server/monitor/record-figures.ts";
import { StoreError } from "../../src/store/index.ts";

const TOKEN = "a token of sixteen characters";

function aLog(): { readonly log: ReturnType<typeof createLog>; readonly text: () => string } {
  const lines: string[] = [];
  return {
    log: createLog("trace", { write: (line) => void lines.push(line) }),
    text: () => lines.join(""),
  };
}

async function aMonitor(
  token: string | null = null,
  parts: Partial<Parameters<typeof startMonitor>[1]> = {},
): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const server = await startMonitor(
    { host: "127.0.0.1", port: await freePort(), isChosen: true, token, names: false },
    {
      ready: async () => ({ problem: null }),
      metrics: async () => ({ type: "text/plain; version=0.0.4", text: "up 1\n" }),
      log: createLog("silent"),
      ...parts,
    },
  );
  onTestFinished(() => server.stop());
  return (path, init) => fetch(`http://127.0.0.1:${server.port}${path}`, init);
}

describe("the server for monitoring", () => {
  test.each([
    ["GET", "/healthz", 200, "ok\n"],
    ["GET", "/readyz", 200, "ok\n"],
    ["GET", "/readyz?verbose", 200, "ok\n"],
    ["GET", "/metrics", 200, "up 1\n"],
    ["HEAD", "/healthz", 200, ""],
    ["POST", "/metrics", 405, "Only GET.\n"],
    ["GET", "/", 404, "There are /healthz, /readyz and /metrics.\n"],
    ["GET", "/metrics/../../etc", 404, "There are /healthz, /readyz and /metrics.\n"],
  ])("answers %s %s with %i, and protects the answer", async (method, path, status, text) => {
    const ask = await aMonitor();
    const answer = await ask(path, { method });
    expect([answer.status, await answer.text()]).toEqual([status, text]);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("x-powered-by")).toBeNull();
  });

  test.each([
    [undefined, 401],
    ["Bearer ", 401],
    ["Bearer wrong", 401],
    [`Bearer ${TOKEN} `, 200],
    [`bearer ${TOKEN}`, 200],
    [`Bearer ${TOKEN.slice(0, -1)}`, 401],
    [`Basic ${TOKEN}`, 401],
    [TOKEN, 401],
  ])("with a token, answers the authorization %j for the metrics with %i", async (authorization, status) => {
    const ask = await aMonitor(TOKEN);
    const headers = authorization === undefined ? {} : { authorization };
    expect((await ask("/metrics", { headers })).status).toBe(status);
    expect((await ask("/healthz")).status).toBe(200);
    expect((await ask("/readyz")).status).toBe(200);
  });

  test("says why it is not ready, and nothing of an error", async () => {
    const ask = await aMonitor(null, {
      ready: async () => ({ problem: "The disk of the database is full (53100)." }),
      metrics: async () => {
        throw new Error("words of an error");
      },
    });
    const [ready, metrics] = [await ask("/readyz"), await ask("/metrics")];
    expect([ready.status, await ready.text()]).toEqual([503, "The disk of the database is full (53100).\n"]);
    expect([metrics.status, await metrics.text()]).toEqual([500, ""]);
  });

  test("a port that is taken ends the start if the operator chose it, and is only said if not", async () => {
    const port = await freePort();
    const other = createServer().listen(port, "127.0.0.1");
    await once(other, "listening");
    onTestFinished(() => void other.close());
    const { log, text } = aLog();
    const parts = {
      ready: async () => ({ problem: null }),
      metrics: async () => ({ type: "", text: "" }),
      log,
    };
    const at = { host: "127.0.0.1", port, token: null, names: false };
    await expect(startMonitor({ ...at, isChosen: true }, parts)).rejects.toThrow(MonitorPortError);
    expect((await startMonitor({ ...at, isChosen: false }, parts)).port).toBeNull();
    expect(text()).toContain("set MONITOR_PORT");
  });

  test.each([
    [{}, { host: "127.0.0.1", port: 9400, isChosen: false, token: null, names: false }],
    [{ MONITOR_PORT: "9500" }, { port: 9500, isChosen: true }],
    [
      { MONITOR_HOST: "0.0.0.0", MONITOR_TOKEN: TOKEN },
      { host: "0.0.0.0", token: TOKEN },
    ],
    [{ MONITOR_HOST: "::1" }, { host: "::1", token: null }],
    [{ MONITOR_REPOSITORIES: "true" }, { names: true }],
  ])("the environment %j makes it %j", (variables, monitor) => {
    const environment = parseEnvironment({
      APP_ID: "1",
      PRIVATE_KEY: "-----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE KEY-----",
      WEBHOOK_SECRET: "a secret of the tests",
      ...variables,
    });
    expect(environment).toMatchObject({ monitor });
  });

  test.each([
    [{ MONITOR_HOST: "0.0.0.0" }, "MONITOR_TOKEN is missing"],
    [{ MONITOR_HOST: "127.0.0.1.example.org" }, "MONITOR_TOKEN is missing"],
    [{ MONITOR_TOKEN: "short" }, "MONITOR_TOKEN must have at least 16 characters"],
    [{ MONITOR_PORT: "70000" }, "MONITOR_PORT"],
  ])("the environment %j is refused: %s", (variables, words) => {
    expect(() => parseEnvironment(variables)).toThrow(words);
  });
});

describe("readiness", () => {
  const full = new StoreError("database_unavailable", "The disk of the database is full (53100).");

  test("follows the trial deliveries, and says each change in one line", async () => {
    const { log, text } = aLog();
    let error: unknown = null;
    const store = async (): Promise<void> => {
      if (error !== null) throw error;
    };
    const watch = watchReadiness({ store, log });
    onTestFinished(() => watch.stop());
    expect(await watch.ask()).toEqual({ problem: null });
    expect(text()).toBe("");
    error = full;
    watch.doubt();
    await expect.poll(() => watch.last().problem).toBe(full.message);
    watch.doubt();
    await watch.ask();
    expect(
      text()
        .split("\n")
        .filter((line) => line.includes("deliveries cannot be stored")),
    ).toHaveLength(1);
    error = null;
    watch.doubt();
    await expect.poll(() => watch.last().problem).toBeNull();
    expect(text()).toContain("deliveries can be stored again");
  });

  test("an error without words for people is not shown", async () => {
    const { log } = aLog();
    const watch = watchReadiness({ store: () => Promise.reject(new Error("at db.example.org")), log });
    onTestFinished(() => watch.stop());
    expect(await watch.ask()).toEqual({ problem: "The database refused a trial delivery." });
  });

  test("a database that does not answer makes it red in the end, and many who ask are one trial", async () => {
    const { log } = aLog();
    let trials = 0;
    const watch = watchReadiness({
      log,
      limitMs: 1,
      store: () => {
        trials += 1;
        return new Promise(() => {});
      },
    });
    onTestFinished(() => watch.stop());
    const answers = await Promise.all([watch.ask(), watch.ask(), watch.ask()]);
    expect(answers.map(({ problem }) => problem)).toEqual(
      Array.from({ length: 3 }, () => "The database did not answer in time."),
    );
    expect(trials).toBe(1);
  });

  test("once it stops it is red and makes no trial", async () => {
    const { log } = aLog();
    const watch = watchReadiness({ store: async () => {}, log });
    watch.stop();
    expect(await watch.ask()).toEqual({ problem: "Rollcall is stopping." });
  });
});

describe("the watch over the clock", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([
    ["set ahead by an hour", 3_600_000, 1],
    ["set back by an hour", -3_600_000, 1],
    ["slewed by a second", 1000, 0],
  ])("a clock that is %s: %i ms, %i jumps", (_name, by, jumps) => {
    vi.useFakeTimers();
    const { log, text } = aLog();
    let [now, elapsed, planned, counted] = [1e12, 0, 0, 0];
    const measures = { ...NO_MEASURES, clockJumped: () => void (counted += 1) };
    const plan = async (): Promise<void> => void (planned += 1);
    const clocks = { now: () => now, elapsed: () => elapsed };
    const stop = watchClock(log, measures, plan, { clocks, everyMs: 10 });
    for (let step = 0; step < 5; step += 1) {
      elapsed += 10;
      now += 10 + (step === 2 ? by : 0);
      vi.advanceTimersByTime(10);
    }
    stop();
    expect([planned, counted]).toEqual([jumps, jumps]);
    expect(text().split("the clock of this machine was set").length - 1).toBe(jumps);
  });
});

describe("the figures of the record", () => {
  const figures: RecordFigures = {
    queue: [],
    leaks: [],
    oldestOpenLeakSeconds: 0,
    unreadScopes: 0,
    oldestUnreadSeconds: 0,
    staleChecks: 0,
    repositories: null,
  };

  test("are read once for many scrapes, and again when they are old", async () => {
    let reads = 0;
    const read = async (): Promise<RecordFigures> => {
      reads += 1;
      return figures;
    };
    const often = cachedFigures(read, createLog("silent"));
    await Promise.all([often(), often(), often()]);
    await often();
    expect(reads).toBe(1);
    const old = cachedFigures(read, createLog("silent"), -1);
    await old();
    await old();
    expect(reads).toBe(3);
  });

  test("are left out while the database does not work", async () => {
    const read = cachedFigures(() => Promise.reject(new Error("gone")), createLog("silent"));
    expect(await read()).toBeNull();
  });

  test("show a repository that is named like a key redacted", async () => {
    const key = keyOf("sk_live_", "name of a repository");
    const repositories = [{ repository: `acme/${key}`, leaks: 1 }];
    const read = cachedFigures(async () => ({ ...figures, repositories }), createLog("silent"));
    expect(JSON.stringify(await read())).not.toContain(key.slice(12, 60));
  });
});

test("deliveries are counted by event and answer, and a made-up event does not make a label", async () => {
  const { measures, registry } = createMetrics({
    events: ["push"],
    lanes: [],
    version: "1",
    role: "all",
    now: () => new Date(),
  });
  const server = createServer((request, response) => {
    if (request.url === "/hook?cut") response.destroy();
    else response.writeHead(Number(request.headers["x-status"])).end();
  });
  server.on("request", measureDeliveries("/hook", measures));
  server.listen(await freePort(), "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const send = async (path: string, event: string, status: number): Promise<void> => {
    const headers = { "x-github-event": event, "x-status": String(status), connection: "close" };
    await fetch(`${url}${path}`, { method: "POST", headers }).then(
      (answer) => answer.text(),
      () => null,
    );
  };
  await send("/hook", "push", 200);
  await send("/hook", "push", 503);
  await send("/hook", "__proto__", 400);
  await send("/hook?cut", "push", 200);
  await send("/other", "push", 200);
  const counted = async (): Promise<string[]> =>
    (await registry.getSingleMetricAsString("rollcall_deliveries_total"))
      .split("\n")
      .filter((line) => /^rollcall.* [1-9]/.test(line));
  await expect
    .poll(counted)
    .toEqual([
      'rollcall_deliveries_total{event="push",result="accepted"} 1',
      'rollcall_deliveries_total{event="push",result="failed"} 1',
      'rollcall_deliveries_total{event="push",result="unanswered"} 1',
      'rollcall_deliveries_total{event="other",result="refused"} 1',
    ]);
});
