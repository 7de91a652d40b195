import { expect, test } from "vitest";
import { idOf } from "../../src/domain/index.ts";
import type { Finding, Repository, Scope, Trust } from "../../src/domain/index.ts";
import { publishCheck } from "../../src/jobs/publish-check.ts";
import { reportLeaks } from "../../src/jobs/report-leaks.ts";
import type { RecordStore } from "../../src/store/index.ts";
import { issueMarker, markersOf } from "../../src/report/index.ts";
import { aContext, aRepository } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import { overriding } from "../support/overriding.ts";
import { atHead, HEAD, madeFinding } from "../support/reported.ts";
import { noted, PULLS, PUSH, read } from "../support/scopes.ts";

function keys(count: number): Finding[] {
  return Array.from({ length: count }, () => madeFinding());
}

/** The same credential at another place. */
function elsewhere(finding: Finding, path: string): Finding {
  return { ...finding, path };
}

/** Reads a scope in which these are found, and reports it. */
async function reported(
  context: FakeContext,
  repository: Repository,
  found: readonly Finding[],
  options: { readonly scope?: Scope; readonly trust?: Trust } = {},
): Promise<void> {
  const { scope = PUSH, trust = { kind: "writer" } } = options;
  await noted(context.record, repository, scope, { trust });
  await read(context.record, repository, scope, found.map(atHead));
  await publishCheck(context, repository.id, HEAD);
  const target = { repositoryId: repository.id, installationId: repository.installationId };
  await reportLeaks(context, { kind: "report", ...target, scopeId: idOf(scope) });
}

test("one issue a key, however many places", async () => {
  const [context, repository] = [aContext(), aRepository()];
  const [first, second] = keys(2);
  if (first === undefined || second === undefined) throw new Error("two keys");
  await reported(context, repository, [first, elsewhere(first, "a.ts"), second]);
  const markers = context.github.issues.map((issue) => markersOf(issue.body));
  expect(markers.map(({ length }) => length)).toEqual([1, 1]);
  expect(new Set(markers.flat())).toEqual(
    new Set([first, second].map(({ fingerprint }) => context.marker(repository.id, fingerprint))),
  );
});

test("the same findings again ask GitHub for no issue", async () => {
  const [context, repository] = [aContext(), aRepository()];
  const found = keys(2);
  await reported(context, repository, found);
  const before = context.github.asked("").filter((request) => request.includes("/issues")).length;
  await reported(context, repository, found);
  expect(context.github.asked("").filter((request) => request.includes("/issues"))).toHaveLength(before);
});

test("a kill between the request and its record: the issue is found by its marker", async () => {
  let alive = false;
  const repository = aRepository();
  const context = aContext({
    record: (record): RecordStore => ({
      ...record,
      transaction: (work) =>
        record.transaction((within) =>
          work({
            ...within,
            leaks: overriding(within.leaks, {
              async issueOpened(...values) {
                if (!alive) throw new Error("killed");
                await within.leaks.issueOpened(...values);
              },
            }),
          }),
        ),
    }),
  });
  const found = keys(1);
  await expect(reported(context, repository, found)).rejects.toThrow("killed");
  expect(context.github.issues).toHaveLength(1);
  alive = true;
  await reported(context, repository, found);
  expect(context.github.issues).toHaveLength(1);
  const [leak] = await context.record.leaks.all(repository.id);
  expect(leak?.issueNumber).toBe(1);
});

test.each(["before", "after"] as const)(
  "a connection cut %s the effect: one issue in the end",
  async (when) => {
    const [context, repository] = [aContext(), aRepository()];
    const found = keys(1);
    context.github.fault = (request) => (request.startsWith("POST") ? when : null);
    await expect(reported(context, repository, found)).rejects.toMatchObject({ retryable: true });
    context.github.fault = () => null;
    await reported(context, repository, found);
    expect(context.github.issues).toHaveLength(1);
  },
);

test("with the whole record lost, issues are found again, and updated in place", async () => {
  const [context, repository] = [aContext(), aRepository()];
  const [key] = keys(1);
  if (key === undefined) throw new Error("a key");
  const marker = issueMarker(context.marker(repository.id, key.fingerprint));
  context.github.addIssue({ title: "old", body: `what it said before\n\n${marker}\n` });
  await reported(context, repository, [key]);
  expect(context.github.issues).toHaveLength(1);
  expect(context.github.issues[0]?.body).toContain("src/pay.ts");
});

test("a marker in another author's issue does not count", async () => {
  const [context, repository] = [aContext(), aRepository()];
  const [key] = keys(1);
  if (key === undefined) throw new Error("a key");
  const marker = issueMarker(context.marker(repository.id, key.fingerprint));
  context.github.addIssue({ title: "mine", body: marker, login: "stranger" });
  await reported(context, repository, [key]);
  expect(context.github.issues.map((issue) => issue.user.login)).toEqual(["stranger", "rollcall[bot]"]);
  expect(context.github.issues[0]?.body).toBe(marker);
});

test.each([
  [20, 20],
  [21, 1],
  [201, 2],
])("%i new keys make %i issues, and every key is in one", async (count, issues) => {
  const [context, repository] = [aContext(), aRepository()];
  const found = keys(count);
  await reported(context, repository, found);
  expect(context.github.issues).toHaveLength(issues);
  const markers = new Set(context.github.issues.flatMap((issue) => markersOf(issue.body)));
  expect(markers).toEqual(
    new Set(found.map(({ fingerprint }) => context.marker(repository.id, fingerprint))),
  );
});

