import { expect, test } from "vitest";
import { ZodError } from "zod";
import { EVENTS } from "../../src/events/index.ts";
import type { Job } from "../../src/jobs/index.ts";
import { jobSchema } from "../../src/jobs/job.ts";
import { keyOf as generatedKey } from "../../fixtures/keys.ts";
import { changed, eventOf, payloadOf } from "../support/deliveries.ts";
import type { Payload } from "../support/deliveries.ts";

const [A, B, C, D] = ["a1", "b2", "c3", "d4"].map((pair) => pair.repeat(20));
const REPOSITORY = {
  id: 9001,
  installationId: 5005,
  owner: "acme",
  name: "shop",
  private: true,
  defaultBranch: "main",
};
const NOON = new Date("2026-11-21T12:00:00Z");

function jobsOf(file: string, payload: Payload): Job[] {
  const action = typeof payload["action"] === "string" ? `.${payload["action"]}` : "";
  const event = EVENTS.find((candidate) => candidate.names.includes(`${eventOf(file)}${action}`));
  return event?.jobs(payload) ?? [];
}

const push = { kind: "scan", trust: { kind: "writer" }, last: false, repository: REPOSITORY };
const pull = { kind: "scan", trust: { kind: "author", login: "ann" }, last: false, repository: REPOSITORY };
const pullScope = { kind: "pull_request", number: 7, base: A, head: C };

test.each<[string, object[]]>([
  [
    "push",
    [
      {
        ...push,
        scope: { kind: "push", ref: "refs/heads/main", before: A, after: C },
        hints: { commits: [B, C], count: 2, previousHead: A, forced: false, tag: null },
        configurationChanged: false,
      },
    ],
  ],
  ["push-new-branch", [{ ...push, scope: { ref: "refs/heads/feature/pay", before: null, after: C } }]],
  ["push-forced", [{ ...push, scope: { before: D, after: C }, hints: { forced: true, previousHead: D } }]],
  ["push-deleted-branch", [{ kind: "retire", repository: REPOSITORY, key: "push:refs/heads/feature/pay" }]],
  ["push-configuration", [{ ...push, configurationChanged: true }]],
  ["push-annotated-tag", [{ ...push, scope: { ref: "refs/tags/v1.0.0", after: C }, hints: { tag: D } }]],
  ["push-light-tag", [{ ...push, scope: { ref: "refs/tags/v1.0.1", after: C }, hints: { tag: null } }]],
  ["push-tag-of-a-blob", []],
  ["pull-request-opened", [{ ...pull, scope: pullScope, hints: { count: 2, previousHead: null } }]],
  ["pull-request-synchronize", [{ ...pull, scope: pullScope, hints: { previousHead: B } }]],
  ["pull-request-reopened", [{ ...pull, scope: pullScope }]],
  ["pull-request-base-edited", [{ ...pull, scope: pullScope }]],
  ["pull-request-title-edited", []],
  ["pull-request-closed", [{ kind: "retire", key: "pull_request:7" }]],
  ["pull-request-merged", [{ ...pull, trust: { kind: "writer" }, scope: pullScope, last: true }]],
  [
    "pull-request-from-a-deleted-fork",
    [{ ...pull, trust: { kind: "author", login: "ghost" }, scope: pullScope }],
  ],
  ["pull-request-labeled", []],
  [
    "merge-group-checks-requested",
    [{ kind: "scan", trust: { kind: "nobody" }, scope: { kind: "merge_group", base: A, head: C } }],
  ],
  ["merge-group-destroyed", [{ kind: "retire" }]],
  ["check-run-rerequested", [{ kind: "rerun", repository: REPOSITORY, head: C }]],
  ["check-run-completed", []],
  ["check-suite-rerequested", [{ kind: "rerun", repository: REPOSITORY, head: C }]],
  [
    "installation-created",
    [
      {
        kind: "welcome",
        repository: { id: 9001, installationId: 5005, owner: "acme", name: "shop", private: true },
      },
      { kind: "welcome", repository: { id: 9002, name: "site", private: false } },
    ],
  ],
  ["installation-repositories-added", [{ kind: "welcome", repository: { id: 9003, name: "api" } }]],
  ["installation-deleted", []],
])("%s", async (file, expected) => {
  const jobs = jobsOf(file, await payloadOf(file));
  expect(jobs).toMatchObject(expected);
  expect(jobs).toHaveLength(expected.length);
  for (const job of jobs) expect(jobSchema.parse(job)).toEqual(job);
});

test.each([
  ["push", 1795262400],
  ["push", "2026-11-21T12:00:00Z"],
])("%s: the time of the state is read from %j", async (file, time) => {
  const payload = changed(await payloadOf(file), "repository.pushed_at", time);
  const [job] = jobsOf(file, payload);
  expect(job?.kind === "scan" ? new Date(job.asOf ?? 0) : null).toEqual(NOON);
});

test.each([
  ["push", "ref"],
  ["push", "after"],
  ["push", "commits"],
  ["push", "head_commit"],
  ["push", "repository"],
  ["push", "repository.id"],
  ["push", "installation"],
  ["pull-request-opened", "pull_request"],
  ["pull-request-opened", "pull_request.head.sha"],
  ["pull-request-opened", "pull_request.base.sha"],
  ["pull-request-opened", "pull_request.updated_at"],
  ["pull-request-opened", "installation"],
  ["pull-request-closed", "repository.default_branch"],
  ["merge-group-checks-requested", "merge_group.head_sha"],
  ["check-run-rerequested", "check_run.head_sha"],
  ["check-suite-rerequested", "check_suite.head_sha"],
  ["installation-created", "installation"],
])("%s with a wrong or missing %s is an error, never a delivery without jobs", async (file, path) => {
  const payload = await payloadOf(file);
  for (const value of [undefined, 12.5, { not: "this" }])
    expect(() => jobsOf(file, changed(payload, path, value))).toThrow(ZodError);
});

test("a push lists the configuration only where it is on the default branch", async () => {
  const payload = changed(await payloadOf("push-configuration"), "ref", "refs/heads/other");
  expect(jobsOf("push", payload)).toMatchObject([{ configurationChanged: false }]);
});

test("a forced push to the default branch may have changed the configuration: it need not list it", async () => {
  const payload = changed(await payloadOf("push-forced"), "ref", "refs/heads/main");
  expect(jobsOf("push", payload)).toMatchObject([{ configurationChanged: true }]);
});

test.each([
  "push",
  "pull-request-opened",
  "pull-request-closed",
  "merge-group-checks-requested",
  "push-deleted-branch",
])("%s: no job holds a key from message, name of branch, title or people", async (file) => {
  const key = generatedKey("sk_live_", file);
  const text = JSON.stringify(await payloadOf(file))
    .replaceAll("Take payments", `Take ${key}`)
    .replaceAll("feature/pay", `feature/${key}`)
    .replaceAll("queue/main", `queue/${key}`)
    .replaceAll("Ann", key);
  const payload: unknown = JSON.parse(text);
  const jobs = EVENTS.filter((event) => event.names.some((name) => name.startsWith(eventOf(file)))).flatMap(
    (event) => event.jobs(payload),
  );
  expect(jobs.length).toBeGreaterThan(0);
  expect(JSON.stringify(jobs)).not.toContain(key.slice(12, 60));
});
