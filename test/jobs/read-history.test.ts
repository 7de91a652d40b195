import type { Tip } from "../../src/store/index.ts";
import { describe, expect, test, vi } from "vitest";
import type { HistoryTrust } from "../../src/domain/index.ts";
import { DETECTOR_VERSION } from "../../src/detect/index.ts";
import { feedHistories, sweepHistories } from "../../src/jobs/feed-histories.ts";
import { dropRemovedHistories, historyProgress, runJob } from "../../src/jobs/index.ts";
import type { HistoryRequest } from "../../src/jobs/context.ts";
import { HistoryProcessError } from "../../src/scan/index.ts";
import type { HistoryRead } from "../../src/scan/index.ts";
import { GitError } from "../../src/source/index.ts";
import type { HistoryMirror, RefTip } from "../../src/source/index.ts";
import { aContext, aRepository, NOW } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import { aNotice } from "../support/notices.ts";
import { NOTHING_READ, readPast } from "../support/past.ts";
import { commitAnswer, SHA } from "../support/rest-answers.ts";

const ONE = "1".repeat(20);
const TWO = "2".repeat(20);
const DAY_MS = 24 * 60 * 60_000;
const GAP = { reason: "git_failed", commit: null, path: null, detail: "damaged" } as const;

const refs = (...names: readonly string[]): readonly RefTip[] =>
  names.map((ref) => ({ ref, sha: ref.padEnd(40, "0"), peeled: null }));

interface Stage {
  readonly context: FakeContext;
  readonly id: number;
  /** What the process that reads was asked. */
  readonly asked: HistoryRequest[];
  /** What was fetched. */
  readonly fetched: (readonly RefTip[])[];
  /** What it answers next. */
  answer: (request: HistoryRequest) => Promise<HistoryRead>;
  refs: readonly RefTip[];
  fetching: (signal: AbortSignal) => Promise<void>;
  /** Reads once. */
  read(signal?: AbortSignal): Promise<void>;
}

async function stage(): Promise<Stage> {
  const repository = aRepository();
  const history: HistoryMirror = {
    listRefs: async () => stage.refs,
    fetch: async (some, _of, signal, read) => {
      stage.fetched.push(some);
      await stage.fetching(signal);
      return read({ gitDirectory: "/git", tips: [], fetchedBytes: 0 });
    },
    remove: async () => {},
  };
  const context = aContext({
    history,
    readHistory: async (request) => {
      stage.asked.push(request);
      return stage.answer(request);
    },
  });
  const stage: Stage = {
    context,
    id: repository.id,
    asked: [],
    fetched: [],
    answer: async () => NOTHING_READ,
    refs: refs("refs/heads/main"),
    fetching: async () => {},
    async read(signal) {
      const job = { kind: "read_history", repositoryId: repository.id, installationId: 5 } as const;
      await runJob(context, job, signal === undefined ? {} : { signal });
    },
  };
  await context.record.repositories.note(repository);
  await context.record.histories.ask([repository.id], NOW);
  return stage;
}

async function trusts({ context, id }: Stage): Promise<Record<string, HistoryTrust>> {
  const past = await context.record.histories.findings(id);
  return Object.fromEntries(past.map(({ finding, trust }) => [finding.fingerprint, trust]));
}

function kindsWaiting({ context }: Stage): readonly string[] {
  return context.queue.all().map(({ job }) => job.kind);
}

