import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { createDeliveryStore } from "../../src/server/delivery-store.ts";

class Passing extends Error {
  readonly retry = "soon";
}

/** A store that waits for `release` with each batch, and keeps the batches. */
function aHeldStore() {
  const batches: (readonly string[])[] = [];
  let release = Promise.withResolvers<void>();
  return {
    batches,
    release(): void {
      release.resolve();
      release = Promise.withResolvers<void>();
    },
    store: async (deliveries: readonly string[]): Promise<void> => {
      batches.push(deliveries);
      await release.promise;
    },
  };
}

test("a single delivery is stored at once; those that arrive meanwhile share the next statement", async () => {
  const held = aHeldStore();
  const deliveries = createDeliveryStore<string>({ store: held.store, tryMs: 1000 });
  const added = ["a", "b", "c"].map((one) => deliveries.add(one));
  expect(held.batches).toEqual([["a"]]);
  held.release();
  await added[0];
  await setImmediate();
  expect(held.batches).toEqual([["a"], ["b", "c"]]);
  held.release();
  await Promise.all(added);
});

test("a failure that may pass is retried until it does", async () => {
  let failures = 3;
  const deliveries = createDeliveryStore<string>({
    tryMs: 60_000,
    pauseMs: 1,
    async store() {
      failures -= 1;
      if (failures >= 0) throw new Passing("the database starts");
    },
  });
  await deliveries.add("a");
  expect(failures).toBe(-1);
});

test("what does not pass in time is an error, and the next delivery is stored when it can be", async () => {
  let away = true;
  const deliveries = createDeliveryStore<string>({
    tryMs: 5,
    pauseMs: 1,
    async store() {
      if (away) throw new Passing("the disk is full");
    },
  });
  await expect(deliveries.add("a")).rejects.toThrow("the disk is full");
  away = false;
  await deliveries.add("b");
});

test("one delivery that cannot be stored does not take the others with it", async () => {
  const stored: string[] = [];
  const held = aHeldStore();
  const deliveries = createDeliveryStore<string>({
    tryMs: 60_000,
    async store(batch) {
      if (stored.length === 0 && batch.length === 1 && batch[0] === "first") await held.store(batch);
      if (batch.includes("bad")) throw new TypeError("a statement that is wrong");
      stored.push(...batch);
    },
  });
  const added = ["first", "good", "bad", "also good"].map((one) => deliveries.add(one));
  held.release();
  const outcomes = await Promise.allSettled(added);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
  expect(stored).toEqual(["first", "good", "also good"]);
});
