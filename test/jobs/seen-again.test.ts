import { describe, expect, test } from "vitest";
import { NO_FACTS } from "../../src/domain/index.ts";
import type { CurrentRepository, Scope, Trust } from "../../src/domain/index.ts";
import { runJob } from "../../src/jobs/index.ts";
import { noteSeenElsewhere } from "../../src/jobs/seen-again.ts";
import { keyOf } from "../../fixtures/keys.ts";
import { aContext, aRepository } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import { aNotice } from "../support/notices.ts";
import { madeFinding } from "../support/reported.ts";
import { commitAnswer, fileAnswer, PARENT, SHA } from "../support/rest-answers.ts";

const LATER = "e5".repeat(20);
/** When people close issues at this GitHub. */
const CLOSED_AT = new Date("2026-11-21T12:00:00Z");
const MINUTE_MS = 60_000;

/** A commit that adds the key in a file of its own. */
function commits(context: FakeContext, sha: string, parent: string, path: string, key: string): void {
  const patch = `@@ -0,0 +1 @@\n+stripe("${key}")`;
  const file = fileAnswer({ filename: path, status: "added", sha: null, patch });
  context.github.commits.set(sha, commitAnswer([file], { sha, parents: [{ sha: parent }] }));
}

/** A key that was pushed, reported and attested as rolled. */
async function rolled(
  seed: string,
  heardAfterMs = 0,
): Promise<{ context: FakeContext; repository: CurrentRepository }> {
  const [context, repository] = [aContext(), aRepository()];
  const key = keyOf("sk_live_", seed);
  commits(context, SHA, PARENT, "src/pay.ts", key);
  commits(context, LATER, SHA, "src/again.ts", key);
  await context.accept([aNotice(repository)]);
  await context.settle();
  const [issue] = context.github.issues;
  if (issue === undefined) throw new Error("no issue");
  context.github.roles.set("max", "maintain");
  context.github.changeIssue(issue, "closed", { login: "max", type: "User", closer: null });
  context.clock = new Date(CLOSED_AT.getTime() + heardAfterMs);
  await context.accept([{ kind: "issue_changed", repository, number: issue.number, marked: true }]);
  await context.settle();
  expect(await context.record.leaks.all(repository.id)).toMatchObject([{ state: "rolled" }]);
  return { context, repository };
}

/** The next commit, which brings the key again, is pushed. */
async function pushAgain(
  context: FakeContext,
  repository: CurrentRepository,
  options: { readonly trust?: Trust; readonly asOf?: Date } = {},
): Promise<void> {
  const { trust = { kind: "writer" }, asOf = new Date(CLOSED_AT.getTime() + MINUTE_MS) } = options;
  const scope: Scope = { kind: "push", ref: "refs/heads/main", before: SHA, after: LATER };
  const facts = { ...NO_FACTS, listedCommits: [LATER], commitCount: 1, previousHead: SHA };
  await context.accept([aNotice(repository, { scope, facts, trust, asOf })]);
}

/** Does every job that is due but those that report leaks, as while issues are paced. */
async function withoutReports(context: FakeContext): Promise<void> {
  for (;;) {
    const next = context.queue.due(context.clock.getTime()).find(({ job }) => job.kind !== "report");
    if (next === undefined) return;
    await runJob(context, next.job);
    next.state = "done";
  }
}