describe("a reading", () => {
  test("puts what was found on record, with a job that reports it, and the baseline counts as read", async () => {
    const one = await stage();
    one.answer = async () => ({ ...NOTHING_READ, findings: [readPast(ONE)], atTip: [ONE], bytes: 7 });
    await one.read();
    const [past] = await one.context.record.histories.findings(one.id);
    expect(past).toMatchObject({ finding: { fingerprint: ONE }, origin: { isAtTip: true }, trust: "writer" });
    const known = await one.context.record.histories.find(one.id);
    expect(known).toMatchObject({ state: "read", bytesDone: 7, detectorVersion: DETECTOR_VERSION });
    expect((await one.context.record.repositories.find(one.id))?.historyReadAt).toEqual(NOW);
    expect(kindsWaiting(one)).toContain("report_history");
  });

  test("forgets the baseline of a branch that was deleted before: if it comes back, it is new", async () => {
    const one = await stage();
    const tip = (ref: string, sha: string): Tip => ({
      sha,
      kind: "baseline",
      ref,
      knownAt: NOW,
      coveredAt: null,
    });
    const [main] = refs("refs/heads/main");
    await one.context.record.tips.add(one.id, [
      tip("refs/heads/gone", "1".repeat(40)),
      tip("refs/heads/main", "2".repeat(40)),
      tip("refs/heads/renamed", main?.sha ?? ""),
    ]);
    await one.read();
    const isKnown = async (sha: string): Promise<boolean> =>
      (await one.context.record.tips.find(one.id, sha)) !== null;
    expect(await isKnown("1".repeat(40))).toBe(false);
    expect(await isKnown("2".repeat(40))).toBe(true);
    expect(await isKnown(main?.sha ?? "")).toBe(true);
  });

  test("a request during the reading is still due after it", async () => {
    const one = await stage();
    one.answer = async () => {
      await one.context.record.histories.ask([one.id], NOW);
      return NOTHING_READ;
    };
    await one.read();
    expect(await one.context.record.histories.due(NOW, 1, null)).toMatchObject([{ repositoryId: one.id }]);
  });

  test("with a gap that may close leaves the baseline unread, and everything is read again a day later", async () => {
    const one = await stage();
    one.answer = async () => ({ ...NOTHING_READ, gaps: [GAP] });
    await one.read();
    expect((await one.context.record.repositories.find(one.id))?.historyReadAt).toBeNull();
    one.context.clock = new Date(NOW.getTime() + DAY_MS);
    one.answer = async () => NOTHING_READ;
    await one.read();
    expect(one.asked.map(({ known }) => known)).toEqual([[], []]);
    expect((await one.context.record.repositories.find(one.id))?.historyReadAt).toEqual(one.context.clock);
  });

  test("is made again a week later, of what is new, and not at all if nothing is", async () => {
    const one = await stage();
    const holders: HistoryRead["holders"] = [["b".repeat(40), [ONE]]];
    one.answer = async () => ({ ...NOTHING_READ, findings: [readPast(ONE)], atTip: [ONE], holders });
    await one.read();
    one.context.clock = new Date(NOW.getTime() + 7 * DAY_MS);
    await one.read();
    expect(one.asked).toHaveLength(1);
    expect((await one.context.record.histories.findings(one.id))[0]?.origin.isAtTip).toBe(true);
    one.refs = refs("refs/heads/main", "refs/heads/new");
    one.context.clock = new Date(NOW.getTime() + 14 * DAY_MS);
    one.answer = async () => NOTHING_READ;
    await one.read();
    expect(one.asked[1]?.known).toEqual([refs("refs/heads/main")[0]?.sha]);
    expect(one.asked[1]?.holders).toEqual(new Map(holders));
    expect((await one.context.record.histories.findings(one.id))[0]?.origin.isAtTip).toBe(false);
  });

  test("reads everything again for another version of the detector", async () => {
    const one = await stage();
    await one.read();
    const { histories } = one.context.record;
    const known = await histories.find(one.id);
    const tips = { refs: [refs("refs/heads/main")[0]?.sha ?? ""], pulls: [] };
    const nothing = { findings: [], gaps: [], holders: [], atTip: [], bytes: 0, objects: 0 };
    const reading = { ...nothing, tips, isWhole: true, at: NOW, dueAt: known?.dueAt ?? NOW };
    await histories.finish(one.id, { ...reading, detectorVersion: "older" });
    await sweepHistories(one.context.record, NOW);
    await one.context.settle();
    expect(one.asked.map((request) => request.known)).toEqual([[], []]);
  });

  test("waits for a push that is being read", async () => {
    const one = await stage();
    const [push, order] = [Promise.withResolvers<void>(), [] as string[]];
    one.answer = async () => {
      order.push("history");
      return NOTHING_READ;
    };
    const pushed = one.context.pushes.during(() => push.promise).then(() => order.push("push"));
    const reading = one.read();
    push.resolve();
    await Promise.all([pushed, reading]);
    expect(order).toEqual(["push", "history"]);
  });

  test("waits for pushes only so long, and not at all once it is called off", async () => {
    const { pushes } = aContext();
    const push = Promise.withResolvers<void>();
    void pushes.during(() => push.promise);
    await pushes.quiet(new AbortController().signal, 1);
    await expect(pushes.quiet(AbortSignal.abort(new Error("stopped")))).rejects.toThrow("stopped");
    push.resolve();
  });

  test("that was planned while the clock was years ahead is made once it is right", async () => {
    const one = await stage();
    one.context.clock = new Date(NOW.getTime() + 2000 * DAY_MS);
    await one.read();
    one.context.clock = NOW;
    one.refs = refs("refs/heads/new");
    await sweepHistories(one.context.record, NOW);
    await one.context.settle();
    expect(one.asked).toHaveLength(2);
  });

  test("before its time is not made", async () => {
    const one = await stage();
    await one.read();
    await one.read();
    expect(one.asked).toHaveLength(1);
  });

  test("that fails waits longer each time, and the next repository has its turn", async () => {
    const one = await stage();
    one.answer = async () => Promise.reject(new HistoryProcessError("It ended early.", ""));
    const pauses: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      await one.read();
      const known = await one.context.record.histories.find(one.id);
      expect(known).toMatchObject({ state: "failed", problem: "It ended early." });
      const due = known?.dueAt ?? NOW;
      pauses.push((due.getTime() - one.context.clock.getTime()) / 60_000);
      one.context.clock = due;
    }
    expect(pauses).toEqual([1, 2, 4]);
    one.answer = async () => NOTHING_READ;
    await one.read();
    const known = await one.context.record.histories.find(one.id);
    expect(known).toMatchObject({ state: "read", problem: null, failures: 0 });
  });

  test("of a repository over the limit is a gap on record, and is tried again after a week", async () => {
    const one = await stage();
    one.fetching = async () => Promise.reject(new GitError("too_many_bytes", "The limit is 1 GB"));
    await one.read();
    const known = await one.context.record.histories.find(one.id);
    expect(known).toMatchObject({ state: "too_large", problem: "The limit is 1 GB", readAt: null });
    expect(known?.dueAt).toEqual(new Date(NOW.getTime() + 7 * DAY_MS));
    expect((await one.context.record.repositories.find(one.id))?.historyReadAt).toBeNull();
  });

  test("of pull requests too large to fetch leaves those out, and the rest is read", async () => {
    const one = await stage();
    one.refs = refs("refs/heads/main", "refs/pull/7/head");
    one.answer = async () => ({ ...NOTHING_READ, findings: [readPast(ONE)] });
    one.fetching = async () => {
      one.fetching = async () => {};
      throw new GitError("too_many_bytes", "The limit is 1 GB");
    };
    await one.read();
    const known = await one.context.record.histories.find(one.id);
    expect(known).toMatchObject({ state: "read", gaps: [{ reason: "too_large" }] });
    expect(one.fetched.map((some) => some.map(({ ref }) => ref))).toEqual([
      ["refs/heads/main", "refs/pull/7/head"],
      ["refs/heads/main"],
    ]);
    expect(await trusts(one)).toEqual({ [ONE]: "writer" });
    // Nothing that a stranger does makes the baseline unread, or a daily fetch of gigabytes.
    expect((await one.context.record.repositories.find(one.id))?.historyReadAt).toEqual(NOW);
    expect(known?.dueAt).toEqual(new Date(NOW.getTime() + 7 * DAY_MS));
  });

  test("keeps a gap once, however often it is met, and a thousand at most", async () => {
    const one = await stage();
    const file = { ...GAP, reason: "too_large", blob: "b".repeat(40) } as const;
    one.answer = async () => ({ ...NOTHING_READ, gaps: [file] });
    await one.read();
    one.refs = refs("refs/heads/main", "refs/heads/new");
    one.context.clock = new Date(NOW.getTime() + 7 * DAY_MS);
    await one.read();
    const gaps = async () => (await one.context.record.histories.find(one.id))?.gaps ?? [];
    expect(await gaps()).toEqual([file]);
    one.refs = refs("refs/heads/main");
    one.context.clock = new Date(NOW.getTime() + 14 * DAY_MS);
    const many = Array.from({ length: 3000 }, (_, index) => ({ ...file, blob: `${index}` }));
    one.answer = async () => ({ ...NOTHING_READ, gaps: [...many, GAP] });
    await one.read();
    expect(await gaps()).toHaveLength(1001);
    expect(await gaps()).toContainEqual(GAP);
    expect((await gaps()).at(-1)?.detail).toBe("2,002 more, which are not listed");
  });

  test("that is called off keeps its place: the job fails, and the next one reads", async () => {
    const one = await stage();
    const stop = new AbortController();
    one.answer = async ({ signal }) => {
      stop.abort(new Error("stopped"));
      signal.throwIfAborted();
      return NOTHING_READ;
    };
    await expect(one.read(stop.signal)).rejects.toThrow("stopped");
    expect(await one.context.record.histories.find(one.id)).toMatchObject({ state: "reading", failures: 0 });
    one.answer = async () => NOTHING_READ;
    await one.read();
    expect(await one.context.record.histories.find(one.id)).toMatchObject({ state: "read" });
  });

  test("stops when the repository is removed, and puts nothing on record", async () => {
    vi.useFakeTimers({ toFake: ["setInterval"] });
    const one = await stage();
    one.answer = async ({ signal }) => {
      await one.context.record.repositories.remove(5, [one.id]);
      const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
      vi.advanceTimersByTime(10_000);
      vi.useRealTimers();
      await aborted;
      return { ...NOTHING_READ, findings: [readPast(ONE)] };
    };
    await one.read();
    expect(await one.context.record.histories.findings(one.id)).toEqual([]);
    expect(kindsWaiting(one)).not.toContain("report_history");
  });

  test("that ends after the repository was removed puts nothing on record either", async () => {
    const one = await stage();
    one.answer = async () => {
      await one.context.record.repositories.remove(5, [one.id]);
      return { ...NOTHING_READ, findings: [readPast(ONE)] };
    };
    await one.read();
    expect(await one.context.record.histories.findings(one.id)).toEqual([]);
  });
});

