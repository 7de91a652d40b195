import { expect, test } from "vitest";
import { beginCheck, publishCheck, publishFailedScan } from "../../src/jobs/publish-check.ts";
import { aContext, aRepository, useDatabase } from "../support/job-context.ts";
import { findingsOn, finished, PULLS, PUSH } from "../support/scopes.ts";
import { HEAD } from "../support/reported.ts";

const database = useDatabase();
const [PULL = PUSH] = PULLS;

function lines(run: { annotations: { start_line: number }[] } | null): number[] {
  return (run?.annotations ?? []).map((annotation) => annotation.start_line).sort((a, b) => a - b);
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

test.each([
  [0, 1],
  [1, 1],
  [50, 1],
  [51, 2],
  [120, 3],
  [200, 4],
  [201, 4],
])("%i annotations are shown once each, in %i requests", async (count, requests) => {
  const [context, repository] = [aContext(database()), aRepository()];
  await finished(context.store, repository, PUSH, findingsOn(count));
  await publishCheck(context, repository, HEAD);
  const run = context.github.current(HEAD);
  expect(lines(run)).toHaveLength(Math.min(count, 200));
  expect(new Set(lines(run)).size).toBe(Math.min(count, 200));
  expect(run?.conclusion).toBe(count === 0 ? "success" : "failure");
  expect(context.github.runs).toHaveLength(1);
  expect([...context.github.asked("POST"), ...context.github.asked("PATCH")]).toHaveLength(requests);
});

test("a run opened at the start gets the verdict: one run, two requests", async () => {
  const [context, repository] = [aContext(database()), aRepository()];
  await beginCheck(context, repository, HEAD, { newRun: false });
  expect(context.github.current(HEAD)?.conclusion).toBeNull();
  await finished(context.store, repository, PUSH, findingsOn(1));
  await publishCheck(context, repository, HEAD);
  expect(context.github.runs).toMatchObject([{ conclusion: "failure" }]);
});

test("annotations that are added are appended to the run", async () => {
  const [context, repository] = [aContext(database()), aRepository()];
  const all = findingsOn(130);
  await finished(context.store, repository, PUSH, all.slice(0, 60));
  await publishCheck(context, repository, HEAD);
  await finished(context.store, repository, PULL, all);
  await publishCheck(context, repository, HEAD);
  expect(context.github.runs).toHaveLength(1);
  expect(lines(context.github.current(HEAD))).toEqual(upTo(130));
});

test("annotations that must go take a new run, for none can be taken from the old one", async () => {
  const [context, repository] = [aContext(database()), aRepository()];
  const all = findingsOn(3);
  await finished(context.store, repository, PUSH, all);
  await publishCheck(context, repository, HEAD);
  await finished(context.store, repository, PUSH, all.slice(1));
  await publishCheck(context, repository, HEAD);
  expect(context.github.runs).toHaveLength(2);
  expect(lines(context.github.current(HEAD))).toEqual([2, 3]);
});

test("the same verdict again adds no annotation", async () => {
  const [context, repository] = [aContext(database()), aRepository()];
  await finished(context.store, repository, PUSH, findingsOn(70));
  await publishCheck(context, repository, HEAD);
  await publishCheck(context, repository, HEAD);
  expect(context.github.runs).toHaveLength(1);
  expect(lines(context.github.current(HEAD))).toEqual(upTo(70));
});

test.each([
  [{}, "Looking for Stripe keys"],
  [{ commits: null }, "Looking for Stripe keys"],
  [{ commits: 3 }, "Looking for Stripe keys in 3 commits"],
])("a run that is opened says how much is to be read: %o", async (known, title) => {
  const [context, repository] = [aContext(database()), aRepository()];
  await beginCheck(context, repository, HEAD, { newRun: false, ...known });
  expect(context.github.current(HEAD)?.title).toBe(title);
});

test("a scope that begins takes green from the commit at once", async () => {
  const [context, repository] = [aContext(database()), aRepository()];
  await finished(context.store, repository, PUSH, []);
  await publishCheck(context, repository, HEAD);
  expect(context.github.current(HEAD)?.conclusion).toBe("success");
  await context.store.scopes.begin(repository.id, PULL, false, new Date("2026-11-21T11:00:01Z"));
  await beginCheck(context, repository, HEAD, { newRun: false });
  expect(context.github.current(HEAD)?.conclusion).toBeNull();
  await publishCheck(context, repository, HEAD);
  expect(context.github.current(HEAD)?.conclusion).toBeNull();
});

test("red stays red while a scope is read again, unless somebody asked for a new run", async () => {
  const [context, repository] = [aContext(database()), aRepository()];
  await finished(context.store, repository, PUSH, findingsOn(1));
  await publishCheck(context, repository, HEAD);
  await beginCheck(context, repository, HEAD, { newRun: false });
  expect(context.github.current(HEAD)?.conclusion).toBe("failure");
  await beginCheck(context, repository, HEAD, { newRun: true });
  expect(context.github.current(HEAD)?.conclusion).toBeNull();
});

test("a scan that died makes the commit red, and another scope's clean end does not make it green", async () => {
  const [context, repository] = [aContext(database()), aRepository()];
  await context.store.scopes.begin(repository.id, PULL, false, new Date("2026-11-21T11:00:00Z"));
  await publishFailedScan(context, repository, HEAD, "GitHub did not answer.");
  expect(context.github.current(HEAD)).toMatchObject({ conclusion: "failure" });
  await finished(context.store, repository, PUSH, []);
  await publishCheck(context, repository, HEAD);
  expect(context.github.current(HEAD)).toMatchObject({ conclusion: "failure" });
});

test("a failed scan is said also where the configuration cannot be read", async () => {
  const [context, repository] = [aContext(database()), aRepository()];
  context.github.fault = (request) => (request.includes("/contents/") ? 502 : null);
  await publishFailedScan(context, repository, HEAD, "GitHub did not answer.");
  expect(context.github.current(HEAD)).toMatchObject({ conclusion: "failure" });
});

test("a run that GitHub keeps no longer is replaced by a new one with all annotations", async () => {
  const [context, repository] = [aContext(database()), aRepository()];
  const all = findingsOn(60);
  await finished(context.store, repository, PUSH, all.slice(0, 55));
  await publishCheck(context, repository, HEAD);
  context.github.runs.length = 0;
  await finished(context.store, repository, PULL, all);
  await publishCheck(context, repository, HEAD);
  expect(context.github.runs).toHaveLength(1);
  expect(context.github.current(HEAD)?.conclusion).toBe("failure");
  expect(lines(context.github.current(HEAD))).toEqual(upTo(60));
});
