import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CONFIDENCES, GAP_REASONS, KINDS, MODES, scopeFindingSchema } from "../../src/domain/index.ts";
import type { LeakState, ScopeFinding } from "../../src/domain/index.ts";
import { DEFAULT_CONFIGURATION, judge } from "../../src/policy/index.ts";
import type { AllowRule, Configuration, ScopeResult, Verdict } from "../../src/policy/index.ts";
import { atHead, HEAD, judged, madeFinding, madeScope, madeSecret, NOW } from "../support/reported.ts";

const GAP = { reason: "too_large", commit: HEAD, path: "dump.sql", detail: "" } as const;
const INCOMPLETE = { commits: 1, files: 1, gaps: [GAP] };
const OPEN_ISSUE = { number: 12, url: "https://github.com/acme/shop/issues/12" };

function configured(changes: Partial<Configuration>): Configuration {
  return { ...DEFAULT_CONFIGURATION, ...changes };
}

function only(verdict: Verdict) {
  expect(verdict.judged).toHaveLength(1);
  const [first] = verdict.judged;
  if (first === undefined) throw new Error("nothing was judged");
  return first;
}

describe("conclusion", () => {
  const live = atHead(madeFinding());
  const testKey = atHead(madeFinding({ mode: "test" }));
  const low = atHead(madeFinding({ confidence: "low" }));
  const gap = { scopes: [madeScope([], { coverage: INCOMPLETE })] };
  const observe = { configuration: configured({ mode: "observe" }) };

  test.each([
    ["nothing found, all read", judged([]), "success"],
    ["a live key", judged([live]), "failure"],
    ["a test key", judged([testKey]), "neutral"],
    ["a low one", judged([low]), "success"],
    ["a gap", judged([], gap), "failure"],
    ["no scope at all", judged([], { scopes: [] }), "neutral"],
    ["observing a live key", judged([live], observe), "neutral"],
    ["observing a gap", judged([], { ...gap, ...observe }), "neutral"],
    ["observing nothing", judged([], observe), "success"],
  ] as const)("%s", (_name, verdict, conclusion) => {
    expect(verdict.conclusion).toBe(conclusion);
  });

  test("a wrong configuration is reported and changes no conclusion", () => {
    const configurationProblems = [
      { file: "repository", line: 3, message: "mode must be enforce." },
    ] as const;
    expect(judged([], { configurationProblems })).toMatchObject({
      conclusion: "success",
      configurationProblems,
    });
    expect(judged([live], { configurationProblems }).conclusion).toBe("failure");
  });
});

describe("what the record and the rules settle", () => {
  const finding = madeFinding();
  const found = atHead(finding);
  const rule = (until: string): AllowRule => ({
    kind: "fingerprint",
    fingerprint: finding.fingerprint,
    until,
    reason: "account closed",
    file: "repository",
    line: 9,
  });
  const paths: AllowRule = {
    kind: "paths",
    paths: ["docs/**"],
    until: null,
    reason: "samples",
    file: "owner",
    line: 4,
  };

  test.each(["rolled", "dismissed"] as const)("a %s leak no longer counts, and keeps its issue", (state) => {
    const verdict = judged([found], {
      leaks: new Map([[finding.fingerprint, { state, issue: OPEN_ISSUE }]]),
    });
    expect(verdict.conclusion).toBe("success");
    expect(only(verdict)).toMatchObject({ disposition: state, issue: OPEN_ISSUE, opensIssue: false });
  });

  test("an open leak counts, and shows its issue", () => {
    const verdict = judged([found], {
      leaks: new Map([[finding.fingerprint, { state: "open", issue: OPEN_ISSUE }]]),
    });
    expect(only(verdict)).toMatchObject({ disposition: "leak", issue: OPEN_ISSUE, effect: "failure" });
  });

  test("a fingerprint rule allows a live key up to its last day, and says why", () => {
    const configuration = configured({ allow: [rule("2026-11-21")] });
    expect(only(judged([found], { configuration }))).toMatchObject({
      disposition: "allowed",
      reason: "account closed; allow rule on line 9, valid until 2026-11-21",
    });
  });

  test("an expired rule allows nothing and is named", () => {
    const configuration = configured({ allow: [rule("2026-11-20")] });
    expect(only(judged([found], { configuration }))).toMatchObject({
      disposition: "leak",
      effect: "failure",
      reason: "allow rule expired: account closed; allow rule on line 9, valid until 2026-11-20",
    });
  });

  test.each([
    ["a test key under the path", madeFinding({ mode: "test", path: "docs/a.md" }), "allowed"],
    ["a test key elsewhere", madeFinding({ mode: "test", path: "src/a.md" }), "leak"],
    ["a live key under the path", madeFinding({ path: "docs/a.md" }), "leak"],
    ["a test key in a message", madeFinding({ mode: "test", place: "commit_message", path: null }), "leak"],
  ] as const)("a path rule and %s", (_name, subject, disposition) => {
    const configuration = configured({ allow: [paths] });
    expect(only(judged([atHead(subject)], { configuration })).disposition).toBe(disposition);
  });

  test.each([
    ["a test key", { mode: "test" }, true, "allowed"],
    ["a low live one", { confidence: "low" }, true, "allowed"],
    ["a live key", {}, true, "leak"],
    ["a medium live key", { confidence: "medium" }, true, "leak"],
    ["a test key off the default branch", { mode: "test" }, false, "leak"],
  ] as const)("rollcall:allow beside %s", (_name, made, defaultBranch, disposition) => {
    const scopes = [madeScope([atHead(madeFinding({ ...made, allowComment: true }))], { defaultBranch })];
    expect(only(judged([], { scopes })).disposition).toBe(disposition);
  });

  test("test_keys: ignore lists the key and says which setting", () => {
    const configuration = configured({ testKeys: "ignore" });
    expect(only(judged([atHead(madeFinding({ mode: "test" }))], { configuration }))).toMatchObject({
      disposition: "ignored",
      effect: "none",
      reason: "ignored by the setting test_keys",
    });
  });
});