test("checks name the unread baseline until the history is read, and then say so no longer, one after the other", async () => {
  const one = await stage();
  const { context, id } = one;
  const repository = { ...aRepository(), id };
  context.github.commits.set(SHA, commitAnswer([]));
  const tip = { sha: "9".repeat(40), kind: "baseline", ref: "refs/heads/old", coveredAt: null } as const;
  await context.record.tips.add(id, [{ ...tip, knownAt: new Date(0) }]);
  await context.accept([aNotice(repository)]);
  await context.settle();
  const summary = (): string => context.github.current(SHA)?.summary ?? "";
  expect(summary()).toContain("have not been read yet");
  await one.read();
  await context.settle();
  expect(summary()).toContain("have not been read yet");
  context.clock = new Date(context.clock.getTime() + 8000);
  await context.settle();
  expect(summary()).not.toContain("have not been read yet");
  expect(context.github.current(SHA)?.conclusion).toBe("success");
});

describe("what only pull requests have", () => {
  const by = (login: string, mergedAt: string | null = null): object => ({
    merged_at: mergedAt,
    user: { login },
  });

  test.each<[string, object | null, HistoryTrust]>([
    ["of a stranger is a stranger's", by("eve"), "stranger"],
    ["of a person who may write is a writer's", by("ann"), "writer"],
    ["that was merged is a writer's", by("eve", "2026-01-01T00:00:00Z"), "writer"],
    ["whose account is gone is a stranger's", { merged_at: null, user: null }, "stranger"],
    ["that GitHub no longer shows is unknown", null, "unknown"],
  ])("a pull request %s", async (_name, pull, trust) => {
    const one = await stage();
    one.context.github.roles.set("ann", "write");
    if (pull !== null) one.context.github.pullsByNumber.set(7, pull);
    one.answer = async () => ({ ...NOTHING_READ, findings: [readPast(ONE, { pulls: [7] })] });
    await one.read();
    expect(await trusts(one)).toEqual({ [ONE]: trust });
  });

  test("is a writer's if one of its pull requests is", async () => {
    const one = await stage();
    one.context.github.pullsByNumber.set(7, by("eve")).set(8, by("eve", "2026-01-01T00:00:00Z"));
    one.answer = async () => ({ ...NOTHING_READ, findings: [readPast(ONE, { pulls: [7, 8] })] });
    await one.read();
    expect(await trusts(one)).toEqual({ [ONE]: "writer" });
  });

  test.each([500, 502, 403, 451])(
    "is unknown if GitHub answers %i, and the reading counts",
    async (status) => {
      const one = await stage();
      one.context.github.pullsByNumber.set(7, by("ann"));
      one.context.github.fault = (request) => (request.includes("/pulls/7") ? status : null);
      one.answer = async () => ({
        ...NOTHING_READ,
        findings: [readPast(ONE, { pulls: [7] }), readPast(TWO)],
      });
      await one.read();
      expect(await trusts(one)).toEqual({ [ONE]: "unknown", [TWO]: "writer" });
    },
  );

  test.each([401, 429])(
    "stops the reading if GitHub answers %i to everything, so it is tried again",
    async (status) => {
      const one = await stage();
      one.context.github.fault = (request) => (request.includes("/pulls/7") ? status : null);
      one.answer = async () => ({ ...NOTHING_READ, findings: [readPast(ONE, { pulls: [7] })] });
      await one.read();
      expect(await trusts(one)).toEqual({});
      expect(await one.context.record.histories.find(one.id)).toMatchObject({
        state: "failed",
        readAt: null,
      });
    },
  );

  test("is asked about first where nothing is known yet: 500 strangers do not hide a writer", async () => {
    const one = await stage();
    const strangers = Array.from({ length: 500 }, (_, index) => index + 1);
    for (const number of strangers) one.context.github.pullsByNumber.set(number, by("eve"));
    one.context.github.pullsByNumber.set(501, by("eve", "2026-01-01T00:00:00Z"));
    one.answer = async () => ({ ...NOTHING_READ, findings: [readPast(ONE, { pulls: strangers })] });
    await one.read();
    expect(await trusts(one)).toEqual({ [ONE]: "stranger" });
    one.context.clock = new Date(one.context.clock.getTime() + 8 * DAY_MS);
    one.refs = refs("refs/heads/main", "refs/heads/other");
    one.answer = async () => ({ ...NOTHING_READ, findings: [readPast(TWO, { pulls: [501] })] });
    await one.read();
    expect(await trusts(one)).toMatchObject({ [TWO]: "writer" });
  });

  test("is asked about once for each pull request, and only for those with findings", async () => {
    const one = await stage();
    one.context.github.pullsByNumber.set(7, by("eve"));
    const findings = [readPast(ONE, { pulls: [7] }), readPast(TWO, { pulls: [7] })];
    one.answer = async () => ({ ...NOTHING_READ, findings });
    one.refs = refs("refs/heads/main", "refs/pull/7/head", "refs/pull/8/head");
    await one.read();
    const asked = one.context.github.requests.filter((request) => request.includes("/pulls/"));
    expect(asked).toEqual(["GET /repos/acme/shop/pulls/7"]);
  });

  test("becomes a writer's once the pull request is merged, though nothing is new", async () => {
    const one = await stage();
    one.context.github.pullsByNumber.set(7, by("eve"));
    one.answer = async () => ({ ...NOTHING_READ, findings: [readPast(ONE, { pulls: [7] })] });
    await one.read();
    one.context.github.pullsByNumber.set(7, by("eve", "2026-01-01T00:00:00Z"));
    one.context.clock = new Date(NOW.getTime() + 7 * DAY_MS);
    await one.read();
    expect(await trusts(one)).toEqual({ [ONE]: "writer" });
  });

  test.each([502, "before"] as const)(
    "is asked about a day later where GitHub answered %s",
    async (fault) => {
      const one = await stage();
      one.context.github.pullsByNumber.set(7, by("eve", "2026-01-01T00:00:00Z"));
      one.answer = async () => ({ ...NOTHING_READ, findings: [readPast(ONE, { pulls: [7] })] });
      one.context.github.fault = (request) => (request.includes("/pulls/7") ? fault : null);
      await one.read();
      expect(await trusts(one)).toEqual({ [ONE]: "unknown" });
      one.context.github.fault = () => null;
      one.context.clock = new Date(NOW.getTime() + DAY_MS);
      await one.read();
      expect(await trusts(one)).toEqual({ [ONE]: "writer" });
    },
  );

  test("is dropped if a newer version of the detector no longer finds it, whoever brings it", async () => {
    const one = await stage();
    one.context.github.pullsByNumber.set(7, by("eve"));
    one.answer = async () => ({ ...NOTHING_READ, findings: [readPast(ONE, { pulls: [7] })] });
    await one.read();
    const { histories } = one.context.record;
    const past = await histories.findings(one.id);
    const tips = { refs: [], pulls: [] };
    const nothing = { ...NOTHING_READ, tips, isWhole: true, at: NOW, dueAt: NOW };
    await histories.finish(one.id, { ...nothing, holders: [], findings: past, detectorVersion: "older" });
    one.context.github.pullsByNumber.set(7, by("eve", "2026-01-01T00:00:00Z"));
    one.answer = async () => NOTHING_READ;
    await one.read();
    expect(await trusts(one)).toEqual({});
  });

  test("is read again as long as it is a stranger's: a branch may have it by now", async () => {
    const one = await stage();
    one.context.github.pullsByNumber.set(7, by("eve"));
    one.refs = refs("refs/heads/main", "refs/pull/7/head");
    one.answer = async () => ({ ...NOTHING_READ, findings: [readPast(ONE, { pulls: [7] })] });
    await one.read();
    one.refs = refs("refs/heads/main", "refs/heads/new", "refs/pull/7/head");
    one.context.clock = new Date(NOW.getTime() + 7 * DAY_MS);
    one.answer = async () => ({ ...NOTHING_READ, findings: [readPast(ONE)] });
    await one.read();
    expect(one.asked[1]?.known).toEqual([refs("refs/heads/main")[0]?.sha]);
    expect(await trusts(one)).toEqual({ [ONE]: "writer" });
  });
});

