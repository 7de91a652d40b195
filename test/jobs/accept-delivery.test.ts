import { describe, expect, test } from "vitest";
import type { InstalledRepository, Notice, Scope } from "../../src/domain/index.ts";
import { runJob } from "../../src/jobs/index.ts";
import { loadRepository } from "../../src/jobs/load-repository.ts";
import { publishCheck } from "../../src/jobs/publish-check.ts";
import { MAX_ENDED } from "../../src/jobs/scope-life.ts";
import { interruptible } from "../support/interruptible.ts";
import { aContext, aRepository } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import { aNotice, MAIN, NOON, PULL } from "../support/notices.ts";
import { commitAnswer, PARENT, SHA } from "../support/rest-answers.ts";

function aCleanContext(): FakeContext {
  const context = aContext();
  context.github.commits.set(SHA, commitAnswer([]));
  return context;
}

function lanes(context: FakeContext): string[] {
  return context.queue.all().map(({ job, stored, state }) => `${job.kind} ${stored.lane} ${state}`);
}

test("a scope counts from its acceptance: it is on record with its job before anything is read", async () => {
  const [context, repository] = [aCleanContext(), aRepository()];
  await context.accept([aNotice(repository)]);
  expect(await context.record.scopes.atHead(repository.id, SHA)).toMatchObject([
    { state: "noted", ended: null },
  ]);
  expect(lanes(context)).toEqual(["scan trusted waiting"]);
});

test("where a check shows green, a job of the quickest lane takes it back", async () => {
  const [context, repository] = [aCleanContext(), aRepository()];
  await context.accept([aNotice(repository)]);
  await context.settle();
  await context.accept([aNotice(repository, { scope: PULL, lane: "stranger" })]);
  expect(lanes(context).slice(1)).toEqual(["publish hold waiting", "scan stranger waiting"]);
  await publishCheck(context, repository.id, SHA);
  expect(context.github.current(SHA)?.conclusion).toBeNull();
});

test("a redelivery adds nothing, but starts failed work again", async () => {
  const [context, repository] = [aCleanContext(), aRepository()];
  await context.accept([aNotice(repository)], "a delivery");
  await context.accept([aNotice(repository)], "a delivery");
  expect(lanes(context)).toEqual(["scan trusted waiting"]);
  const [job] = context.queue.all();
  if (job !== undefined) job.state = "failed";
  await context.accept([aNotice(repository)], "a delivery");
  expect(lanes(context)).toEqual(["scan trusted waiting"]);
  await context.settle();
  await context.accept([aNotice(repository)], "a delivery");
  expect(await context.record.scopes.atHead(repository.id, SHA)).toMatchObject([
    { state: "read", generation: 1 },
  ]);
});

test.each<[string, (context: FakeContext, repository: ReturnType<typeof aRepository>) => Promise<unknown>]>([
  ["a push", (context, repository) => context.accept([aNotice({ ...repository, private: false })])],
  [
    "someone else's issue",
    (context, repository) => {
      const changed = { ...repository, private: false };
      return context.accept([{ kind: "issue_changed", repository: changed, number: 99, marked: false }]);
    },
  ],
  [
    "an installation",
    (context, repository) =>
      context.accept([{ kind: "installed", repositories: [{ ...repository, private: false }], since: NOON }]),
  ],
  [
    "GitHub itself",
    async (context, repository) => {
      context.github.repository = { ...context.github.repository, private: false, size: 1 };
      await loadRepository(context, repository.id, { ask: true });
    },
  ],
])("%s shows that a repository became public unheard: its checks are written again", async (_, show) => {
  const [context, repository] = [aCleanContext(), aRepository({ private: true })];
  context.github.repository = { ...context.github.repository, private: true };
  await context.accept([aNotice(repository)]);
  await context.settle();
  const before = await context.record.checks.find(repository.id, SHA);
  await show(context, repository);
  expect((await context.record.checks.find(repository.id, SHA))?.wanted).toBeGreaterThan(before?.wanted ?? 0);
  const waiting = context.queue.all().filter(({ state }) => state === "waiting");
  expect(waiting.map(({ job }) => job)).toContainEqual(
    expect.objectContaining({ kind: "refresh", publicized: true }),
  );
  expect(await context.record.repositories.find(repository.id)).toMatchObject({ private: false });
});

