import { describe, expect, test } from "vitest";
import type { Repository, Scope } from "../../src/domain/index.ts";
import { runJob } from "../../src/jobs/index.ts";
import type { Job, Trust } from "../../src/jobs/index.ts";
import { aContext, aRepository, useDatabase } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import { keyOf } from "../../fixtures/keys.ts";
import { commitAnswer, fileAnswer, PARENT, SHA } from "../support/rest-answers.ts";

const database = useDatabase();

const PUSH: Scope = { kind: "push", ref: "refs/heads/main", before: PARENT, after: SHA };
const PULL: Scope = { kind: "pull_request", number: 7, base: PARENT, head: SHA };

function scanOf(repository: Repository, fields: Partial<Extract<Job, { kind: "scan" }>> = {}): Job {
  return {
    kind: "scan",
    repository,
    scope: PUSH,
    hints: { commits: [SHA], count: 1, previousHead: PARENT, forced: false, tag: null, inNames: [] },
    trust: { kind: "writer" },
    asOf: "2026-11-21T12:00:00Z",
    configurationChanged: false,
    last: false,
    ...fields,
  };
}

/** A repository whose commit adds one line. */
function withLine(line: string): { context: FakeContext; repository: Repository } {
  const context = aContext(database());
  const patch = `@@ -0,0 +1 @@\n+${line}`;
  context.github.commits.set(SHA, commitAnswer([fileAnswer({ status: "added", sha: null, patch })]));
  return { context, repository: aRepository() };
}

const leaking = () => withLine(`stripe("${keyOf("sk_live_", "scan-scope")}")`);

test("a clean push is green in two requests beside those for the configuration", async () => {
  const { context, repository } = withLine("nothing to see");
  await runJob(context, scanOf(repository));
  expect(context.github.current(SHA)).toMatchObject({ conclusion: "success" });
  const requests = context.github.requests.filter((request) => !request.includes("/contents/"));
  expect(
    requests.map((request) => request.split(" ")[0]).toSorted((a = "", b = "") => a.localeCompare(b)),
  ).toEqual(["GET", "PATCH", "POST"]);
});

describe("who may cause an issue", () => {
  const author = (login: string): Trust => ({ kind: "author", login });

  test.each<[string, Scope, Trust, number]>([
    ["who pushes", PUSH, { kind: "writer" }, 1],
    ["the author of a pull request who may write", PULL, author("ann"), 1],
    ["a stranger's pull request", PULL, author("stranger"), 0],
    ["a merge queue", PULL, { kind: "nobody" }, 0],
  ])("%s", async (_name, scope, trust, issues) => {
    const { context, repository } = leaking();
    context.github.roles.set("ann", "write");
    await runJob(context, scanOf(repository, { scope, trust }));
    expect(context.github.issues).toHaveLength(issues);
    expect(context.github.current(SHA)).toMatchObject({ conclusion: "failure" });
  });

  test("what a stranger brought is filed when somebody merges it, and its scope ends", async () => {
    const { context, repository } = leaking();
    await runJob(context, scanOf(repository, { scope: PULL, trust: author("stranger") }));
    expect(context.github.issues).toHaveLength(0);
    const merged = scanOf(repository, { scope: PULL, asOf: "2026-11-21T12:00:05Z", last: true });
    await runJob(context, merged);
    expect(context.github.issues).toHaveLength(1);
    const [scope] = await context.store.scopes.atHead(repository.id, SHA);
    expect(scope).toMatchObject({ active: false, done: true });
    expect(context.github.current(SHA)).toMatchObject({ conclusion: "failure" });
  });

  test.each([403, 500])(
    "a role that GitHub does not tell (%i) leaves the check red and whole",
    async (status) => {
      const { context, repository } = leaking();
      context.github.fault = (request) => (request.includes("/collaborators/") ? status : null);
      const scan = runJob(context, scanOf(repository, { scope: PULL, trust: author("ann") }));
      await expect(scan).rejects.toMatchObject({ status });
      expect(context.github.current(SHA)).toMatchObject({
        conclusion: "failure",
        annotations: [{ start_line: 1 }],
      });
      expect(context.github.issues).toHaveLength(0);
    },
  );
});

test("an issue that cannot be filed now leaves the check red and whole, and the job is tried again", async () => {
  const { context, repository } = leaking();
  context.github.fault = (request) =>
    request.startsWith("POST") && request.endsWith("/issues") ? 502 : null;
  await expect(runJob(context, scanOf(repository))).rejects.toMatchObject({ retryable: true });
  expect(context.github.current(SHA)).toMatchObject({
    conclusion: "failure",
    annotations: [{ start_line: 1 }],
  });
  context.github.fault = () => null;
  await runJob(context, scanOf(repository));
  expect(context.github.issues).toHaveLength(1);
});

