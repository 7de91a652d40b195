import { describe, expect, test } from "vitest";
import { NO_FACTS } from "../../src/domain/index.ts";
import type { Gap, Repository, Scope, Trust } from "../../src/domain/index.ts";
import { DETECTOR_VERSION } from "../../src/detect/index.ts";
import { buryJob, runJob } from "../../src/jobs/index.ts";
import { finishScope, noteScope } from "../../src/jobs/scope-life.ts";
import { GitError } from "../../src/source/index.ts";
import { aContext, aRepository } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import { keyOf } from "../../fixtures/keys.ts";
import { aNotice, MAIN, NOON, PULL } from "../support/notices.ts";
import { commitAnswer, fileAnswer, PARENT, SHA } from "../support/rest-answers.ts";

const BASE = "a1".repeat(20);

/** A repository whose commit adds one line. */
function withLine(line: string, context = aContext()): { context: FakeContext; repository: Repository } {
  const patch = `@@ -0,0 +1 @@\n+${line}`;
  context.github.commits.set(SHA, commitAnswer([fileAnswer({ status: "added", sha: null, patch })]));
  return { context, repository: aRepository() };
}

const leaking = (seed = "scan-scope") => withLine(`stripe("${keyOf("sk_live_", seed)}")`);

test("a clean push is green after three requests, not counting those for the configuration", async () => {
  const { context, repository } = withLine("nothing to see");
  await context.accept([aNotice(repository)]);
  await context.settle();
  expect(context.github.current(SHA)).toMatchObject({ conclusion: "success" });
  const requests = context.github.requests.filter((request) => !request.includes("/contents/"));
  const methods = requests.map((request) => request.split(" ")[0] ?? "");
  expect(methods.toSorted()).toEqual(["GET", "PATCH", "POST"]);
});

/** Whether judging the second of two pushes to main, of which the first added this file, asked for the file before it. */
async function asksAfter(filename: string): Promise<boolean> {
  const [context, repository] = [aContext(), aRepository()];
  const next = "e5".repeat(20);
  const file = (name: string) => fileAnswer({ filename: name, status: "added", patch: "@@ -0,0 +1 @@\n+a" });
  context.github.commits.set(SHA, commitAnswer([file(filename)]));
  context.github.commits.set(next, commitAnswer([file("b.ts")], { sha: next, parents: [{ sha: SHA }] }));
  await context.accept([aNotice(repository)]);
  await context.settle();
  const scope = { ...MAIN, before: SHA, after: next };
  const facts = { ...NO_FACTS, listedCommits: [next], commitCount: 1, previousHead: SHA };
  await context.accept([aNotice(repository, { scope, facts })]);
  await context.settle();
  expect(context.github.current(next)).toMatchObject({ conclusion: "success" });
  return context.github.queries.some((query) => query.get("ref") === SHA);
}

test("GitHub is asked for the configuration before a push, unless the push before it shows that there is none", async () => {
  expect(await asksAfter("src/a.ts")).toBe(false);
  expect(await asksAfter(".github/rollcall.yml")).toBe(true);
});

test("the configuration is fetched while the commit is read", async () => {
  const { context, repository } = withLine("nothing to see");
  const { promise: fetched, resolve } = Promise.withResolvers<void>();
  context.github.hold = async (request) => {
    if (request.includes("/contents/")) resolve();
    if (request.includes(`/commits/${SHA}`)) await fetched;
  };
  await context.accept([aNotice(repository)]);
  await context.settle();
  expect(context.github.current(SHA)).toMatchObject({ conclusion: "success" });
});

test("a stranger's leak is reported once it is merged, and the check stays red", async () => {
  const { context, repository } = leaking();
  const trust: Trust = { kind: "author", login: "stranger" };
  await context.accept([aNotice(repository, { scope: PULL, trust })]);
  await context.settle();
  expect(context.github.issues).toHaveLength(0);
  const asOf = new Date("2026-11-21T12:00:05Z");
  await context.accept([
    aNotice(repository, { scope: PULL, asOf }),
    { kind: "scope_ended", repository, key: "pull_request:7", asOf },
  ]);
  await context.settle();
  expect(context.github.issues).toHaveLength(1);
  const [scope] = await context.record.scopes.atHead(repository.id, SHA);
  expect(scope).toMatchObject({ ended: "closed", state: "read" });
  expect(context.github.current(SHA)).toMatchObject({ conclusion: "failure" });
});