test("a process killed while GitHub shows that a repository became public: the next one still corrects its checks", async () => {
  const [context, dying] = interruptible();
  const repository = aRepository({ private: true });
  context.github.commits.set(SHA, commitAnswer([]));
  context.github.repository = { ...context.github.repository, private: true };
  await context.accept([aNotice(repository)]);
  await context.settle();
  context.github.repository = { ...context.github.repository, private: false, size: 1 };
  dying.isDead = true;
  await expect(loadRepository(context, repository.id, { ask: true })).rejects.toThrow("killed");
  dying.isDead = false;
  await loadRepository(context, repository.id, { ask: true });
  const waiting = context.queue.all().filter(({ state }) => state === "waiting");
  expect(waiting.map(({ job }) => job)).toContainEqual(
    expect.objectContaining({ kind: "refresh", publicized: true }),
  );
});

test("what fails in the middle leaves nothing behind", async () => {
  const [context, repository] = [aCleanContext(), aRepository()];
  const half = context.record.transaction(async (within) => {
    await within.repositories.note(repository);
    await within.enqueue([]);
    throw new Error("stop");
  });
  await expect(half).rejects.toThrow("stop");
  expect(await context.record.repositories.find(repository.id)).toBeNull();
});

describe("a pull request", () => {
  const at = (second: number): Date => new Date(NOON.getTime() + second * 1000);
  const heads = ["1", "2"].map((digit) => digit.repeat(40));
  const [first = "", second = ""] = heads;

  async function live(context: FakeContext, repositoryId: number): Promise<string[]> {
    const scopes = await Promise.all(heads.map((head) => context.record.scopes.atHead(repositoryId, head)));
    return scopes.flat().flatMap(({ ended, head }) => (ended === null ? head : []));
  }

  test.each([
    ["in order", [first, second], [1, 2], [second]],
    ["the newer state first", [second, first], [2, 1], [second]],
    ["in the same second: which came first is not known", [first, second], [1, 1], [first, second]],
  ])("counts at its latest head: %s", async (_name, arriving, seconds, expected) => {
    const [context, repository] = [aContext(), aRepository()];
    for (const [index, head] of arriving.entries()) {
      const scope: Scope = { ...PULL, head };
      await context.accept([aNotice(repository, { scope, asOf: at(seconds[index] ?? 0) })]);
    }
    expect(await live(context, repository.id)).toEqual(expected);
  });

  test("that was closed is not revived by an older delivery, and is by being reopened", async () => {
    const [context, repository] = [aContext(), aRepository()];
    const scope: Scope = { ...PULL, head: first };
    await context.accept([{ kind: "scope_ended", repository, key: "pull_request:7", asOf: at(5) }]);
    await context.accept([aNotice(repository, { scope, asOf: at(4) })]);
    expect(await live(context, repository.id)).toEqual([]);
    await context.accept([aNotice(repository, { scope, asOf: at(6) })]);
    expect(await live(context, repository.id)).toEqual([first]);
  });

  test("keeps the trust of a merge when an older delivery comes late", async () => {
    const [context, repository] = [aContext(), aRepository()];
    await context.accept([aNotice(repository, { scope: PULL, trust: { kind: "writer" } })]);
    await context.accept([
      aNotice(repository, { scope: PULL, trust: { kind: "author", login: "stranger" } }),
    ]);
    expect(await context.record.scopes.atHead(repository.id, SHA)).toMatchObject([
      { trust: { kind: "writer" } },
    ]);
  });
});

