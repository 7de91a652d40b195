import { describe, expect, test } from "vitest";
import { NO_FACTS } from "../../src/domain/index.ts";
import type { CurrentRepository } from "../../src/domain/index.ts";
import { changeLeakState } from "../../src/jobs/leak-state.ts";
import { publishCheck } from "../../src/jobs/publish-check.ts";
import { HISTORY_CHECK } from "../../src/store/index.ts";
import { aContext, aRepository } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import { pastFinding } from "../support/past-findings.ts";
import { historyRead, historyRuns, passTime } from "../support/read-histories.ts";
import { HEAD, madeFinding, OLDER } from "../support/reported.ts";

const MINUTE = 60_000;
const NEWER = "d".repeat(40);

/** A private repository whose history holds a key, with its issue and its check. */
async function shown(): Promise<{
  readonly context: FakeContext;
  readonly repository: CurrentRepository;
  readonly fingerprint: string;
}> {
  const context = aContext();
  context.github.heads.set("main", HEAD);
  const repository = aRepository();
  const finding = madeFinding({ commit: OLDER });
  await historyRead(context, repository, [pastFinding(finding)]);
  await passTime(context, MINUTE);
  expect(historyRuns(context)).toHaveLength(1);
  return { context, repository, fingerprint: finding.fingerprint };
}

/** A push to a branch, without commits of its own: only the check on the history is looked at. */
async function push(context: FakeContext, repository: CurrentRepository, branch = "main"): Promise<void> {
  const scope = { kind: "push", ref: `refs/heads/${branch}`, before: HEAD, after: NEWER } as const;
  const trust = { kind: "writer" } as const;
  const asOf = context.clock;
  await context.accept([{ kind: "scope", repository, scope, facts: NO_FACTS, trust, asOf, lane: "trusted" }]);
  // Without git nothing is scanned.
  for (const { job, state } of context.queue.all())
    if (job.kind === "scan" && state === "waiting") dropped(context, job);
}

function dropped(context: FakeContext, job: object): void {
  for (const queued of context.queue.all()) if (queued.job === job) queued.state = "done";
}

describe("the check on a history", () => {
  test("turns with the state of a leak", async () => {
    const { context, repository, fingerprint } = await shown();
    const leak = { reportRepositoryId: repository.id, fingerprint };
    const change = { from: "open", to: "rolled", actor: "ann", how: "attested" } as const;
    await changeLeakState(context, leak, change);
    await passTime(context, MINUTE);
    const [run, ...others] = historyRuns(context);
    expect(others).toEqual([]);
    expect(run?.title).toBe("No open key in history: 1 rolled");
    expect(run?.text).toContain("rolled: attested by ann, not verified");
  });

  test("moves to the new commit of the default branch, and leaves no details behind", async () => {
    const { context, repository } = await shown();
    const before = historyRuns(context)[0];
    expect(before?.text).toContain("sk_live_");
    context.github.heads.set("main", NEWER);
    await push(context, repository);
    await passTime(context, MINUTE);
    const [former, run, ...others] = historyRuns(context);
    expect(others).toEqual([]);
    expect(run).toMatchObject({ head: NEWER, title: "1 live key in history, none at the tip" });
    expect(former).toMatchObject({
      head: HEAD,
      text: "",
      title: "See the newest commit of the default branch",
    });
    expect(former?.summary).not.toContain("sk_live_");
  });

  test("stays where it is when another branch is pushed", async () => {
    const { context, repository } = await shown();
    await push(context, repository, "feature");
    await passTime(context, MINUTE);
    expect(historyRuns(context)).toHaveLength(1);
  });

  test("is found by the sweep if nothing wrote it", async () => {
    const { context, repository } = await shown();
    context.github.heads.set("main", NEWER);
    await context.record.checks.touch(repository.id, [HISTORY_CHECK], context.clock);
    const stale = await context.record.checks.stale(new Date(8.64e15), 9, repository.id);
    expect(stale).toMatchObject([{ head: HISTORY_CHECK }]);
  });

  test("of a repository that becomes public loses every detail, and its issue is withdrawn", async () => {
    const { context, repository } = await shown();
    const open = { ...repository, private: false };
    context.github.repository = { ...context.github.repository, private: false, default_branch: "main" };
    await context.accept([
      { kind: "repository_changed", repository: open, state: "active", publicized: true },
    ]);
    await passTime(context, MINUTE);
    const [run, ...others] = historyRuns(context);
    expect(others).toEqual([]);
    expect(run).toMatchObject({ title: "Not shown on a public repository", text: "" });
    expect(run?.summary).not.toContain("sk_live_");
    // The leak has no place any more, and the neutral issue would tell that there is one.
    expect(context.github.issues.filter(({ state }) => state === "open")).toEqual([]);
  });

  test("of a repository that is private again shows everything again", async () => {
    const { context, repository } = await shown();
    const seen = (isPrivate: boolean) => {
      context.github.repository = {
        ...context.github.repository,
        private: isPrivate,
        default_branch: "main",
      };
      return context.accept([
        {
          kind: "repository_changed",
          repository: { ...repository, private: isPrivate },
          state: "active",
          publicized: !isPrivate,
        },
      ]);
    };
    await seen(false);
    await passTime(context, MINUTE);
    await seen(true);
    await passTime(context, MINUTE);
    expect(historyRuns(context)).toMatchObject([{ title: "1 live key in history, none at the tip" }]);
    expect(context.github.issues.filter(({ state }) => state === "open")).toHaveLength(1);
  });

  test("is written anew, in a new run, when a person clicks Re-run, and the history is read again", async () => {
    const { context, repository } = await shown();
    await context.accept([{ kind: "rerun_history", repository, head: HEAD }]);
    expect((await context.record.histories.find(repository.id))?.dueAt).toEqual(context.clock);
    const publish = context.queue.all().filter(({ job }) => job.kind === "read_history");
    expect(publish).toHaveLength(1);
    for (const { job } of publish) dropped(context, job);
    await passTime(context, MINUTE);
    expect(historyRuns(context)).toMatchObject([
      { title: "See the newest commit of the default branch" },
      { title: "1 live key in history, none at the tip" },
    ]);
  });

  test("a Re-run of another commit's checks does nothing to it", async () => {
    const { context, repository } = await shown();
    await context.accept([{ kind: "rerun_history", repository, head: NEWER }]);
    await passTime(context, MINUTE);
    expect(historyRuns(context)).toHaveLength(1);
  });

  test("of an empty repository is not made", async () => {
    const context = aContext();
    await historyRead(context, aRepository(), []);
    await passTime(context, MINUTE);
    expect(historyRuns(context)).toEqual([]);
  });

  test("says that a history was too large to be read", async () => {
    const context = aContext();
    context.github.heads.set("main", HEAD);
    const repository = aRepository();
    const { record, clock } = context;
    await record.repositories.note(repository);
    await record.histories.ask([repository.id], clock);
    const problem = "It holds 6.2 GB, and the limit is 5 GB.";
    await record.histories.fail(repository.id, { state: "too_large", problem, dueAt: clock });
    await record.checks.touch(repository.id, [HISTORY_CHECK], clock);
    await publishCheck(context, repository.id, HISTORY_CHECK);
    expect(historyRuns(context)).toMatchObject([{ title: "History could not be read" }]);
  });
});

