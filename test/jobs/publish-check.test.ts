import { expect, test } from "vitest";
import { publishCheck } from "../../src/jobs/publish-check.ts";
import { failScope, rereadHead } from "../../src/jobs/scope-life.ts";
import type { Repository } from "../../src/domain/index.ts";
import type { RecordStore } from "../../src/store/index.ts";
import { aContext, aRepository, NOW } from "../support/job-context.ts";
import { overriding } from "../support/overriding.ts";
import { findingsOn, finished, noted, PULLS, PUSH, read } from "../support/scopes.ts";
import { HEAD } from "../support/reported.ts";

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
  const [context, repository] = [aContext(), aRepository()];
  await finished(context.record, repository, PUSH, findingsOn(count));
  await publishCheck(context, repository.id, HEAD);
  const run = context.github.current(HEAD);
  expect(lines(run)).toHaveLength(Math.min(count, 200));
  expect(new Set(lines(run)).size).toBe(Math.min(count, 200));
  expect(run?.conclusion).toBe(count === 0 ? "success" : "failure");
  expect(context.github.runs).toHaveLength(1);
  expect([...context.github.asked("POST"), ...context.github.asked("PATCH")]).toHaveLength(requests);
});

test("a run opened at the start gets the verdict: one run, two requests", async () => {
  const [context, repository] = [aContext(), aRepository()];
  await noted(context.record, repository, PUSH);
  await publishCheck(context, repository.id, HEAD);
  expect(context.github.current(HEAD)?.conclusion).toBeNull();
  await read(context.record, repository, PUSH, findingsOn(1));
  await publishCheck(context, repository.id, HEAD);
  expect(context.github.runs).toMatchObject([{ conclusion: "failure" }]);
});

test("annotations that are added are appended to the run", async () => {
  const [context, repository] = [aContext(), aRepository()];
  const all = findingsOn(130);
  await finished(context.record, repository, PUSH, all.slice(0, 60));
  await publishCheck(context, repository.id, HEAD);
  await finished(context.record, repository, PULL, all);
  await publishCheck(context, repository.id, HEAD);
  expect(context.github.runs).toHaveLength(1);
  expect(lines(context.github.current(HEAD))).toEqual(upTo(130));
});

test("annotations that must go need a new run, because none can be removed from the old one", async () => {
  const [context, repository] = [aContext(), aRepository()];
  const all = findingsOn(3);
  await finished(context.record, repository, PUSH, all);
  await publishCheck(context, repository.id, HEAD);
  await rerun(context.record, repository);
  await read(context.record, repository, PUSH, all.slice(1));
  await publishCheck(context, repository.id, HEAD);
  expect(context.github.runs).toHaveLength(2);
  expect(lines(context.github.current(HEAD))).toEqual([2, 3]);
});

test("the same verdict again adds no annotation", async () => {
  const [context, repository] = [aContext(), aRepository()];
  await finished(context.record, repository, PUSH, findingsOn(70));
  await publishCheck(context, repository.id, HEAD);
  await publishCheck(context, repository.id, HEAD);
  expect(context.github.runs).toHaveLength(1);
  expect(lines(context.github.current(HEAD))).toEqual(upTo(70));
});

test("a check that shows the record already costs no request", async () => {
  const [context, repository] = [aContext(), aRepository()];
  await finished(context.record, repository, PUSH, []);
  await publishCheck(context, repository.id, HEAD);
  const asked = context.github.requests.length;
  await publishCheck(context, repository.id, HEAD);
  expect(context.github.requests).toHaveLength(asked);
});

test("a scope that is noted takes green from the commit before it is read", async () => {
  const [context, repository] = [aContext(), aRepository()];
  await finished(context.record, repository, PUSH, []);
  await publishCheck(context, repository.id, HEAD);
  expect(context.github.current(HEAD)?.conclusion).toBe("success");
  await noted(context.record, repository, PULL);
  await publishCheck(context, repository.id, HEAD);
  expect(context.github.current(HEAD)?.conclusion).toBeNull();
  await read(context.record, repository, PULL, []);
  await publishCheck(context, repository.id, HEAD);
  expect(context.github.current(HEAD)?.conclusion).toBe("success");
});

