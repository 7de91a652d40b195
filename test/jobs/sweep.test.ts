import { describe, expect, test } from "vitest";
import { NO_FACTS } from "../../src/domain/index.ts";
import { keyOf } from "../../fixtures/keys.ts";
import { compareRefs, MAX_MISSED } from "../../src/jobs/compare-refs.ts";
import { fetchDeliveries } from "../../src/jobs/fetch-deliveries.ts";
import { startRecurring, sweep } from "../../src/jobs/sweep.ts";
import { overriding } from "../support/overriding.ts";
import { aContext, aRepository } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import { madeFinding } from "../support/reported.ts";
import { aNotice, NOON } from "../support/notices.ts";
import { commitAnswer, PARENT, SHA } from "../support/rest-answers.ts";

function later(context: FakeContext, minutes = 10): void {
  context.clock = new Date(context.clock.getTime() + minutes * 60_000);
}

/** Repositories of these tests were welcomed, unless told otherwise. */
function aCleanContext({ welcomed = true } = {}): FakeContext {
  const context = aContext({
    git: { prepare: async () => ({ commits: [], gaps: [], fetches: [] }) },
    record: (record) => ({
      ...record,
      repositories: overriding(record.repositories, welcomed ? { withoutBaseline: async () => [] } : {}),
    }),
  });
  context.github.commits.set(SHA, commitAnswer([]));
  return context;
}

const NOTHING = {
  unreadScopes: 0,
  unreportedRepositories: 0,
  staleChecks: 0,
  repositoriesToCompare: 0,
  repositoriesToMatch: 0,
  repositoriesToVerify: 0,
  repositoriesToWelcome: 0,
};

describe("the sweep", () => {
  test("finds nothing where nothing was left", async () => {
    const [context, repository] = [aCleanContext(), aRepository()];
    await context.accept([aNotice(repository)]);
    await context.settle();
    later(context);
    expect(await sweep(context)).toEqual(NOTHING);
  });

  test("finds a scope whose job is gone, and leaves one alone that was just noted", async () => {
    const context = aCleanContext();
    const lost = aRepository();
    await context.record.transaction(async (within) => {
      const accepted = aContext();
      await accepted.accept([aNotice(lost)]);
      const [scope] = await accepted.record.scopes.atHead(lost.id, SHA);
      if (scope !== undefined) await within.scopes.note(scope);
      await within.repositories.note(lost);
    });
    expect(await sweep(context)).toEqual(NOTHING);
    later(context);
    expect(await sweep(context)).toEqual({ ...NOTHING, unreadScopes: 1 });
    expect(context.queue.all().map(({ job }) => job.kind)).toContain("scan");
  });

  test("reads a scope whose job ended while the repository was archived", async () => {
    const [context, repository] = [aCleanContext(), aRepository()];
    await context.accept([aNotice(repository)]);
    await context.record.repositories.setState(repository.id, "archived", false);
    await context.settle();
    await context.record.repositories.setState(repository.id, "active", false);
    later(context);
    expect(await sweep(context)).toMatchObject({ unreadScopes: 1 });
    await context.settle();
    expect(context.github.current(SHA)).toMatchObject({ conclusion: "success" });
  });

  test("finds a check that differs from the record", async () => {
    const [context, repository] = [aCleanContext(), aRepository()];
    await context.accept([aNotice(repository)]);
    await context.settle();
    await context.record.checks.touch(repository.id, [SHA], context.clock);
    later(context);
    expect(await sweep(context)).toEqual({ ...NOTHING, staleChecks: 1 });
    await context.settle();
    later(context);
    expect(await sweep(context)).toEqual(NOTHING);
  });

  test("finds a leak without an issue, once an hour", async () => {
    const [context, repository] = [aCleanContext(), aRepository()];
    await context.record.repositories.note(repository);
    const finding = madeFinding();
    const leak = { leak: finding, reportRepositoryId: repository.id, locations: [finding] };
    await context.record.leaks.add(repository.id, [leak], context.clock);
    context.github.fault = (request) => (request.includes("/issues") ? 410 : null);
    expect(await sweep(context)).toEqual({
      ...NOTHING,
      unreportedRepositories: 1,
      repositoriesToMatch: 1,
      repositoriesToVerify: 1,
    });
    await expect(context.settle()).rejects.toMatchObject({ code: "gone" });
    context.github.fault = () => null;
    later(context, 60);
    await sweep(context);
    await context.settle();
    expect(context.github.issues).toHaveLength(1);
  });

  test("welcomes a repository that no delivery of an installation told of, and compares what was pushed lately", async () => {
    const [context, repository] = [aCleanContext({ welcomed: false }), aRepository()];
    context.branches.set("refs/heads/main", SHA);
    context.branches.set("refs/heads/old", PARENT);
    context.github.activity.push({
      id: 1,
      ref: "refs/heads/main",
      activity_type: "push",
      timestamp: "2026-11-20T12:30:00Z",
      before: PARENT,
      after: SHA,
    });
    await context.record.repositories.note(repository);
    expect(await sweep(context)).toEqual({ ...NOTHING, repositoriesToWelcome: 1 });
    await context.settle();
    expect(await context.record.tips.find(repository.id, PARENT)).toMatchObject({ kind: "baseline" });
    expect(context.github.current(SHA)).toMatchObject({ conclusion: "success" });
    expect(await sweep(context)).toEqual(NOTHING);
  });

  test("comes again every few minutes, and once however many processes start", async () => {
    const context = aContext();
    await startRecurring(context.record, context.clock, { alone: true });
    await startRecurring(context.record, context.clock, { alone: false });
    expect(context.queue.all().map(({ job }) => job.kind)).toEqual(["sweep", "fetch_deliveries"]);
    await context.settle();
    const waiting = context.queue.all().filter(({ state }) => state === "waiting");
    expect(waiting.map(({ runAt }) => (runAt - NOON.getTime()) / 60_000)).toEqual([5, 10]);
  });

  test("goes on after the clock was set back by hours, although its times have been before", async () => {
    const context = aContext();
    await startRecurring(context.record, context.clock, { alone: true });
    for (let step = 0; step < 24; step += 1) {
      await context.settle();
      later(context, 5);
    }
    later(context, -120);
    // As the watch over the clock does.
    await startRecurring(context.record, context.clock, { alone: false });
    for (let step = 0; step < 6; step += 1) {
      await context.settle();
      later(context, 5);
      expect(context.queue.due(context.clock.getTime()).map(({ job }) => job.kind)).toContain("sweep");
    }
  });
});

