import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CONFIDENCES, GAP_REASONS, KINDS, MODES } from "../../src/domain/index.ts";
import type { LeakState, ScopeFinding } from "../../src/domain/index.ts";
import { DEFAULT_CONFIGURATION, judge } from "../../src/policy/index.ts";
import type { Configuration, ScopeResult, Verdict } from "../../src/policy/index.ts";
import { atHead, HEAD, madeFinding, madeScope, madeSecret, NOW } from "../support/reported.ts";

function configured(changes: Partial<Configuration>): Configuration {
  return { ...DEFAULT_CONFIGURATION, ...changes };
}

describe("for every set of scopes", () => {
  const POOL = Array.from({ length: 6 }, () => madeSecret().secret);
  const finding = fc
    .record({
      secret: fc.constantFrom(...POOL),
      kind: fc.constantFrom(...KINDS),
      mode: fc.constantFrom(...MODES, null),
      confidence: fc.constantFrom(...CONFIDENCES),
      path: fc.constantFrom("a.ts", "docs/b.md"),
      line: fc.integer({ min: 1, max: 3 }),
      allowComment: fc.boolean(),
      dropped: fc.boolean(),
    })
    .map(({ dropped, ...made }): ScopeFinding => {
      const found = atHead(madeFinding({ ...made, endLine: made.line }));
      return dropped ? { ...found, head: null, dropped } : found;
    });
  const gap = fc.record({
    reason: fc.constantFrom(...GAP_REASONS),
    commit: fc.constantFrom(HEAD, null),
    path: fc.constantFrom("a.ts", null),
    detail: fc.constant(""),
  });
  const scope: fc.Arbitrary<ScopeResult> = fc
    .record({
      defaultBranch: fc.boolean(),
      findings: fc.array(finding, { maxLength: 4 }),
      gaps: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(gap, { maxLength: 2 })),
      number: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ defaultBranch, findings, gaps, number }) =>
      madeScope(findings, { defaultBranch, coverage: { commits: number, files: number, gaps } }),
    );
  const configuration = fc.record({
    mode: fc.constantFrom("enforce", "observe"),
    testKeys: fc.constantFrom("fail", "warn", "ignore"),
    webhookSecrets: fc.constantFrom("fail", "warn", "ignore"),
    lowConfidence: fc.constantFrom("fail", "warn", "notice", "ignore"),
  });
  const leaks = fc.dictionary(
    fc.constantFrom(...POOL.map((secret) => secret.fingerprint)),
    fc.record({
      state: fc.constantFrom("open", "rolled", "dismissed"),
      cleared: fc.constant(null),
      issue: fc.constant(null),
    }),
  );
  const rank = { success: 0, neutral: 1, failure: 2 } as const;

  function judgeAll(
    scopes: readonly ScopeResult[],
    changes: Partial<Configuration>,
    states: Readonly<Record<string, LeakState>>,
  ): Verdict {
    return judge({
      scopes,
      leaks: new Map(Object.entries(states)),
      configuration: configured(changes),
      configurationProblems: [],
      now: NOW,
    });
  }

  test("another scope never improves the verdict", () => {
    fc.assert(
      fc.property(
        fc.array(scope, { minLength: 1, maxLength: 3 }),
        scope,
        configuration,
        leaks,
        (scopes, added, changes, states) => {
          const before = judgeAll(scopes, changes, states);
          const after = judgeAll([...scopes, added], changes, states);
          expect(rank[after.conclusion]).toBeGreaterThanOrEqual(rank[before.conclusion]);
        },
      ),
    );
  });

  test("the order of scopes does not matter", () => {
    fc.assert(
      fc.property(fc.array(scope, { maxLength: 4 }), configuration, leaks, (scopes, changes, states) => {
        expect(judgeAll(scopes.toReversed(), changes, states)).toEqual(judgeAll(scopes, changes, states));
      }),
    );
  });

  test("success excludes any gap and any leak with an effect", () => {
    fc.assert(
      fc.property(fc.array(scope, { maxLength: 4 }), configuration, leaks, (scopes, changes, states) => {
        const verdict = judgeAll(scopes, changes, states);
        const clean =
          scopes.length > 0 &&
          scopes.every((each) => each.coverage.gaps.length === 0) &&
          verdict.judged.every((each) => each.effect === "none");
        expect(verdict.conclusion === "success").toBe(clean);
      }),
    );
  });

  test("the verdict includes every finding", () => {
    fc.assert(
      fc.property(fc.array(scope, { maxLength: 4 }), configuration, leaks, (scopes, changes, states) => {
        const found = scopes.flatMap((each) => each.findings.map((one) => one.finding.fingerprint));
        const shown = judgeAll(scopes, changes, states).judged.map((each) => each.finding.fingerprint);
        expect(new Set(shown)).toEqual(new Set(found));
      }),
    );
  });
});
