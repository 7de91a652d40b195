import { expect, onTestFinished, test, vi } from "vitest";
import { atOnce, defaultPacing, NOTIFICATION_MS, pacingGroup } from "../../src/github/pacing.ts";

const DAY = 86_400_000;

test("after the clock was set back, requests do not wait for the time that it had", async () => {
  let now = 2 * DAY;
  const group = pacingGroup({ maxConcurrent: 1 }, () => now);
  const before = group.key("app");
  expect(await before.schedule(async () => "before")).toBe("before");
  now = 0;
  const after = group.key("app");
  expect(after).not.toBe(before);
  expect(await after.schedule(async () => "after")).toBe("after");
});

test("what waits when the clock is set back fails, so the queue tries it again", async () => {
  let now = 2 * DAY;
  const group = pacingGroup({ maxConcurrent: 1 }, () => now);
  const [begun, running] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const first = group.key("app").schedule(() => {
    begun.resolve();
    return running.promise;
  });
  await begun.promise;
  const waiting = group
    .key("app")
    .schedule(async () => "never")
    .catch((error: unknown) => (error instanceof Error ? error.message : ""));
  now = 0;
  group.key("app");
  expect(await waiting).toContain("stopped");
  running.resolve();
  await first;
});

test("a step of milliseconds, or ahead, keeps the limiter", () => {
  let now = 2 * DAY;
  const group = pacingGroup({}, () => now);
  const limiter = group.key("app");
  now -= 20;
  expect(group.key("app")).toBe(limiter);
  now += DAY;
  expect(group.key("app")).toBe(limiter);
});

test("issues and comments are so far apart that a minute never has more than 20 of them", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { notifications } = defaultPacing(NOTIFICATION_MS);
  const at: number[] = [];
  const sent = Array.from({ length: 41 }, () =>
    notifications.key("installation").schedule({}, async () => void at.push(Date.now())),
  );
  await vi.advanceTimersByTimeAsync(41 * NOTIFICATION_MS);
  await Promise.all(sent);
  for (const [index, first] of at.slice(0, 21).entries())
    expect((at[index + 20] ?? 0) - first).toBeGreaterThan(60_000);
});

test("of requests with one id so many run at once, in their order, and one that fails makes room", async () => {
  const group = atOnce(2);
  const order: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<string>>();
  const start = (name: string, id = "one"): Promise<string> =>
    group
      .key(id)
      .schedule(
        {},
        async (given: string) => {
          order.push(given);
          const end = Promise.withResolvers<string>();
          ends.set(given, end);
          return end.promise;
        },
        name,
      )
      .catch((error: unknown) => (error instanceof Error ? error.message : ""));
  const all = [start("a"), start("b"), start("c"), start("d"), start("e", "another")];
  await Promise.resolve();
  expect(order).toEqual(["a", "b", "e"]);
  ends.get("b")?.reject(new Error("b failed"));
  expect(await all[1]).toBe("b failed");
  expect(order).toEqual(["a", "b", "e", "c"]);
  ends.get("a")?.resolve("a");
  await all[0];
  expect(order).toEqual(["a", "b", "e", "c", "d"]);
  for (const name of ["c", "d", "e"]) ends.get(name)?.resolve(name);
  expect(await Promise.all(all)).toEqual(["a", "b failed", "c", "d", "e"]);
});