test("a new place is added in the same issue, and what people ticked stays ticked", async () => {
  const [context, repository] = [aContext(), aRepository()];
  const [key] = keys(1);
  if (key === undefined) throw new Error("a key");
  await reported(context, repository, [key]);
  const [issue] = context.github.issues;
  if (issue === undefined) throw new Error("an issue");
  issue.body = issue.body.replace("- [ ]", "- [x]");
  const [ticked] = issue.body.split("\n").filter((line) => line.startsWith("- [x]"));
  await reported(context, repository, [elsewhere(key, "config/other.yml")]);
  expect(context.github.issues).toHaveLength(1);
  expect(issue.body).toContain("config/other.yml");
  expect(issue.body.split("\n")).toContain(ticked);
});

test("a tick alone makes the app write no issue", async () => {
  const [context, repository] = [aContext(), aRepository()];
  const found = keys(1);
  await reported(context, repository, found);
  for (const issue of context.github.issues) issue.body = issue.body.replace("- [ ]", "- [x]");
  await reported(context, repository, found);
  expect(context.github.asked("PATCH").filter((request) => request.includes("/issues"))).toEqual([]);
});

test.each([410, 403, 404, 502])(
  "issues that cannot be opened (%i): the verdict stays, the check says so, and they come later",
  async (status) => {
    const [context, repository] = [aContext(), aRepository()];
    const found = keys(2);
    context.github.fault = (request) => (request.includes("/issues") ? status : null);
    await expect(reported(context, repository, found)).rejects.toMatchObject({ status });
    expect(context.github.current(HEAD)).toMatchObject({ conclusion: "failure" });
    const [leak] = await context.record.leaks.all(repository.id);
    expect(leak?.issueNumber).toBeNull();
    expect(leak?.reportProblem).toContain(`${status}`);
    expect(await context.record.leaks.withOpen(9)).toEqual([repository.id]);

    context.github.fault = () => null;
    const target = { repositoryId: repository.id, installationId: repository.installationId };
    await reportLeaks(context, { kind: "report", ...target, scopeId: null });
    expect(context.github.issues).toHaveLength(2);
    const all = await context.record.leaks.all(repository.id);
    expect(all.map(({ reportProblem }) => reportProblem)).toEqual([null, null]);
  },
);

test.each<[string, Scope, Trust, number]>([
  ["who pushes", PUSH, { kind: "writer" }, 1],
  ["the author of a pull request who may write", PULLS[0] ?? PUSH, { kind: "author", login: "ann" }, 1],
  ["a stranger's pull request", PULLS[0] ?? PUSH, { kind: "author", login: "stranger" }, 0],
  ["a merge queue", PULLS[0] ?? PUSH, { kind: "nobody" }, 0],
])("who may cause an issue: %s", async (_name, scope, trust, issues) => {
  const [context, repository] = [aContext(), aRepository()];
  context.github.roles.set("ann", "write");
  await reported(context, repository, keys(1), { scope, trust });
  expect(context.github.issues).toHaveLength(issues);
  expect(context.github.current(HEAD)).toMatchObject({ conclusion: "failure" });
});

test("a leak that a person cleared is not opened again by another finding of it", async () => {
  const [context, repository] = [aContext(), aRepository()];
  const [key] = keys(1);
  if (key === undefined) throw new Error("a key");
  await reported(context, repository, [key]);
  const event = { from: "open", to: "rolled", actor: "ann", how: "attested", at: context.clock } as const;
  expect(await context.record.leaks.changeState(repository.id, key.fingerprint, event)).toBe(true);
  await reported(context, repository, [elsewhere(key, "b.ts")]);
  expect(await context.record.leaks.all(repository.id)).toMatchObject([{ state: "rolled" }]);
  expect(await context.record.leaks.changeState(repository.id, key.fingerprint, event)).toBe(false);
  expect(await context.record.leaks.events(repository.id, key.fingerprint)).toMatchObject([
    { to: "open", how: "found" },
    { from: "open", to: "open", how: "filed" },
    { from: "open", to: "rolled", actor: "ann" },
  ]);
});

test("on a public repository the issue names no place", async () => {
  const [context, repository] = [aContext(), aRepository({ private: false })];
  const [key] = keys(1);
  if (key === undefined) throw new Error("a key");
  await reported(context, repository, [key]);
  const body = context.github.issues[0]?.body ?? "";
  expect(body).not.toContain("pay.ts");
  expect(body).not.toContain(key.fingerprint);
  expect(body).not.toContain((key.commit ?? "").slice(0, 7));
});

test("an issue that a person deleted is opened again with the next place", async () => {
  const [context, repository] = [aContext(), aRepository()];
  const [found] = keys(1);
  if (found === undefined) throw new Error("a key");
  await reported(context, repository, [found]);
  context.github.issues.length = 0;
  await reported(context, repository, [elsewhere(found, "b.ts")]);
  expect(context.github.issues.map((issue) => markersOf(issue.body))).toEqual([
    [context.marker(repository.id, found.fingerprint)],
  ]);
});
