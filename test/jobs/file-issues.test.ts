import { expect, test } from "vitest";
import type { Finding } from "../../src/domain/index.ts";
import { fileIssues } from "../../src/jobs/file-issues.ts";
import { createStore } from "../../src/store/index.ts";
import type { Store } from "../../src/store/index.ts";
import { issueMarker, markersOf } from "../../src/report/index.ts";
import { aContext, aRepository, useDatabase } from "../support/job-context.ts";
import { madeFinding } from "../support/reported.ts";

const database = useDatabase();

function keys(count: number): Finding[] {
  return Array.from({ length: count }, () => madeFinding());
}

/** The same credential at another place. */
function elsewhere(finding: Finding, path: string): Finding {
  return { ...finding, path };
}

test("one issue a key, however many places", async () => {
  const [context, repository] = [aContext(database()), aRepository()];
  const [first, second] = keys(2);
  if (first === undefined || second === undefined) throw new Error("two keys");
  await fileIssues(context, repository, [first, elsewhere(first, "a.ts"), second]);
  expect(context.github.issues.map((issue) => markersOf(issue.body))).toEqual([
    [context.marker(repository.id, first.fingerprint)],
    [context.marker(repository.id, second.fingerprint)],
  ]);
});

test("two jobs at once file one issue", async () => {
  const [context, repository] = [aContext(database()), aRepository()];
  const found = keys(1);
  await Promise.all([fileIssues(context, repository, found), fileIssues(context, repository, found)]);
  expect(context.github.issues).toHaveLength(1);
});

test("the same findings again ask GitHub nothing", async () => {
  const [context, repository] = [aContext(database()), aRepository()];
  const found = keys(2);
  await fileIssues(context, repository, found);
  const before = context.github.asked("").filter((request) => !request.includes("/contents/")).length;
  await fileIssues(context, repository, found);
  expect(context.github.asked("").filter((request) => !request.includes("/contents/"))).toHaveLength(before);
});

test("a kill between the request and its record: the issue is found by its marker", async () => {
  const real = createStore(database());
  let alive = false;
  const store: Store = {
    ...real,
    leaks: {
      ...real.leaks,
      async issueFiled(...args: Parameters<typeof real.leaks.issueFiled>) {
        if (!alive) throw new Error("killed");
        await real.leaks.issueFiled(...args);
      },
    },
  };
  const [context, repository] = [aContext(database(), { store }), aRepository()];
  const found = keys(1);
  await expect(fileIssues(context, repository, found)).rejects.toThrow("killed");
  expect(context.github.issues).toHaveLength(1);
  alive = true;
  await fileIssues(context, repository, found);
  expect(context.github.issues).toHaveLength(1);
  const [leak] = await real.leaks.all(repository.id);
  expect(leak?.issue_number).toBe(1);
});

test.each(["before", "after"] as const)(
  "a connection cut %s the effect: one issue in the end",
  async (when) => {
    const [context, repository] = [aContext(database()), aRepository()];
    const found = keys(1);
    context.github.fault = (request) => (request.startsWith("POST") ? when : null);
    await expect(fileIssues(context, repository, found)).rejects.toMatchObject({ retryable: true });
    context.github.fault = () => null;
    await fileIssues(context, repository, found);
    expect(context.github.issues).toHaveLength(1);
  },
);

test("with the whole record lost, issues are found again, and updated in place", async () => {
  const [context, repository] = [aContext(database()), aRepository()];
  const [key] = keys(1);
  if (key === undefined) throw new Error("a key");
  const marker = issueMarker(context.marker(repository.id, key.fingerprint));
  context.github.addIssue({ title: "old", body: `what it said before\n\n${marker}\n` });
  await fileIssues(context, repository, [key]);
  expect(context.github.issues).toHaveLength(1);
  expect(context.github.issues[0]?.body).toContain("src/pay.ts");
});

test("a marker in somebody else's issue is none", async () => {
  const [context, repository] = [aContext(database()), aRepository()];
  const [key] = keys(1);
  if (key === undefined) throw new Error("a key");
  const marker = issueMarker(context.marker(repository.id, key.fingerprint));
  context.github.addIssue({ title: "mine", body: marker, login: "stranger" });
  await fileIssues(context, repository, [key]);
  expect(context.github.issues.map((issue) => issue.user.login)).toEqual(["stranger", "rollcall[bot]"]);
  expect(context.github.issues[0]?.body).toBe(marker);
});

test.each([
  [20, 20],
  [21, 1],
  [201, 2],
])("%i new keys make %i issues, and every key is in one", async (count, issues) => {
  const [context, repository] = [aContext(database()), aRepository()];
  const found = keys(count);
  await fileIssues(context, repository, found);
  expect(context.github.issues).toHaveLength(issues);
  const markers = new Set(context.github.issues.flatMap((issue) => markersOf(issue.body)));
  expect(markers).toEqual(
    new Set(found.map(({ fingerprint }) => context.marker(repository.id, fingerprint))),
  );
});

test("a new place is added in the same issue, and what people ticked stays ticked", async () => {
  const [context, repository] = [aContext(database()), aRepository()];
  const [key] = keys(1);
  if (key === undefined) throw new Error("a key");
  await fileIssues(context, repository, [key]);
  const [issue] = context.github.issues;
  if (issue === undefined) throw new Error("an issue");
  issue.body = issue.body.replace("- [ ]", "- [x]");
  const [ticked] = issue.body.split("\n").filter((line) => line.startsWith("- [x]"));
  await fileIssues(context, repository, [elsewhere(key, "config/other.yml")]);
  expect(context.github.issues).toHaveLength(1);
  expect(issue.body).toContain("config/other.yml");
  expect(issue.body.split("\n")).toContain(ticked);
});

test("a tick alone makes the app write nothing", async () => {
  const [context, repository] = [aContext(database()), aRepository()];
  const found = keys(1);
  await fileIssues(context, repository, found);
  for (const issue of context.github.issues) issue.body = issue.body.replace("- [ ]", "- [x]");
  await fileIssues(context, repository, found);
  expect(context.github.asked("PATCH")).toEqual([]);
});

test.each([410, 403, 404])("issues that cannot be filed (%i) stop nothing", async (status) => {
  const [context, repository] = [aContext(database()), aRepository()];
  const found = keys(2);
  context.github.fault = (request) => (request.includes("/issues") ? status : null);
  if (status === 410) await fileIssues(context, repository, found);
  else await fileIssues(context, repository, found).catch(() => {});
  context.github.fault = () => null;
  await fileIssues(context, repository, found);
  expect(context.github.issues).toHaveLength(2);
});

test("on a public repository the issue names no place", async () => {
  const [context, repository] = [aContext(database()), aRepository({ private: false })];
  const [key] = keys(1);
  if (key === undefined) throw new Error("a key");
  await fileIssues(context, repository, [key]);
  const body = context.github.issues[0]?.body ?? "";
  expect(body).not.toContain("pay.ts");
  expect(body).not.toContain(key.fingerprint);
  expect(body).not.toContain((key.commit ?? "").slice(0, 7));
});

test("an issue that somebody deleted is filed again with the next place", async () => {
  const [context, repository] = [aContext(database()), aRepository()];
  const [found] = keys(1);
  if (found === undefined) throw new Error("a key");
  await fileIssues(context, repository, [found]);
  context.github.issues.length = 0;
  await fileIssues(context, repository, [elsewhere(found, "b.ts")]);
  expect(context.github.issues.map((issue) => markersOf(issue.body))).toEqual([
    [context.marker(repository.id, found.fingerprint)],
  ]);
});
