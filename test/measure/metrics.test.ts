import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createMetrics, showFigures, showReady } from "../../src/measure/index.ts";
import type { Metrics, RecordFigures } from "../../src/measure/index.ts";
import { RateLimits } from "../../src/measure/rate-limits.ts";

const NOON = new Date("2026-11-25T12:00:00Z");
const inMinutes = (minutes: number): Date => new Date(NOON.getTime() + minutes * 60_000);

let now = NOON;
function aMetrics(): Metrics {
  now = NOON;
  return createMetrics({ events: ["push"], lanes: ["hold"], version: "1.2.3", role: "web", now: () => now });
}

async function shown({ registry }: Metrics, name: string): Promise<string[]> {
  const text = await registry.getSingleMetricAsString(`rollcall_${name}`);
  return text.split("\n").filter((line) => !line.startsWith("#"));
}

const limitOf = (resource: string, remaining: number, resetAt: Date, limit = 5000) => ({
  resource,
  limit,
  remaining,
  resetAt,
});

test("of many installations' limits the tightest is shown, until it is renewed", async () => {
  const metrics = aMetrics();
  const answer = { method: "GET", status: 200, isLimited: false } as const;
  const say = (remaining: number, minutes: number, limit = 5000): void =>
    metrics.measures.gitHubAnswered({
      ...answer,
      limit: limitOf("core", remaining, inMinutes(minutes), limit),
    });
  say(4000, 10);
  say(100, 20);
  say(900, 30, 15_000);
  say(4500, 40);
  expect(await shown(metrics, "github_rate_limit_remaining")).toEqual([
    'rollcall_github_rate_limit_remaining{resource="core"} 100',
  ]);
  now = inMinutes(21);
  expect(await shown(metrics, "github_rate_limit_remaining")).toEqual([
    'rollcall_github_rate_limit_remaining{resource="core"} 900',
  ]);
  expect(await shown(metrics, "github_rate_limit")).toEqual([
    'rollcall_github_rate_limit{resource="core"} 15000',
  ]);
  now = inMinutes(60);
  expect(await shown(metrics, "github_rate_limit")).toEqual([]);
});

test("a resource that GitHub invents does not make a label of its own, and a flood of limits is bounded", () => {
  const limits = new RateLimits(["core"]);
  for (let index = 0; index < 10_000; index += 1)
    limits.note(limitOf(`made up ${index}`, 5000 - (index % 4000), new Date(NOON.getTime() + index)));
  expect([...limits.tightest(new Date(0)).keys()]).toEqual(["other"]);
});

test.each([
  [{ method: "GET", status: 200 }, "GET", "2xx"],
  [{ method: "BREW", status: 418 }, "other", "4xx"],
  [{ method: "POST", status: null }, "POST", "none"],
  [{ method: "POST", status: 403, isLimited: true }, "POST", "limited"],
])("the answer %j counts as %s %s", async (answer, method, result) => {
  const metrics = aMetrics();
  metrics.measures.gitHubAnswered({ limit: null, isLimited: false, ...answer });
  expect(await shown(metrics, "github_requests_total")).toContain(
    `rollcall_github_requests_total{method="${method}",result="${result}"} 1`,
  );
});

test("a database error counts by its class, and one of the connection as such", async () => {
  const metrics = aMetrics();
  for (const code of ["53100", "53300", "ECONNREFUSED", "database_unavailable", null])
    metrics.measures.databaseAnswered("statement", 0.1, code);
  expect(await shown(metrics, "database_errors_total")).toEqual([
    'rollcall_database_errors_total{class="53"} 2',
    'rollcall_database_errors_total{class="connection"} 2',
  ]);
});

test("only a roll counts for the time to roll, and a clock that was set back makes no negative time", async () => {
  const metrics = aMetrics();
  const event = { actor: null, how: "verified", at: NOON } as const;
  metrics.measures.leakChanged({ ...event, from: "open", to: "rolled" }, 7200);
  metrics.measures.leakChanged({ ...event, from: "open", to: "dismissed" }, 7200);
  metrics.measures.verdictShown(-5);
  expect(await shown(metrics, "time_to_roll_seconds")).toContain("rollcall_time_to_roll_seconds_count 1");
  expect(await shown(metrics, "delivery_to_check_seconds")).toContain(
    "rollcall_delivery_to_check_seconds_sum 0",
  );
});

test("the record's gauges disappear while the database does not answer, so that no alert reads an old or false 0", async () => {
  const metrics = aMetrics();
  const figures: RecordFigures = {
    queue: [{ lane: "hold", state: "waiting", jobs: 3, oldestSeconds: 7 }],
    leaks: [{ state: "open", leaks: 2 }],
    oldestOpenLeakSeconds: 99,
    unreadScopes: 4,
    oldestUnreadSeconds: 5,
    staleChecks: 6,
    repositories: [{ repository: "acme/shop", leaks: 2 }],
  };
  let answer: RecordFigures | null = figures;
  const process = {
    threads: 1,
    waitingSearches: 2,
    connections: 3,
    idleConnections: 1,
    waitingStatements: 0,
  };
  showFigures(metrics.registry, { process: () => process, record: async () => answer });
  expect(await shown(metrics, "queue_age_seconds")).toEqual(['rollcall_queue_age_seconds{lane="hold"} 7']);
  expect(await shown(metrics, "oldest_open_leak_seconds")).toEqual(["rollcall_oldest_open_leak_seconds 99"]);
  expect(await shown(metrics, "repository_open_leaks")).toEqual([
    'rollcall_repository_open_leaks{repository="acme/shop"} 2',
  ]);
  answer = null;
  for (const name of ["queue_age_seconds", "oldest_open_leak_seconds", "unread_scopes", "leaks"])
    expect(await shown(metrics, name)).toEqual([]);
});

test("docs/monitoring.md names every metric, and none that is not there", async () => {
  const metrics = aMetrics();
  showReady(metrics.registry, () => true);
  showFigures(metrics.registry, {
    process: () => ({
      threads: 0,
      waitingSearches: 0,
      connections: 0,
      idleConnections: 0,
      waitingStatements: 0,
    }),
    record: async () => null,
  });
  const page = readFileSync(join(import.meta.dirname, "../../docs/monitoring.md"), "utf8");
  const named = new Set([...page.matchAll(/`(rollcall_[a-z_]+)/g)].map(([, name = ""]) => name));
  const shownNames = metrics.registry
    .getMetricsAsArray()
    .map(({ name }) => name)
    .filter((name) => name.startsWith("rollcall_"));
  expect([...named].toSorted((a, b) => a.localeCompare(b))).toEqual(
    shownNames.toSorted((a, b) => a.localeCompare(b)),
  );
});
