import { describe, expect, test } from "vitest";
import { compareRefs } from "../../src/jobs/compare-refs.ts";
import { fetchDeliveries } from "../../src/jobs/fetch-deliveries.ts";
import { startRecurring, sweep } from "../../src/jobs/sweep.ts";
import { aContext, aRepository } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import { madeFinding } from "../support/reported.ts";
import { aNotice, NOON } from "../support/notices.ts";
import { commitAnswer, PARENT, SHA } from "../support/rest-answers.ts";

function later(context: FakeContext, minutes = 10): void {
  context.clock = new Date(context.clock.getTime() + minutes * 60_000);
}

function aCleanContext(): FakeContext {
  const context = aContext();
  context.github.commits.set(SHA, commitAnswer([]));
  return context;
}

const NOTHING = {
  unreadScopes: 0,
  unreportedRepositories: 0,
  staleChecks: 0,
  repositoriesToCompare: 0,
  repositoriesToMatch: 0,
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
    const context = aContext();
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
    expect(await sweep(context)).toEqual({ ...NOTHING, unreportedRepositories: 1, repositoriesToMatch: 1 });
    await expect(context.settle()).rejects.toMatchObject({ code: "gone" });
    context.github.fault = () => null;
    later(context, 60);
    await sweep(context);
    await context.settle();
    expect(context.github.issues).toHaveLength(1);
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
    await context.accept([{ kind: "installed", repositories: [repository] }]);
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

  test("is due once a day", async () => {
    const { context, repositoryId } = await known();
    later(context, 25 * 60);
    expect(await sweep(context)).toMatchObject({ repositoriesToCompare: 1 });
    await compareRefs(context, job(repositoryId));
    expect(await sweep(context)).toMatchObject({ repositoriesToCompare: 0 });
  });
});
