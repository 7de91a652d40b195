import { describe, expect, it } from "vitest";
import { KeyedLock } from "../../src/source/index.ts";

describe("KeyedLock", () => {
  it("runs one task of a key at a time, in order, and tasks of other keys in parallel", async () => {
    const lock = new KeyedLock();
    const order: string[] = [];
    const gate = Promise.withResolvers<undefined>();
    const first = lock.run("a", async () => {
      await gate.promise;
      order.push("first");
      throw new Error("fails");
    });
    const second = lock.run("a", async () => void order.push("second"));
    await lock.run("b", async () => void order.push("other"));
    expect(lock.isHeld("a")).toBe(true);
    gate.resolve(undefined);
    await expect(first).rejects.toThrow("fails");
    await second;
    expect(order).toEqual(["other", "first", "second"]);
    expect(lock.isHeld("a")).toBe(false);
  });
});