describe("deliveries that failed", () => {
  const failed = (id: number, guid: string, minutesAgo: number) => ({
    id,
    guid,
    event: "push",
    delivered_at: new Date(NOON.getTime() - minutesAgo * 60_000).toISOString(),
  });
  const asked = (context: FakeContext): string[] => context.github.asked("POST /app/hook/deliveries");

  test("are requested again, each once, unless accepted since", async () => {
    const [context, repository] = [aContext(), aRepository()];
    await context.accept([aNotice(repository)], "accepted");
    context.github.failedDeliveries.push(
      failed(4, "young", 0),
      failed(3, "lost", 5),
      failed(2, "lost", 60),
      failed(1, "accepted", 90),
    );
    expect(await fetchDeliveries(context)).toBe(1);
    expect(asked(context)).toEqual(["POST /app/hook/deliveries/3/attempts"]);
  });

  const made = (id: number, guid: string, event: string, action: string | null = null) => ({
    ...failed(id, guid, 5),
    event,
    action,
  });

  test("are requested again where GitHub counts them as made and none is on record, each three times", async () => {
    const [context, repository] = [aContext(), aRepository()];
    await context.accept([aNotice(repository)], "accepted");
    context.github.madeDeliveries.push(
      failed(6, "young", 0),
      made(5, "lost", "pull_request", "opened"),
      made(4, "accepted", "push"),
      made(3, "not acted on", "pull_request", "labeled"),
      made(2, "not acted on, either", "ping"),
      made(1, "of a push", "push"),
    );
    for (let time = 0; time < 5; time += 1) {
      await fetchDeliveries(context);
      await context.record.deliveries.setComparedUpTo(new Date(0));
    }
    expect(asked(context)).toEqual(
      [1, 5, 1, 5, 1, 5].map((id) => `POST /app/hook/deliveries/${id}/attempts`),
    );
  });

  test("are compared from where the last comparison stopped, a bounded number at once", async () => {
    const context = aContext();
    const lost = Array.from({ length: 250 }, (_, index) => made(index, `lost ${index}`, "push"));
    context.github.madeDeliveries.push(...lost.toReversed());
    expect(await fetchDeliveries(context)).toBe(200);
    expect(await context.record.deliveries.comparedUpTo()).toEqual(new Date(NOON.getTime() - 5 * 60_000));
    later(context, 10);
    context.github.madeDeliveries.length = 0;
    await fetchDeliveries(context);
    expect(await context.record.deliveries.comparedUpTo()).toEqual(new Date(NOON.getTime() + 9 * 60_000));
  });

  test("are compared from the beginning if the time of the last comparison is in the future", async () => {
    const context = aContext();
    await context.record.deliveries.setComparedUpTo(new Date(NOON.getTime() + 60 * 60_000));
    context.github.madeDeliveries.push(made(1, "lost", "push"));
    expect(await fetchDeliveries(context)).toBe(1);
  });

  test("are given up after three times", async () => {
    const context = aContext();
    context.github.failedDeliveries.push(failed(1, "hopeless", 60));
    for (let time = 0; time < 5; time += 1) await fetchDeliveries(context);
    expect(asked(context)).toHaveLength(3);
  });
});