describe("an installation", () => {
  const installed = (ids: readonly number[]): Notice => ({
    kind: "installed",
    since: NOON,
    repositories: ids.map((id): InstalledRepository => ({
      id,
      installationId: 5,
      owner: "acme",
      name: "shop",
      private: true,
    })),
  });

  test("notes the baseline and gives every open pull request its check", async () => {
    const [context, { id }] = [aCleanContext(), aRepository()];
    context.branches.set("refs/heads/main", PARENT);
    const pull = { number: 7, updated_at: NOON.toISOString(), user: { login: "ann" } };
    context.github.pulls.push({ ...pull, base: { sha: PARENT }, head: { sha: SHA, ref: "feature" } });
    await context.accept([installed([id])]);
    expect(lanes(context)).toEqual(["welcome backlog waiting"]);
    await context.settle();
    expect(await context.record.tips.find(id, PARENT)).toMatchObject({ kind: "baseline" });
    expect(context.github.current(SHA)?.conclusion).toBe("success");
    expect(await context.record.repositories.find(id)).toMatchObject({
      defaultBranch: "trunk",
      unsure: false,
    });
  });

  test("that is gone leaves its repositories alone, until it is back", async () => {
    const [context, repository] = [aCleanContext(), aRepository()];
    await context.accept([aNotice(repository)]);
    await context.accept([{ kind: "uninstalled", installationId: 5, repositoryIds: null }]);
    await context.settle();
    expect(context.github.requests).toEqual([]);
    expect(await context.record.scopes.unread(new Date(Date.UTC(2027, 0)), 9)).toEqual([]);
    await context.accept([installed([repository.id])]);
    expect(await context.record.scopes.unread(new Date(Date.UTC(2027, 0)), 9)).toHaveLength(1);
  });
});

test("a repository that people can see now has all of its checks looked at again", async () => {
  const [context, repository] = [aCleanContext(), aRepository()];
  await context.accept([aNotice(repository)]);
  await context.settle();
  await context.accept([
    {
      kind: "repository_changed",
      repository: { ...repository, private: false },
      publicized: true,
      state: "active",
    },
  ]);
  expect(await context.record.repositories.find(repository.id)).toMatchObject({
    private: false,
    unsure: true,
  });
  expect(await context.record.checks.stale(new Date(Date.UTC(2027, 0)), 9)).toMatchObject([{ head: SHA }]);
  context.clock = new Date(context.clock.getTime() + 1000);
  await context.settle();
  expect(await context.record.checks.stale(new Date(Date.UTC(2027, 0)), 9)).toEqual([]);
});

test("the baseline names a commit by another ref than a merge queue's, which proves nothing", async () => {
  const [context, repository] = [aCleanContext(), aRepository()];
  for (const name of ["gh-readonly-queue/main/pr-7-abc", "main"])
    context.branches.set(`refs/heads/${name}`, PARENT);
  await context.accept([{ kind: "installed", repositories: [repository], since: NOON }]);
  await context.settle();
  expect(await context.record.tips.find(repository.id, PARENT)).toMatchObject({ ref: "refs/heads/main" });
});

describe("a branch pushed and merged while its deliveries are late", () => {
  test("is read: the baseline begins where GitHub's log says that the first push did", async () => {
    const [context, repository] = [aCleanContext(), aRepository()];
    const merge = "c3".repeat(20);
    context.branches.set("refs/heads/main", merge);
    const activity = { id: 1, activity_type: "push", timestamp: "2026-11-21T12:30:00Z" };
    context.github.activity.push({ ...activity, ref: "refs/heads/main", before: PARENT, after: merge });
    await context.accept([{ kind: "installed", repositories: [repository], since: NOON }]);
    await context.settle();
    expect(await context.record.tips.find(repository.id, PARENT)).toMatchObject({ kind: "baseline" });
    expect(await context.record.tips.find(repository.id, merge)).toBeNull();
  });

  test("counts as old where the log says that it was there before the app", async () => {
    const [context, repository] = [aCleanContext(), aRepository()];
    context.branches.set("refs/heads/main", SHA);
    const activity = { id: 1, activity_type: "push", timestamp: "2026-11-21T11:30:00Z" };
    context.github.activity.push({ ...activity, ref: "refs/heads/main", before: PARENT, after: SHA });
    await context.accept([{ kind: "installed", repositories: [repository], since: NOON }]);
    await context.settle();
    expect(await context.record.tips.find(repository.id, SHA)).toMatchObject({ kind: "baseline" });
  });
});