test.each([403, 500])(
  "a role that GitHub does not tell (%i) leaves the check red and whole",
  async (status) => {
    const { context, repository } = leaking();
    context.github.fault = (request) => (request.includes("/collaborators/") ? status : null);
    await context.accept([aNotice(repository, { scope: PULL, trust: { kind: "author", login: "ann" } })]);
    await expect(context.settle()).rejects.toMatchObject({ status });
    expect(context.github.current(SHA)).toMatchObject({
      conclusion: "failure",
      annotations: [{ start_line: 1 }],
    });
    expect(context.github.issues).toHaveLength(0);
  },
);

test("a check run that cannot be opened at first does not keep the commit from being read", async () => {
  const { context, repository } = withLine("nothing to see");
  let refused = false;
  context.github.fault = (request) => {
    if (refused || !request.startsWith("POST")) return null;
    refused = true;
    return 422;
  };
  await context.accept([aNotice(repository)]);
  await context.settle();
  expect(context.github.current(SHA)).toMatchObject({ conclusion: "success" });
});

test("in a trial the check is neutral and no issue is opened", async () => {
  const { context, repository } = leaking();
  context.github.files.set("acme/.github/.github/rollcall.yml", "mode: observe\n");
  await context.accept([aNotice(repository)]);
  await context.settle();
  expect(context.github.current(SHA)).toMatchObject({ conclusion: "neutral" });
  expect(context.github.issues).toHaveLength(0);
});

describe("a push that changes the configuration", () => {
  const FILE = "acme/shop/.github/rollcall.yml";
  const changing = { ...aNotice(aRepository()).facts, changesConfiguration: true };

  test("is judged by the rules from before it, and its check says what it loosens", async () => {
    const { context, repository } = leaking();
    context.github.files.set(FILE, "test_keys: fail\n");
    context.github.files.set(`${FILE}@${SHA}`, "test_keys: ignore\n");
    await context.accept([aNotice(repository, { facts: changing })]);
    await context.settle();
    const run = context.github.current(SHA);
    expect(run).toMatchObject({ conclusion: "failure" });
    expect(run?.summary).toContain("`test_keys`: ignore instead of fail");
  });

  test("and loosens nothing has no such note", async () => {
    const { context, repository } = leaking();
    context.github.files.set(`${FILE}@${SHA}`, "test_keys: fail\n");
    await context.accept([aNotice(repository, { facts: changing })]);
    await context.settle();
    expect(context.github.current(SHA)?.summary).not.toContain("loosens");
  });
});

test("a pull request that closes leaves the verdict to the other scopes of its head", async () => {
  const { context, repository } = withLine("nothing to see");
  await context.accept([aNotice(repository)]);
  await context.settle();
  await context.accept([aNotice(repository, { scope: PULL })]);
  const asOf = new Date("2026-11-21T12:00:05Z");
  await context.accept([{ kind: "scope_ended", repository, key: "pull_request:7", asOf }]);
  await context.settle();
  expect(context.github.current(SHA)).toMatchObject({ conclusion: "success" });
});

test("the same head pushed again from nearer by keeps what the ref brought before", async () => {
  const { context, repository } = leaking();
  const head = "e5".repeat(20);
  context.github.commits.set(head, commitAnswer([], { sha: head, parents: [{ sha: SHA }] }));
  const scope: Scope = { kind: "push", ref: "refs/heads/main", before: PARENT, after: head };
  await context.accept([aNotice(repository, { scope, facts: { ...NO_FACTS, listedCommits: [SHA, head] } })]);
  await context.settle();
  expect(context.github.current(head)?.conclusion).toBe("failure");
  const nearer: Scope = { ...scope, before: SHA };
  await context.accept([
    aNotice(repository, { scope: nearer, facts: { ...NO_FACTS, listedCommits: [head] }, asOf: new Date() }),
  ]);
  await context.settle();
  expect(context.github.current(head)?.conclusion).toBe("failure");
});