describe("the comparison of refs", () => {
  const OTHER = "e5".repeat(20);

  async function known(): Promise<{ context: FakeContext; repositoryId: number }> {
    const [context, repository] = [aCleanContext(), aRepository()];
    context.branches.set("refs/heads/main", PARENT);
    await context.accept([{ kind: "installed", repositories: [repository], since: NOON }]);
    await context.settle();
    await context.accept([aNotice(repository)]);
    await context.settle();
    context.branches.set("refs/heads/main", SHA);
    return { context, repositoryId: repository.id };
  }

  const job = (repositoryId: number) => ({ kind: "compare_refs", repositoryId, installationId: 5 }) as const;

  test("finds nothing where every delivery came", async () => {
    const { context, repositoryId } = await known();
    expect(await compareRefs(context, job(repositoryId))).toBe(0);
  });

  test("notes pushes without a delivery, and deleted refs", async () => {
    const { context, repositoryId } = await known();
    context.branches.set("refs/heads/unheard", OTHER);
    context.branches.delete("refs/heads/main");
    expect(await compareRefs(context, job(repositoryId))).toBe(2);
    expect(await context.record.scopes.atHead(repositoryId, OTHER)).toMatchObject([{ state: "noted" }]);
    expect(await context.record.scopes.atHead(repositoryId, SHA)).toMatchObject([{ ended: "deleted" }]);
  });

  test("notes a push that was overtaken before anyone looked, from GitHub's log", async () => {
    const { context, repositoryId } = await known();
    const activity = {
      id: 1,
      ref: "refs/heads/main",
      activity_type: "push",
      timestamp: "2026-11-21T12:30:00Z",
    };
    context.github.activity.push(
      { ...activity, before: SHA, after: "0".repeat(40) },
      { ...activity, before: OTHER, after: SHA },
    );
    expect(await compareRefs(context, job(repositoryId))).toBe(1);
    const scopes = await context.record.scopes.atHead(repositoryId, SHA);
    expect(scopes.map(({ scope }) => scope.kind === "push" && scope.before)).toContain(OTHER);
  });

  const TAG = "7a".repeat(20);
  const annotated = (object: string): void => void tags.set("refs/tags/v1", { object, peeled: SHA });
  const tags = new Map<string, { object: string; peeled: string | null }>();

  /** The same repository, whose list of refs has these tags too. */
  async function knownWithTags(): Promise<{ context: FakeContext; repositoryId: number }> {
    tags.clear();
    tags.set("refs/tags/before", { object: PARENT, peeled: null });
    const context = aContext({
      git: {
        listRefs: async () => [
          { ref: "refs/heads/main", sha: SHA, peeled: null },
          { ref: "refs/pull/7/head", sha: OTHER, peeled: null },
          ...[...tags].map(([ref, { object, peeled }]) => ({ ref, sha: object, peeled })),
        ],
      },
    });
    context.github.commits.set(SHA, commitAnswer([]));
    const repository = aRepository();
    await context.accept([{ kind: "installed", repositories: [repository], since: NOON }]);
    await context.settle();
    await context.accept([aNotice(repository)]);
    await context.settle();
    return { context, repositoryId: repository.id };
  }

  test("notes tags and other refs without a delivery, each once, and none from before", async () => {
    const { context, repositoryId } = await knownWithTags();
    expect(await context.record.tips.find(repositoryId, OTHER)).toBeNull();
    expect(await compareRefs(context, job(repositoryId))).toBe(0);
    annotated(TAG);
    tags.set("refs/tags/on-a-known-commit", { object: SHA, peeled: null });
    tags.set("refs/tags/new", { object: OTHER, peeled: null });
    tags.set("refs/notes/commits", { object: "9c".repeat(20), peeled: null });
    tags.set("refs/tags/of-a-file", { object: "f1".repeat(20), peeled: null });
    context.github.notCommits.add("f1".repeat(20));
    expect(await compareRefs(context, job(repositoryId))).toBe(3);
    const scopes = await context.record.scopes.atHead(repositoryId, SHA);
    expect(scopes.find(({ key }) => key === "push:refs/tags/v1")).toMatchObject({ facts: { tag: TAG } });
    expect(await context.record.scopes.atHead(repositoryId, OTHER)).toMatchObject([
      { key: "push:refs/tags/new", state: "noted" },
    ]);
    expect(await context.record.scopes.atHead(repositoryId, "9c".repeat(20))).toHaveLength(1);
    expect(await compareRefs(context, job(repositoryId))).toBe(0);
  });

  test("notes a tag that was moved to another message on the same commit, and one that is gone", async () => {
    const { context, repositoryId } = await knownWithTags();
    annotated(TAG);
    await compareRefs(context, job(repositoryId));
    annotated("7b".repeat(20));
    expect(await compareRefs(context, job(repositoryId))).toBe(1);
    tags.delete("refs/tags/v1");
    expect(await compareRefs(context, job(repositoryId))).toBe(1);
    expect(await context.record.scopes.subject(repositoryId, "push:refs/tags/v1")).toMatchObject({
      head: null,
    });
    expect(await context.record.notedRefs.all(repositoryId)).toEqual(new Map([["refs/tags/before", PARENT]]));
  });

  test("leaves a tag alone whose delivery came", async () => {
    const { context, repositoryId } = await knownWithTags();
    const known = await context.record.repositories.find(repositoryId);
    if (known === null) throw new Error("The repository is not on record.");
    annotated(TAG);
    const scope = { kind: "push", ref: "refs/tags/v1", before: null, after: SHA } as const;
    const facts = { ...NO_FACTS, tag: TAG };
    await context.accept([aNotice(aRepository({ ...known, defaultBranch: "main" }), { scope, facts })]);
    expect(await compareRefs(context, job(repositoryId))).toBe(0);
  });

  test("finds a key in the name of a ref", async () => {
    const { context, repositoryId } = await knownWithTags();
    tags.set(`refs/tags/${keyOf("sk_live_", "in a tag's name")}`, { object: SHA, peeled: null });
    expect(await compareRefs(context, job(repositoryId))).toBe(1);
    const scopes = await context.record.scopes.atHead(repositoryId, SHA);
    expect(scopes.flatMap(({ facts }) => facts.inNames)).toMatchObject([{ kind: "secret_key" }]);
  });

  test("notes thousands of tags in steps, each after the jobs of the one before", async () => {
    const { context, repositoryId } = await knownWithTags();
    for (let index = 0; index < 450; index += 1)
      tags.set(`refs/tags/many-${index}`, { object: index.toString(16).padStart(40, "0"), peeled: SHA });
    expect(await compareRefs(context, job(repositoryId))).toBe(MAX_MISSED);
    const waiting = (): number => context.queue.all().filter(({ state }) => state === "waiting").length;
    // A scan and a hold for each, and the next comparison.
    expect(waiting()).toBeLessThanOrEqual(2 * MAX_MISSED + 1);
    expect((await context.record.repositories.find(repositoryId))?.refsComparedAt).toBeNull();
    expect(context.queue.all().at(-1)?.job).toMatchObject({ kind: "compare_refs", part: 1 });
    expect(await compareRefs(context, job(repositoryId))).toBe(MAX_MISSED);
    expect(await compareRefs(context, job(repositoryId))).toBe(50);
    expect((await context.record.repositories.find(repositoryId))?.refsComparedAt).not.toBeNull();
  });

  test("asks git under the name that GitHub says now", async () => {
    const { context, repositoryId } = await known();
    context.github.repository = {
      name: "store",
      owner: { login: "acme" },
      private: true,
      default_branch: "main",
    };
    await compareRefs(context, job(repositoryId));
    expect(await context.record.repositories.find(repositoryId)).toMatchObject({ name: "store" });
  });

  test("is due once a day", async () => {
    const { context, repositoryId } = await known();
    later(context, 25 * 60);
    expect(await sweep(context)).toMatchObject({ repositoriesToCompare: 1 });
    await compareRefs(context, job(repositoryId));
    expect(await sweep(context)).toMatchObject({ repositoriesToCompare: 0 });
  });

  test("is due if the last comparison was noted under a clock that was ahead by a week", async () => {
    const { context, repositoryId } = await known();
    later(context, 25 * 60);
    await context.record.repositories.setRefsComparedAt(
      repositoryId,
      new Date(context.clock.getTime() + 6e8),
    );
    expect(await sweep(context)).toMatchObject({ repositoriesToCompare: 1 });
  });
});
