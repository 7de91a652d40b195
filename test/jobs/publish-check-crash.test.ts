import { describe, expect, test } from "vitest";
import { publishCheck } from "../../src/jobs/publish-check.ts";
import { createStore } from "../../src/store/index.ts";
import type { Store } from "../../src/store/index.ts";
import { aContext, aRepository, useDatabase } from "../support/job-context.ts";
import type { FakeGitHub } from "../support/fake-github.ts";
import { findingsOn, finished, PUSH } from "../support/scopes.ts";
import { HEAD } from "../support/reported.ts";

const database = useDatabase();

const COUNT = 120;

/** The annotations of the run that counts: each of them once. */
function expectWhole(github: FakeGitHub): void {
  const lines = (github.current(HEAD)?.annotations ?? []).map(({ start_line: line }) => line);
  expect(lines).toHaveLength(COUNT);
  expect(new Set(lines).size).toBe(COUNT);
  expect(github.current(HEAD)?.conclusion).toBe("failure");
}

/** A store whose record of check runs fails from its `at`th write on, as if the process had died there. */
function dyingStore(at: number): Store & { alive: boolean } {
  const store = createStore(database());
  let writes = 0;
  const dying = {
    ...store,
    alive: false,
    checkRuns: {
      ...store.checkRuns,
      async save(...args: Parameters<typeof store.checkRuns.save>): Promise<void> {
        if (!dying.alive && writes >= at) throw new Error("killed");
        writes += 1;
        await store.checkRuns.save(...args);
      },
    },
  };
  return dying;
}

/** Six writes: before and after each of three requests. */
test.each([0, 1, 2, 3, 4, 5])(
  "killed at write %i of the record: the next try shows all, once",
  async (at) => {
    const store = dyingStore(at);
    const [context, repository] = [aContext(database(), { store }), aRepository()];
    await finished(store, repository, PUSH, findingsOn(COUNT));
    await expect(publishCheck(context, repository, HEAD)).rejects.toThrow("killed");
    expect(context.github.current(HEAD)?.conclusion).not.toBe("success");
    store.alive = true;
    await publishCheck(context, repository, HEAD);
    expectWhole(context.github);
    expect(context.github.runs.length).toBeLessThanOrEqual(2);
  },
);

describe.each(["before", "after"] as const)("a connection cut %s the effect", (when) => {
  test.each([0, 1, 2])("of request %i: the next try shows all, once", async (which) => {
    const [context, repository] = [aContext(database()), aRepository()];
    await finished(context.store, repository, PUSH, findingsOn(COUNT));
    let writes = 0;
    context.github.fault = (request) => {
      if (request.startsWith("GET")) return null;
      writes += 1;
      return writes - 1 === which ? when : null;
    };
    await expect(publishCheck(context, repository, HEAD)).rejects.toMatchObject({ retryable: true });
    context.github.fault = () => null;
    await publishCheck(context, repository, HEAD);
    expectWhole(context.github);
    expect(context.github.runs.length).toBeLessThanOrEqual(2);
  });
});

test.each([0, 1, 2, 3, 4, 5])(
  "green that turns red, killed at write %i: never green once GitHub has heard of it",
  async (at) => {
    const store = dyingStore(at + 2);
    const [context, repository] = [aContext(database(), { store }), aRepository()];
    await finished(store, repository, PUSH, []);
    await publishCheck(context, repository, HEAD);
    expect(context.github.current(HEAD)?.conclusion).toBe("success");
    const before = context.github.asked("P").length;
    await finished(store, repository, PUSH, findingsOn(COUNT));
    await expect(publishCheck(context, repository, HEAD)).rejects.toThrow("killed");
    const heard = context.github.asked("P").length > before;
    expect(context.github.current(HEAD)?.conclusion === "success").toBe(!heard);
    store.alive = true;
    await publishCheck(context, repository, HEAD);
    expectWhole(context.github);
  },
);

test("a run whose answer was lost is taken over, not made again", async () => {
  const [context, repository] = [aContext(database()), aRepository()];
  await finished(context.store, repository, PUSH, []);
  context.github.fault = (request) => (request.startsWith("POST") ? "after" : null);
  await expect(publishCheck(context, repository, HEAD)).rejects.toMatchObject({ retryable: true });
  context.github.fault = () => null;
  await publishCheck(context, repository, HEAD);
  expect(context.github.runs).toMatchObject([{ conclusion: "success" }]);
});