test("a reading of a scope that was noted again meanwhile does not count", async () => {
  const { context, repository } = withLine("nothing to see");
  await context.accept([aNotice(repository)]);
  const [scope] = await context.record.scopes.atHead(repository.id, SHA);
  if (scope === undefined) throw new Error("a scope");
  await context.accept([aNotice(repository, { asOf: new Date("2026-11-21T12:00:01Z") })]);
  const target = { repositoryId: repository.id, installationId: 5 };
  const result = { commits: [], findings: [], coverage: { commits: 0, files: 0, gaps: [] } };
  const kept = await context.record.transaction((within) => finishScope(within, target, scope, result, NOON));
  expect(kept).toBe(false);
  expect(await context.record.scopes.find(repository.id, scope.id)).toMatchObject({
    state: "noted",
    generation: 2,
  });
});

/** A head that REST shows as clean, in a repository that git cannot fetch. */
function withoutGit(): { context: FakeContext; repository: Repository } {
  const prepare = async () => {
    throw new GitError("access_denied", "ordered");
  };
  return withLine("x", aContext({ git: { prepare, prepareTips: prepare } }));
}

describe("a scan that GitHub keeps from being done", () => {
  const scope: Scope = { ...PULL, base: BASE };
  const notice = (repository: Repository) =>
    aNotice(repository, { scope, facts: { ...NO_FACTS, commitCount: 6 } });

  async function failing() {
    const { context, repository } = withoutGit();
    await context.accept([notice(repository)]);
    const [job] = context.queue.all();
    if (job === undefined) throw new Error("a job");
    return { context, job: job.job };
  }

  test("stays in progress during the first retries, then says that it keeps failing and keeps trying", async () => {
    const { context, job } = await failing();
    await expect(runJob(context, job, { failures: 0 })).rejects.toMatchObject({ retryable: true });
    expect(context.github.current(SHA)?.conclusion).toBeNull();
    await expect(runJob(context, job, { failures: 3 })).rejects.toMatchObject({ retryable: true });
    expect(context.github.current(SHA)).toMatchObject({ conclusion: "failure" });
  });

  test("shows what could be read with a gap for the rest when it is given up", async () => {
    const { context, job } = await failing();
    await buryJob(context, job, "GitHub did not answer.");
    expect(context.github.current(SHA)).toMatchObject({ conclusion: "failure" });
    expect(context.github.current(SHA)?.title).toContain("Scan incomplete");
  });

  test("shows why once GitHub answers again, and a redelivery reads it", async () => {
    const { context, repository } = withLine("nothing to see");
    context.github.fault = () => 502;
    await context.accept([aNotice(repository)], "a delivery");
    const [job] = context.queue.all();
    if (job === undefined) throw new Error("a job");
    job.state = "failed";
    await buryJob(context, job.job, "GitHub did not answer.");
    expect(context.github.current(SHA)).toBeNull();

    context.github.fault = () => null;
    context.clock = new Date(NOON.getTime() + 10 * 60_000);
    await runJob(context, { kind: "sweep" });
    await context.settle();
    expect(context.github.current(SHA)).toMatchObject({ conclusion: "failure" });

    await context.accept([aNotice(repository)], "a delivery");
    await context.settle();
    expect(context.github.current(SHA)).toMatchObject({ conclusion: "success" });
  });
});

test("an earlier reading whose list of commits had a gap proves nothing for the next", async () => {
  const { context, repository } = withoutGit();
  const before: Scope = { ...PULL, base: BASE, head: PARENT };
  const unlisted: Gap = { reason: "unavailable", commit: PARENT, path: null, detail: "not given" };
  const target = { repositoryId: repository.id, installationId: 5 };
  await context.record.transaction(async (within) => {
    await within.repositories.note(repository);
    const noted = { repositoryId: repository.id, scope: before, defaultBranch: false, facts: NO_FACTS };
    const asOf = new Date("2026-11-21T11:00:00Z");
    const { scope } = await noteScope(within, { ...noted, trust: { kind: "nobody" }, asOf }, true, NOON);
    const coverage = { commits: 1, files: 1, gaps: [unlisted] };
    await finishScope(within, target, scope, { commits: [PARENT], findings: [], coverage }, NOON);
  });
  const scan = { sha: PARENT, parents: [BASE], files: 1, findings: [], gaps: [] };
  await context.record.commitScans.save(repository.id, DETECTOR_VERSION, [scan], NOON);
  const facts = { ...NO_FACTS, commitCount: 6, previousHead: PARENT };
  await context.accept([aNotice(repository, { scope: { ...PULL, base: BASE }, facts })]);
  await expect(context.settle()).rejects.toMatchObject({ code: "access_denied" });
  expect(context.github.current(SHA)?.conclusion).not.toBe("success");
});