describe("a request whose answer is lost", () => {
  const CREATE = "POST /repos/acme/shop/check-runs";

  async function withFault(fault: "before" | "after") {
    const context = aContext();
    context.github.heads.set("main", HEAD);
    let failed = false;
    context.github.fault = (request) => {
      if (failed || request !== CREATE) return null;
      failed = true;
      return fault;
    };
    const repository = aRepository();
    await historyRead(context, repository, [pastFinding(madeFinding({ commit: OLDER }))]);
    await expect(passTime(context, MINUTE)).rejects.toThrow("asked to");
    return { context, repository };
  }

  async function publish(context: FakeContext, repository: CurrentRepository): Promise<void> {
    await publishCheck(context, repository.id, HISTORY_CHECK);
  }

  test("and had its effect makes no second run", async () => {
    const { context, repository } = await withFault("after");
    await publish(context, repository);
    expect(historyRuns(context)).toMatchObject([{ title: "1 live key in history, none at the tip" }]);
  });

  test("and may still arrive is waited for: until then no second run is asked for", async () => {
    const { context, repository } = await withFault("before");
    await expect(publish(context, repository)).rejects.toThrow("It is looked for again.");
    expect(context.github.asked(CREATE)).toHaveLength(1);
    context.clock = new Date(context.clock.getTime() + 2 * MINUTE);
    await publish(context, repository);
    expect(historyRuns(context)).toHaveLength(1);
  });

  test("and arrives late is taken over", async () => {
    const { context, repository } = await withFault("before");
    const pending = (await context.record.checks.find(repository.id, HISTORY_CHECK))?.run;
    const shownNow = { title: "old", summary: "", text: "", annotations: [] };
    const run = { id: 1, name: "Rollcall history", head: HEAD, conclusion: "neutral", ...shownNow } as const;
    context.github.runs.push({ ...run, externalId: pending?.externalId ?? "" });
    await publish(context, repository);
    expect(historyRuns(context)).toMatchObject([{ id: 1, title: "1 live key in history, none at the tip" }]);
  });

  test("while the check moves leaves one run with details", async () => {
    const { context, repository } = await shown();
    context.github.heads.set("main", NEWER);
    let failed = false;
    context.github.fault = (request) => {
      if (failed || request !== CREATE) return null;
      failed = true;
      return "after";
    };
    await context.record.checks.touch(repository.id, [HISTORY_CHECK], context.clock);
    await expect(publish(context, repository)).rejects.toThrow("asked to");
    await publish(context, repository);
    const withDetails = historyRuns(context).filter(({ text }) => text !== "");
    expect(withDetails).toMatchObject([{ head: NEWER }]);
    expect(historyRuns(context)).toHaveLength(2);
  });
});
