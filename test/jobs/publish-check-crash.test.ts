import { describe, expect, test } from "vitest";
import { publishCheck } from "../../src/jobs/publish-check.ts";
import type { RecordStore } from "../../src/store/index.ts";
import { aContext, aRepository } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import type { FakeGitHub } from "../support/fake-github.ts";
import { overriding } from "../support/overriding.ts";
import { findingsOn, finished, noted, PULLS, PUSH, read } from "../support/scopes.ts";
import { HEAD } from "../support/reported.ts";

const COUNT = 120;

/** The annotations of the run that counts: each of them once. */
function expectWhole(github: FakeGitHub): void {
  const lines = (github.current(HEAD)?.annotations ?? []).map(({ start_line: line }) => line);
  expect(lines).toHaveLength(COUNT);
  expect(new Set(lines).size).toBe(COUNT);
  expect(github.current(HEAD)?.conclusion).toBe("failure");
}

interface Dying {
  readonly context: FakeContext;
  /** From which write of a run on the process is dead; null: it lives. */
  at: number | null;
}

/** A process that dies at a write of a check run; in a next life its claim has ended. */
function dyingContext(): Dying {
  let writes = 0;
  const dying: Dying = {
    at: null,
    context: aContext({
      record: (record): RecordStore => ({
        ...record,
        checks: overriding(record.checks, {
          async saveRun(...values) {
            if (dying.at !== null && writes >= dying.at) throw new Error("killed");
            writes += 1;
            return record.checks.saveRun(...values);
          },
          async saveLast(...values) {
            if (dying.at !== null && writes >= dying.at) throw new Error("killed");
            writes += 1;
            return record.checks.saveLast(...values);
          },
          release: async (...values) => (dying.at === null ? record.checks.release(...values) : undefined),
        }),
      }),
    }),
  };
  return dying;
}

async function reborn(dying: Dying): Promise<void> {
  dying.at = null;
  dying.context.clock = new Date(dying.context.clock.getTime() + 60_000);
}

/** Six writes: before and after each of three requests. */
test.each([0, 1, 2, 3, 4, 5])(
  "killed at write %i of the record: the next try shows all, once",
  async (at) => {
    const [dying, repository] = [dyingContext(), aRepository()];
    const { context } = dying;
    await finished(context.record, repository, PUSH, findingsOn(COUNT));
    dying.at = at;
    await expect(publishCheck(context, repository.id, HEAD)).rejects.toThrow("killed");
    expect(context.github.current(HEAD)?.conclusion).not.toBe("success");
    await reborn(dying);
    await publishCheck(context, repository.id, HEAD);
    expectWhole(context.github);
    expect(context.github.runs.length).toBeLessThanOrEqual(2);
  },
);

test("while the claim of another process lasts, its check is left to it", async () => {
  const [context, repository] = [aContext(), aRepository()];
  await finished(context.record, repository, PUSH, []);
  const until = new Date(context.clock.getTime() + 10_000);
  await context.record.checks.claim(repository.id, HEAD, "another", context.clock, until);
  await expect(publishCheck(context, repository.id, HEAD)).rejects.toMatchObject({ retry: "soon" });
  context.clock = until;
  await publishCheck(context, repository.id, HEAD);
  expect(context.github.current(HEAD)?.conclusion).toBe("success");
});

describe.each(["before", "after"] as const)("a connection cut %s the effect", (when) => {
  test.each([0, 1, 2])("of request %i: the next try shows all, once", async (which) => {
    const [context, repository] = [aContext(), aRepository()];
    await finished(context.record, repository, PUSH, findingsOn(COUNT));
    let writes = 0;
    context.github.fault = (request) => {
      if (request.startsWith("GET")) return null;
      writes += 1;
      return writes - 1 === which ? when : null;
    };
    await expect(publishCheck(context, repository.id, HEAD)).rejects.toMatchObject({ retryable: true });
    context.github.fault = () => null;
    await publishCheck(context, repository.id, HEAD);
    expectWhole(context.github);
    expect(context.github.runs.length).toBeLessThanOrEqual(2);
  });
});

test.each([0, 1, 2, 3])(
  "green that must go, killed at write %i: never green once GitHub has heard of it",
  async (at) => {
    const [dying, repository] = [dyingContext(), aRepository()];
    const { context } = dying;
    await finished(context.record, repository, PUSH, []);
    await publishCheck(context, repository.id, HEAD);
    expect(context.github.current(HEAD)?.conclusion).toBe("success");
    const before = context.github.asked("P").length;
    dying.at = at + 2;
    const [pull = PUSH] = PULLS;
    await noted(context.record, repository, pull);
    await publishCheck(context, repository.id, HEAD).catch(() => {});
    const heard = context.github.asked("P").length > before;
    expect(context.github.current(HEAD)?.conclusion === "success").toBe(!heard);
    await reborn(dying);
    await read(context.record, repository, pull, findingsOn(COUNT));
    await publishCheck(context, repository.id, HEAD);
    expectWhole(context.github);
  },
);

test("a run whose answer was lost is taken over, not made again", async () => {
  const [context, repository] = [aContext(), aRepository()];
  await finished(context.record, repository, PUSH, []);
  context.github.fault = (request) => (request.startsWith("POST") ? "after" : null);
  await expect(publishCheck(context, repository.id, HEAD)).rejects.toMatchObject({ retryable: true });
  context.github.fault = () => null;
  await publishCheck(context, repository.id, HEAD);
  expect(context.github.runs).toMatchObject([{ conclusion: "success" }]);
});

test("a green that may still arrive is replaced by a newer run", async () => {
  const [context, repository] = [aContext(), aRepository()];
  await noted(context.record, repository, PUSH);
  await publishCheck(context, repository.id, HEAD);
  await read(context.record, repository, PUSH, []);
  context.github.fault = (request) => (request.startsWith("PATCH") ? "before" : null);
  await expect(publishCheck(context, repository.id, HEAD)).rejects.toMatchObject({ retryable: true });
  context.github.fault = () => null;
  const [pull = PUSH] = PULLS;
  await noted(context.record, repository, pull);
  await publishCheck(context, repository.id, HEAD);
  expect(context.github.runs).toMatchObject([{ conclusion: null }, { conclusion: null }]);
});