test("a late delivery about an older base does not replace the reading of the newer one", async () => {
  const { context, repository } = withLine("x");
  const line = `stripe("${keyOf("sk_live_", "late-base")}")`;
  const file = fileAnswer({ status: "added", sha: null, patch: `@@ -0,0 +1 @@\n+${line}` });
  context.github.commits.set(PARENT, commitAnswer([file], { sha: PARENT, parents: [{ sha: BASE }] }));
  context.github.between = (base) => (base === BASE ? [PARENT, SHA] : [SHA]);
  const scope: Scope = { ...PULL, base: BASE };
  await context.accept([
    aNotice(repository, { scope, facts: NO_FACTS, asOf: new Date("2026-11-21T12:00:05Z") }),
  ]);
  await context.settle();
  expect(context.github.current(SHA)?.conclusion).toBe("failure");
  await context.accept([aNotice(repository, { scope: PULL, facts: NO_FACTS })]);
  await context.settle();
  expect(context.github.current(SHA)?.conclusion).toBe("failure");
  const scopes = await context.record.scopes.atHead(repository.id, SHA);
  expect(scopes.map((each) => [each.scope.kind === "pull_request" && each.scope.base, each.ended])).toEqual([
    [BASE, null],
    [PARENT, "superseded"],
  ]);
});

test("a commit without a delivery opens no issue, however often it is re-run", async () => {
  const { context, repository } = leaking();
  context.branches.set("refs/heads/main", SHA);
  for (const _ of [1, 2]) {
    await context.accept([{ kind: "rerun", repository, head: SHA }]);
    await context.settle();
  }
  expect(context.github.current(SHA)).toMatchObject({ conclusion: "failure" });
  expect(context.github.issues).toHaveLength(0);
});

test("a branch that is only named like a merge queue's is a person's; one that its event names is not", async () => {
  const ref = "refs/heads/gh-readonly-queue/main/pr-7-0";
  const scope: Scope = { ...MAIN, ref };
  for (const [queued, issues] of [
    [false, 1],
    [true, 0],
  ] as const) {
    const { context, repository } = leaking(`queue ${queued}`);
    const group: Scope = { kind: "merge_group", ref, base: PARENT, head: SHA };
    const trust: Trust = { kind: "nobody" };
    // The push comes first, as GitHub pushes the branch before it asks for checks.
    await context.accept([aNotice(repository, { scope })]);
    if (queued) await context.accept([aNotice(repository, { scope: group, trust })]);
    await context.settle();
    expect(context.github.current(SHA)).toMatchObject({ conclusion: "failure" });
    expect(context.github.issues).toHaveLength(issues);
  }
});

test("a new branch leaves out what old branches hold, but not what only a merge queue's branch does", async () => {
  const asked: (readonly string[])[] = [];
  const context = aContext({
    git: {
      async prepare({ exclude }) {
        asked.push(exclude);
        return { commits: [{ sha: SHA, parents: [] }], gaps: [], fetches: [] };
      },
    },
  });
  context.github.commits.set(SHA, commitAnswer([]));
  const repository = aRepository();
  const queued = "gh-readonly-queue/main/pr-7-abc";
  await context.record.repositories.note(repository);
  await context.record.tips.add(
    repository.id,
    [["main", "1"] as const, [queued, "2"] as const].map(([branch, digit]) => ({
      sha: digit.repeat(40),
      kind: "baseline",
      ref: `refs/heads/${branch}`,
      knownAt: new Date(0),
      coveredAt: null,
    })),
  );
  context.github.between = () => Array.from({ length: 9 }, () => SHA);
  const scope = { ...MAIN, ref: "refs/heads/new", before: null };
  await context.accept([aNotice(repository, { scope, facts: NO_FACTS })]);
  await context.settle();
  expect(asked).toEqual([["1".repeat(40)]]);
});
