import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Scope } from "../../src/domain/index.ts";
import { createStore } from "../../src/store/index.ts";
import type { Store } from "../../src/store/index.ts";
import { aRepository, useDatabase } from "../support/job-context.ts";

const database = useDatabase();

const KEY = "pull_request:7";

function pull(head: number): Scope {
  return { kind: "pull_request", number: 7, base: "b".repeat(40), head: headName(head) };
}

function headName(head: number): string {
  return String(head).repeat(40);
}

function at(second: number): Date {
  return new Date(Date.UTC(2026, 10, 21, 12, 0, second));
}

/** A delivery about one pull request: its state at a second, one state a second. */
type Delivery =
  | { readonly kind: "state"; readonly head: number; readonly second: number }
  | { readonly kind: "end"; readonly second: number };

const states: fc.Arbitrary<Delivery[]> = fc
  .array(fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant("end" as const)), {
    minLength: 1,
    maxLength: 6,
  })
  .map((all) =>
    all.map((what, second) =>
      what === "end" ? { kind: "end", second } : { kind: "state", head: what, second },
    ),
  );

/** Deliveries in the order of what they describe, and in an order of arrival where some come twice. */
const deliveries = states.chain((all) =>
  fc.record({
    all: fc.constant(all),
    arriving: fc
      .subarray(all)
      .chain((again) => fc.shuffledSubarray([...all, ...again], { minLength: all.length + again.length })),
  }),
);

async function deliver(store: Store, repositoryId: number, delivery: Delivery): Promise<void> {
  if (delivery.kind === "end") await store.scopes.retire(repositoryId, KEY, at(delivery.second));
  else await store.scopes.begin(repositoryId, pull(delivery.head), false, at(delivery.second));
}

async function activeHeads(store: Store, repositoryId: number): Promise<string[]> {
  const heads = await Promise.all(
    [1, 2, 3, 4].map((head) => store.scopes.find(repositoryId, KEY, headName(head))),
  );
  return heads.filter((record) => record?.active === true).map((record) => record?.head ?? "");
}

test("whatever the order of arrival and whatever comes twice, the latest state is the one that is active", async () => {
  const store = createStore(database());
  await fc.assert(
    fc.asyncProperty(deliveries, async ({ all, arriving }) => {
      const { id } = aRepository();
      for (const delivery of arriving) await deliver(store, id, delivery);
      const latest = all.at(-1);
      expect(await activeHeads(store, id)).toEqual(latest?.kind === "state" ? [headName(latest.head)] : []);
    }),
    { numRuns: 150 },
  );
});

describe("a closed pull request", () => {
  test("is not revived by an older delivery, also where its closing was heard of first", async () => {
    const [store, { id }] = [createStore(database()), aRepository()];
    await store.scopes.retire(id, KEY, at(5));
    await store.scopes.begin(id, pull(1), false, at(4));
    expect(await activeHeads(store, id)).toEqual([]);
  });

  test("is revived by being reopened", async () => {
    const [store, { id }] = [createStore(database()), aRepository()];
    await store.scopes.begin(id, pull(1), false, at(4));
    await store.scopes.retire(id, KEY, at(5));
    await store.scopes.begin(id, pull(1), false, at(6));
    expect(await activeHeads(store, id)).toEqual([headName(1)]);
  });

  test("is not revived by a re-run", async () => {
    const [store, { id }] = [createStore(database()), aRepository()];
    await store.scopes.begin(id, pull(1), false, at(4));
    await store.scopes.retire(id, KEY, at(5));
    await store.scopes.begin(id, pull(1), false, null);
    expect(await activeHeads(store, id)).toEqual([]);
  });

  test("names the heads it was active for, and the same ones when asked again after a crash", async () => {
    const [store, { id }] = [createStore(database()), aRepository()];
    await store.scopes.begin(id, pull(1), false, at(4));
    expect(await store.scopes.retire(id, KEY, at(5))).toEqual([headName(1)]);
    expect(await store.scopes.retire(id, KEY, at(5))).toEqual([headName(1)]);
    expect(await store.scopes.retire(id, KEY, at(6))).toEqual([]);
  });

  test("shows in no list of heads", async () => {
    const [store, { id }] = [createStore(database()), aRepository()];
    await store.scopes.retire(id, "push:refs/heads/gone", at(5));
    expect(await store.scopes.readHeads(id)).toEqual([]);
  });
});

test("a new head names the one it replaces", async () => {
  const [store, { id }] = [createStore(database()), aRepository()];
  await store.scopes.begin(id, pull(1), false, at(1));
  expect(await store.scopes.begin(id, pull(2), false, at(2))).toEqual({ retired: [headName(1)] });
});

test("states of the same second retire nothing: which was first is not known", async () => {
  const [store, { id }] = [createStore(database()), aRepository()];
  await store.scopes.begin(id, pull(1), false, at(1));
  await store.scopes.begin(id, pull(2), false, at(1));
  expect(await activeHeads(store, id)).toEqual([headName(1), headName(2)]);
});

test("a scope that begins again is unread until it is finished again", async () => {
  const [store, { id }] = [createStore(database()), aRepository()];
  const result = { commits: [headName(1)], findings: [], coverage: { commits: 1, files: 1, gaps: [] } };
  await store.scopes.begin(id, pull(1), false, at(1));
  await store.scopes.finish(id, pull(1), result);
  expect(await store.scopes.find(id, KEY, headName(1))).toMatchObject({ done: true, commits: [headName(1)] });
  await store.scopes.begin(id, pull(1), false, null);
  expect(await store.scopes.find(id, KEY, headName(1))).toMatchObject({ done: false });
});