describe("a rolled key that a new commit brings", () => {
  test("is red from its first verdict on, also while its issue waits", async () => {
    const { context, repository } = await rolled("waits");
    const shown: (string | null | undefined)[] = [];
    context.github.watch = () => shown.push(context.github.current(LATER)?.conclusion);
    await pushAgain(context, repository);
    await withoutReports(context);
    expect(context.github.current(LATER)).toMatchObject({ conclusion: "failure" });
    expect(context.github.comments()).toEqual([]);
    await context.settle();
    expect(shown).not.toContain("success");
    const [issue] = context.github.issues;
    expect(issue?.comments.map(({ body }) => body)).toEqual([
      expect.stringContaining("brings this key again"),
    ]);
    expect(issue?.state).toBe("open");
    expect(issue?.body).toContain("again.ts");
  });

  test.each(["deleted before", "deleted after"])("has an issue in the end: its own was %s", async (when) => {
    const { context, repository } = await rolled(when);
    const [issue] = context.github.issues;
    if (issue === undefined) throw new Error("no issue");
    if (when === "deleted before") context.github.deleteIssue(issue);
    await pushAgain(context, repository);
    await withoutReports(context);
    if (when === "deleted after") context.github.deleteIssue(issue);
    await context.settle();
    expect(context.github.current(LATER)).toMatchObject({ conclusion: "failure" });
    expect(context.github.issues).toMatchObject([{ number: 2, state: "open" }]);
    expect(context.github.issues[0]?.body).toContain("again.ts");
  });

  test("is told once, however often the job is killed", async () => {
    const { context, repository } = await rolled("killed");
    await pushAgain(context, repository);
    await withoutReports(context);
    for (const request of ["GET /repos/acme/shop/issues/1/comments", "PATCH /repos/acme/shop/issues/1"]) {
      let broken = false;
      context.github.fault = (asked) => {
        if (broken || asked !== request) return null;
        broken = true;
        return "after";
      };
      await expect(context.settle()).rejects.toMatchObject({ retryable: true });
      for (const job of context.queue.all()) if (job.state === "failed") job.state = "waiting";
    }
    await context.settle();
    expect(context.github.comments()).toHaveLength(1);
    expect(context.github.issues).toMatchObject([{ state: "open" }]);
  });

  test("stays rolled where a person without write access brings it", async () => {
    const { context, repository } = await rolled("stranger");
    await pushAgain(context, repository, { trust: { kind: "author", login: "stranger" } });
    await context.settle();
    expect(await context.record.leaks.all(repository.id)).toMatchObject([{ state: "rolled" }]);
    expect(context.github.comments()).toEqual([]);
  });

  test.each<[string, number, number, string]>([
    ["a minute before it was closed", -1, 0, "rolled"],
    ["in the same second", 0, 0, "open"],
    ["a minute after it, before Rollcall heard of the closing", 1, 120, "open"],
    ["a minute before it, heard of hours later", -1, 120, "rolled"],
  ])("pushed %s", async (name, pushed, heard, state) => {
    const { context, repository } = await rolled(name, heard * MINUTE_MS);
    await pushAgain(context, repository, { asOf: new Date(CLOSED_AT.getTime() + pushed * MINUTE_MS) });
    await context.settle();
    expect(await context.record.leaks.all(repository.id)).toMatchObject([{ state }]);
    const conclusion = state === "open" ? "failure" : "success";
    expect(context.github.current(LATER)).toMatchObject({ conclusion });
    expect(context.github.comments()).toHaveLength(state === "open" ? 1 : 0);
  });
});

test("an old copy in a repository that is new to Rollcall does not open the leak of an attested key", async () => {
  const { context, repository } = await rolled("old copy");
  const other = { ...aRepository({ name: "other" }), installationId: repository.installationId };
  const [leak] = await context.record.leaks.all(repository.id);
  if (leak === undefined) throw new Error("no leak");
  // Both share the place of their issues, which is the first repository here.
  const added = { leak, reportRepositoryId: repository.id };
  await context.record.repositories.note(other);
  const at = (commit: string) => ({ ...madeFinding({ commit }), fingerprint: leak.fingerprint });
  const seen = (commit: string, asOf: Date) =>
    noteSeenElsewhere(context, other, [{ ...added, locations: [at(commit)] }], {
      asOf,
      firstNotedAt: context.clock,
    });
  await seen("a1".repeat(20), new Date(CLOSED_AT.getTime() - 1000));
  expect(await context.record.leaks.all(repository.id)).toMatchObject([{ state: "rolled" }]);
  await seen("a1".repeat(20), new Date(CLOSED_AT.getTime() + 1000));
  expect(await context.record.leaks.all(repository.id)).toMatchObject([{ state: "open" }]);
});
