import * as fc from "fast-check";
import { expect, test } from "vitest";
import { keyOf } from "../../src/domain/index.ts";
import type { Repository, Scope, ScopeFinding } from "../../src/domain/index.ts";
import { beginCheck, publishCheck, republishCheck } from "../../src/jobs/publish-check.ts";
import { aContext, aRepository, useDatabase } from "../support/job-context.ts";
import type { FakeContext } from "../support/job-context.ts";
import { findingsOn, finished, PULLS, PUSH } from "../support/scopes.ts";
import { HEAD } from "../support/reported.ts";

const database = useDatabase();

const OUTCOMES = ["clean", "leak", "unread"] as const;
type Outcome = (typeof OUTCOMES)[number];

const BEGUN = new Date("2026-11-21T11:00:00Z");
const ENDED = new Date("2026-11-21T11:30:00Z");

/** What the app does for one scope, one delivery after the other. */
interface Life {
  readonly scope: Scope;
  readonly outcome: Outcome;
  readonly twice: boolean;
  readonly retired: boolean;
}

const lives: fc.Arbitrary<Life[]> = fc
  .tuple(...[PUSH, ...PULLS].map((scope) => lifeOf(scope)))
  .map((all) => [...all]);

function lifeOf(scope: Scope): fc.Arbitrary<Life> {
  return fc.record({
    scope: fc.constant(scope),
    outcome: fc.constantFrom(...OUTCOMES),
    twice: fc.boolean(),
    retired: fc.boolean(),
  });
}

const found: readonly ScopeFinding[] = findingsOn(60);

async function live(context: FakeContext, repository: Repository, life: Life): Promise<void> {
  const { scope, outcome, twice, retired } = life;
  for (let time = 0; time < (twice ? 2 : 1); time += 1) {
    await context.store.scopes.begin(repository.id, scope, false, BEGUN);
    await beginCheck(context, repository, HEAD, { newRun: false });
    const findings = outcome === "leak" ? found : [];
    await finished(context.store, repository, scope, findings, outcome === "unread" ? "unread" : "whole");
    await publishCheck(context, repository, HEAD);
  }
  if (!retired) return;
  for (const head of await context.store.scopes.retire(repository.id, keyOf(scope), ENDED))
    await republishCheck(context, repository, head);
}

/** Of the scopes that count at the end; with none left, the check keeps what it said last. */
function worst(all: readonly Life[]): string | null {
  const counting = all.filter((life) => !life.retired);
  if (counting.length === 0) return null;
  return counting.every((life) => life.outcome === "clean") ? "success" : "failure";
}

test("a push and two pull requests on one commit, in any order: never green over red, and the worst at the end", async () => {
  await fc.assert(
    fc.asyncProperty(lives, fc.scheduler(), async (all, scheduler) => {
      const [context, repository] = [aContext(database()), aRepository()];
      const { github } = context;
      github.gate = scheduler.scheduleFunction(async () => {});
      await scheduler.waitFor(Promise.all(all.map((life) => live(context, repository, life))));
      const final = worst(all);
      const run = github.current(HEAD);
      expect(run?.conclusion === final || final === null).toBe(true);
      const lines = (run?.annotations ?? []).map(({ start_line: line }) => line);
      expect(new Set(lines).size).toBe(lines.length);
      const records = await context.store.scopes.atHead(repository.id, HEAD);
      expect(records.map((record) => record.active)).toEqual(
        records.map((record) => !all.some((life) => life.retired && keyOf(life.scope) === record.key)),
      );
    }),
    { numRuns: 60 },
  );
});

test("while a scope that is active leaks or is unread, no moment shows green", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([PUSH, ...PULLS], { minLength: 3 }),
      fc.scheduler(),
      async (scopes, scheduler) => {
        const [context, repository] = [aContext(database()), aRepository()];
        const [leaking, ...clean] = scopes;
        if (leaking === undefined) return;
        await finished(context.store, repository, leaking, found);
        await publishCheck(context, repository, HEAD);
        context.github.gate = scheduler.scheduleFunction(async () => {});
        const seen: unknown[] = [];
        context.github.watch = () => seen.push(context.github.current(HEAD)?.conclusion);
        const others = clean.map((scope) =>
          live(context, repository, { scope, outcome: "clean", twice: true, retired: true }),
        );
        await scheduler.waitFor(Promise.all(others));
        expect(seen).not.toContain("success");
        expect(context.github.current(HEAD)?.conclusion).toBe("failure");
      },
    ),
    { numRuns: 30 },
  );
});