test("what only a merge queue's branch has is nobody's yet", async () => {
  const one = await stage();
  const found = readPast(ONE);
  const origin = { ...found.origin, branches: ["gh-readonly-queue/main/pr-7-abc"] };
  one.answer = async () => ({ ...NOTHING_READ, findings: [{ ...found, origin }] });
  await one.read();
  expect(await trusts(one)).toEqual({ [ONE]: "unknown" });
});

test("the smallest repositories of an installation come first, two at a time, and each installation has its turn", async () => {
  const context = aContext();
  const { repositories, histories } = context.record;
  const ids: number[] = [];
  for (const [installationId, size] of [
    [5, 30],
    [5, 10],
    [5, 20],
    [6, 99],
  ] as const) {
    const repository = aRepository({ installationId });
    await repositories.note(repository);
    await histories.ask([repository.id], NOW);
    await histories.noteSize(repository.id, size);
    ids.push(repository.id);
  }
  await feedHistories(context.record, NOW, null);
  await feedHistories(context.record, NOW, null);
  const waiting = context.queue
    .all()
    .flatMap(({ job }) => (job.kind === "read_history" ? job.repositoryId : []));
  expect(waiting).toEqual([ids[1], ids[2], ids[3]]);
});

test("what was fetched of a removed or unknown repository is deleted", async () => {
  const one = await stage();
  const removed: number[] = [];
  const fetched = { ids: async () => [one.id, 999], remove: async (id: number) => void removed.push(id) };
  await dropRemovedHistories(one.context.record, fetched);
  expect(removed).toEqual([999]);
  await one.context.record.repositories.remove(5, null);
  await dropRemovedHistories(one.context.record, fetched);
  expect(removed).toEqual([999, one.id, 999]);
});

test("progress tells repositories, bytes, rate and the time left", async () => {
  const one = await stage();
  const { histories, repositories } = one.context.record;
  for (const size of [3000, 3000, 3000]) {
    const repository = aRepository();
    await repositories.note(repository);
    await histories.ask([repository.id], NOW);
    await histories.noteSize(repository.id, size);
  }
  expect(await historyProgress(one.context.record, 5, NOW)).toMatchObject({ read: 0, secondsLeft: null });
  one.answer = async () => {
    one.context.clock = new Date(NOW.getTime() + 10_000);
    return NOTHING_READ;
  };
  await one.read();
  await histories.noteSize(one.id, 1000);
  const progress = await historyProgress(one.context.record, 5, one.context.clock);
  expect(progress).toMatchObject({ repositories: 4, read: 1, waiting: 3, bytes: 10_000, bytesRead: 1000 });
  expect(progress).toMatchObject({ bytesPerSecond: 100, secondsLeft: 90 });
});