describe("several scopes", () => {
  test("the same credential at the same place stands once, judged by the stricter scope", () => {
    const finding = madeFinding({ mode: "test", allowComment: true });
    const scopes = [
      madeScope([atHead(finding)], { defaultBranch: true }),
      madeScope([atHead(finding)], { defaultBranch: false }),
    ];
    expect(only(judged([], { scopes })).disposition).toBe("leak");
  });

  test("one scope that holds the commit is enough for a finding not to be dropped", () => {
    const finding = madeFinding();
    const forced = madeScope([{ finding, head: null, headRead: true, dropped: true }]);
    const held = madeScope([{ ...atHead(finding), dropped: false }]);
    for (const scopes of [
      [forced, held],
      [held, forced],
    ]) {
      expect(only(judged([], { scopes }))).toMatchObject({ dropped: false, head: { path: "src/pay.ts" } });
    }
    expect(only(judged([], { scopes: [forced, forced] }))).toMatchObject({ dropped: true, head: null });
  });

  test("one scope that read the head is enough to know what it no longer holds", () => {
    const read = { ...atHead(madeFinding()), head: null };
    const unread = { ...read, headRead: false };
    for (const found of [
      [read, unread],
      [unread, read],
    ]) {
      const scopes = found.map((each) => madeScope([each]));
      expect(only(judged([], { scopes }))).toMatchObject({ head: null, headRead: true });
    }
    expect(only(judged([], { scopes: [madeScope([unread])] }))).toMatchObject({ headRead: false });
  });

  test("a finding that was recorded before that was known does not claim it", () => {
    const { headRead, ...recorded } = atHead(madeFinding());
    expect(headRead).toBe(true);
    expect(scopeFindingSchema.parse(recorded)).toEqual({ ...recorded, headRead: false });
  });

  test("the same credential at another place stands again", () => {
    const { secret } = madeSecret();
    const places = [
      madeFinding({ secret }),
      madeFinding({ secret, line: 13 }),
      madeFinding({ secret, path: "b" }),
    ];
    expect(judged(places.map(atHead)).judged).toHaveLength(3);
  });

  test("live before possible before test before low before settled", () => {
    const settled = madeFinding();
    const order = [
      madeFinding({ path: "z" }),
      madeFinding({ confidence: "medium", path: "a" }),
      madeFinding({ mode: "test", path: "a" }),
      madeFinding({ confidence: "low", path: "a" }),
      settled,
    ];
    const leaks = new Map([[settled.fingerprint, { state: "rolled" as const, issue: null }]]);
    const verdict = judged(order.toReversed().map(atHead), { leaks });
    expect(verdict.judged.map((each) => each.finding.fingerprint)).toEqual(
      order.map((finding) => finding.fingerprint),
    );
  });
});

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
    fc.record({ state: fc.constantFrom("open", "rolled", "dismissed"), issue: fc.constant(null) }),
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

  test("one scope more never makes the verdict better", () => {
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

  test("their order does not matter", () => {
    fc.assert(
      fc.property(fc.array(scope, { maxLength: 4 }), configuration, leaks, (scopes, changes, states) => {
        expect(judgeAll(scopes.toReversed(), changes, states)).toEqual(judgeAll(scopes, changes, states));
      }),
    );
  });

  test("never success with a gap or with a leak that has an effect", () => {
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

  test("nothing found is left out", () => {
    fc.assert(
      fc.property(fc.array(scope, { maxLength: 4 }), configuration, leaks, (scopes, changes, states) => {
        const found = scopes.flatMap((each) => each.findings.map((one) => one.finding.fingerprint));
        const shown = judgeAll(scopes, changes, states).judged.map((each) => each.finding.fingerprint);
        expect(new Set(shown)).toEqual(new Set(found));
      }),
    );
  });
});