test("red stays red while more is read, unless a person asked for a new run", async () => {
  const [context, repository] = [aContext(), aRepository()];
  await finished(context.record, repository, PUSH, findingsOn(1));
  await publishCheck(context, repository.id, HEAD);
  await noted(context.record, repository, PULL);
  await publishCheck(context, repository.id, HEAD);
  expect(context.github.current(HEAD)?.conclusion).toBe("failure");
  await rerun(context.record, repository);
  await publishCheck(context, repository.id, HEAD);
  expect(context.github.runs).toMatchObject([{ conclusion: "failure" }, { conclusion: null }]);
});

test("a re-run whose scopes were read before the check was written still gets a new run", async () => {
  const [context, repository] = [aContext(), aRepository()];
  await finished(context.record, repository, PUSH, []);
  await publishCheck(context, repository.id, HEAD);
  await rerun(context.record, repository);
  await read(context.record, repository, PUSH, []);
  await publishCheck(context, repository.id, HEAD);
  expect(context.github.runs).toMatchObject([{ conclusion: "success" }, { conclusion: "success" }]);
});

test("a scope that was given up makes the commit red, and another scope's clean end does not make it green", async () => {
  const [context, repository] = [aContext(), aRepository()];
  await noted(context.record, repository, PULL);
  await giveUp(context.record, repository);
  await publishCheck(context, repository.id, HEAD);
  expect(context.github.current(HEAD)).toMatchObject({ conclusion: "failure" });
  expect(context.github.current(HEAD)?.title).toContain("Scan incomplete");
  await finished(context.record, repository, PUSH, []);
  await publishCheck(context, repository.id, HEAD);
  expect(context.github.current(HEAD)).toMatchObject({ conclusion: "failure" });
});

test("if deliveries disagree about a repository, GitHub is asked before anything is published", async () => {
  const [context, repository] = [aContext(), aRepository()];
  await finished(context.record, repository, PUSH, findingsOn(1));
  await context.record.repositories.note({ ...repository, private: false });
  context.github.repository = { ...context.github.repository, private: true };
  await publishCheck(context, repository.id, HEAD);
  expect(context.github.requests[0]).toBe(`GET /repositories/${repository.id}`);
  expect(await context.record.repositories.find(repository.id)).toMatchObject({
    private: true,
    unsure: false,
  });
});

test.each(["archived", "removed"] as const)(
  "nothing is written to a repository that is %s",
  async (state) => {
    const [context, repository] = [aContext(), aRepository()];
    await finished(context.record, repository, PUSH, []);
    await context.record.repositories.setState(repository.id, state, false);
    await publishCheck(context, repository.id, HEAD);
    expect(context.github.requests).toEqual([]);
  },
);

/** A person presses Re-run. */
async function rerun(record: RecordStore, repository: Repository): Promise<void> {
  await record.transaction(async (transaction) => {
    await rereadHead(transaction, repository.id, HEAD, NOW);
    await transaction.checks.wantNewRun(repository.id, HEAD);
  });
}

test("Re-run clicked while a verdict is written gets a run of its own", async () => {
  let click: (() => Promise<void>) | null = null;
  const context = aContext({
    record: (record) => ({
      ...record,
      checks: overriding(record.checks, {
        async saveLast(...values) {
          await click?.();
          click = null;
          return record.checks.saveLast(...values);
        },
      }),
    }),
  });
  const repository = aRepository();
  await finished(context.record, repository, PUSH, findingsOn(1));
  click = async () => {
    await context.record.checks.touch(repository.id, [HEAD], NOW);
    await context.record.checks.wantNewRun(repository.id, HEAD);
  };
  await publishCheck(context, repository.id, HEAD);
  expect(context.github.runs).toMatchObject([{ conclusion: "failure" }, { conclusion: "failure" }]);
});

async function giveUp(record: RecordStore, repository: Repository): Promise<void> {
  for (const scope of await record.scopes.atHead(repository.id, HEAD))
    await record.transaction((within) => failScope(within, scope, "GitHub did not answer.", NOW));
}

test("a run that GitHub keeps no longer is replaced by a new one with all annotations", async () => {
  const [context, repository] = [aContext(), aRepository()];
  const all = findingsOn(60);
  await finished(context.record, repository, PUSH, all.slice(0, 55));
  await publishCheck(context, repository.id, HEAD);
  context.github.runs.length = 0;
  await finished(context.record, repository, PULL, all);
  await publishCheck(context, repository.id, HEAD);
  expect(context.github.runs).toHaveLength(1);
  expect(context.github.current(HEAD)?.conclusion).toBe("failure");
  expect(lines(context.github.current(HEAD))).toEqual(upTo(60));
});