test("disabled issues leave the check red, and the job is done", async () => {
  const { context, repository } = leaking();
  context.github.fault = (request) => (request.includes("/issues") ? 410 : null);
  await runJob(context, scanOf(repository));
  expect(context.github.current(SHA)).toMatchObject({ conclusion: "failure" });
});

test("in a trial the check is neutral and nothing is filed", async () => {
  const { context, repository } = leaking();
  context.github.files.set("acme/shop/.github/rollcall.yml", "mode: observe\n");
  await runJob(context, scanOf(repository));
  expect(context.github.current(SHA)).toMatchObject({ conclusion: "neutral" });
  expect(context.github.issues).toHaveLength(0);
});

test("a pull request that closes leaves the verdict to the other scopes of its head", async () => {
  const { context, repository } = withLine("nothing to see");
  await runJob(context, scanOf(repository));
  await context.store.scopes.begin(repository.id, PULL, false, new Date("2026-11-21T12:00:00Z"));
  const asOf = "2026-11-21T12:00:05Z";
  await runJob(context, { kind: "retire", repository, key: "pull_request:7", asOf });
  expect(context.github.current(SHA)).toMatchObject({ conclusion: "success" });
});

test("every open pull request of a new repository gets a scan, under an id that a second welcome shares", async () => {
  const [context, repository] = [aContext(database()), aRepository()];
  const pull = { number: 7, updated_at: "2026-11-21T12:00:00Z", user: { login: "ann" } };
  context.github.pulls.push({ ...pull, base: { sha: PARENT }, head: { sha: SHA, ref: "feature/pay" } });
  const { defaultBranch: _, ...fields } = repository;
  await runJob(context, { kind: "welcome", repository: fields });
  await runJob(context, { kind: "welcome", repository: fields });
  expect(new Set(context.added.map(({ id }) => id)).size).toBe(1);
  expect(context.added[0]?.jobs).toMatchObject([
    {
      kind: "scan",
      scope: PULL,
      trust: { kind: "author", login: "ann" },
      repository: { defaultBranch: "trunk" },
    },
  ]);
});

test("the same head pushed again from nearer by keeps what the ref brought before", async () => {
  const { context, repository } = leaking();
  const head = "e5".repeat(20);
  context.github.commits.set(head, commitAnswer([], { sha: head, parents: [{ sha: SHA }] }));
  const scope: Scope = { kind: "push", ref: "refs/heads/main", before: PARENT, after: head };
  const hints = { count: null, previousHead: null, forced: false, tag: null, inNames: [] };
  await runJob(context, scanOf(repository, { scope, hints: { ...hints, commits: [SHA, head] } }));
  expect(context.github.current(head)?.conclusion).toBe("failure");
  const nearer: Scope = { ...scope, before: SHA };
  const later = { asOf: "2026-11-21T13:00:00Z", hints: { ...hints, commits: [head] } };
  await runJob(context, scanOf(repository, { scope: nearer, ...later }));
  expect(context.github.current(head)?.conclusion).toBe("failure");
});

describe("the job for issues that were not filed in time", () => {
  test.each<[string, Trust, number]>([
    ["of a writer files them and names them in the check", { kind: "writer" }, 1],
    ["of a stranger files none", { kind: "author", login: "stranger" }, 0],
  ])("%s", async (_name, trust, issues) => {
    const { context, repository } = leaking();
    await runJob(context, scanOf(repository, { trust: { kind: "nobody" } }));
    expect(context.github.issues).toHaveLength(0);
    await runJob(context, { kind: "file", repository, key: "push:refs/heads/main", head: SHA, trust });
    expect(context.github.issues).toHaveLength(issues);
    expect(context.github.requests.at(-1)).toMatch(/^PATCH .*check-runs/);
    expect(context.github.current(SHA)?.conclusion).toBe("failure");
  });

  test("files them also while a re-run reads the scope again", async () => {
    const { context, repository } = leaking();
    await runJob(context, scanOf(repository, { trust: { kind: "nobody" } }));
    await context.store.scopes.begin(repository.id, PUSH, true, null);
    const trust: Trust = { kind: "writer" };
    await runJob(context, { kind: "file", repository, key: "push:refs/heads/main", head: SHA, trust });
    expect(context.github.issues).toHaveLength(1);
  });
});