describe("a pull request that is closed and reopened within one second", () => {
  const END = { kind: "scope_ended", key: "pull_request:7", asOf: NOON } as const;
  const shown = (state: string) => ({
    number: 7,
    state,
    updated_at: NOON.toISOString(),
    user: { login: "ann" },
    base: { sha: PARENT },
    head: { sha: SHA },
  });

  test.each([
    ["open", "the closing comes last", null],
    ["closed", "the closing comes last", "closed"],
    ["open", "the reopening comes last", null],
    ["closed", "the reopening comes last", "closed"],
  ])("is %s as GitHub says, where %s", async (state, order, ended) => {
    const [context, repository] = [aCleanContext(), aRepository()];
    const opened = aNotice(repository, { scope: PULL, trust: { kind: "author", login: "ann" } });
    const closed = { ...END, repository };
    context.github.pulls.push(shown(state));
    for (const notice of order.startsWith("the closing") ? [opened, closed] : [closed, opened])
      await context.accept([notice]);
    // Until GitHub was asked, it counts.
    expect(await context.record.scopes.atHead(repository.id, SHA)).toMatchObject([{ ended: null }]);
    await context.settle();
    expect(await context.record.scopes.atHead(repository.id, SHA)).toMatchObject([{ ended }]);
  });

  test("ends with its merge, which says both at once", async () => {
    const [context, repository] = [aCleanContext(), aRepository()];
    const merged = aNotice(repository, { scope: PULL, trust: { kind: "writer" } });
    await context.accept([aNotice(repository, { scope: PULL })]);
    await context.accept([merged, { ...END, repository }]);
    expect(await context.record.scopes.atHead(repository.id, SHA)).toMatchObject([{ ended: "closed" }]);
    expect(context.queue.all().filter(({ job }) => job.kind === "ask_pull")).toEqual([]);
  });
});

test("a ref with thousands of pushes is ended in steps", async () => {
  const [context, repository] = [aCleanContext(), aRepository()];
  const heads = Array.from({ length: 2 * MAX_ENDED + 1 }, (_, index) => index.toString(16).padStart(40, "0"));
  for (const after of heads) await context.accept([aNotice(repository, { scope: { ...MAIN, after } })]);
  const before = context.queue.all().length;
  const later = new Date(NOON.getTime() + 1000);
  await context.accept([{ kind: "scope_ended", repository, key: "push:refs/heads/main", asOf: later }]);
  // The checks of one step, and the next step.
  expect(context.queue.all()).toHaveLength(before + MAX_ENDED + 1);
  for (let step = 0; step < 2; step += 1) {
    const next = context.queue
      .all()
      .findLast(({ job, state }) => job.kind === "end_scopes" && state === "waiting");
    if (next?.job.kind !== "end_scopes") throw new Error("There is no next step.");
    next.state = "done";
    await runJob(context, next.job);
  }
  for (const head of heads)
    expect(await context.record.scopes.atHead(repository.id, head)).toMatchObject([{ ended: "deleted" }]);
  const left = context.queue
    .all()
    .filter(({ job, state }) => job.kind === "end_scopes" && state === "waiting");
  expect(left).toEqual([]);
});

test("a commit that was there before has its check put in progress, though none is on record", async () => {
  const [context, repository] = [aCleanContext(), aRepository()];
  await context.accept([aNotice(repository, { scope: PULL, isNewCommit: false })]);
  expect(lanes(context)).toEqual(["publish hold waiting", "scan trusted waiting"]);
  await publishCheck(context, repository.id, SHA);
  expect(context.github.current(SHA)?.conclusion).toBeNull();
});
