import { describe, expect, test } from "vitest";
import type { Finding, LeakState, Origin, PastFinding } from "../../src/domain/index.ts";
import {
  byNewestAccount,
  DEFAULT_CONFIGURATION,
  filedAs,
  isToFile,
  judgeHistory,
} from "../../src/policy/index.ts";
import type { HistoryJudgement, HistoryKey } from "../../src/policy/index.ts";
import { pastFinding } from "../support/past-findings.ts";
import { madeFinding, madeWebhookSecret, NOW } from "../support/reported.ts";

function judged(findings: readonly PastFinding[], more: Partial<HistoryJudgement> = {}) {
  return judgeHistory({
    findings,
    leaks: new Map(),
    ignoredKeys: new Map(),
    configuration: DEFAULT_CONFIGURATION,
    now: NOW,
    ...more,
  });
}

function only(finding: Finding, more: Partial<HistoryJudgement> = {}): HistoryKey {
  const [key, ...others] = judged([pastFinding(finding)], more);
  if (key === undefined || others.length > 0) throw new Error("expected one key");
  return key;
}

function inState(state: LeakState["state"]): LeakState {
  return { state, cleared: { actor: "ann", how: "attested", at: NOW }, issue: { number: 3, url: "u" } };
}

describe("which keys of a history are filed", () => {
  test.each([
    ["a live key", madeFinding(), true],
    ["a live key of medium confidence", madeFinding({ confidence: "medium" }), true],
    ["a webhook secret", madeWebhookSecret(), true],
    ["a match of low confidence", madeFinding({ confidence: "low" }), false],
    ["a test key", madeFinding({ mode: "test" }), false],
    ["a sandbox key", madeFinding({ kind: "sandbox_key", mode: "test" }), false],
    ["an ephemeral key", madeFinding({ kind: "ephemeral_key" }), false],
  ])("%s: %#", (_, finding, filed) => {
    expect(isToFile(only(finding))).toBe(filed);
  });

  test("a test key is not filed even where it fails a check", () => {
    const configuration = { ...DEFAULT_CONFIGURATION, testKeys: "fail" } as const;
    expect(isToFile(only(madeFinding({ mode: "test" }), { configuration }))).toBe(false);
  });

  test.each(["rolled", "dismissed"] as const)("a key that is %s stays so", (state) => {
    const finding = madeFinding();
    const key = only(finding, { leaks: new Map([[finding.fingerprint, inState(state)]]) });
    expect(key).toMatchObject({ disposition: state, issue: { number: 3 } });
    expect(isToFile(key)).toBe(false);
  });

  test("a key that the owner's file allows is not filed until the rule ends", () => {
    const finding = madeFinding();
    const ruled = (until: string) => {
      const rule = { kind: "fingerprint", reason: "closed", file: "owner", line: 2, until } as const;
      const allow = [{ ...rule, fingerprint: finding.fingerprint }];
      return isToFile(only(finding, { configuration: { ...DEFAULT_CONFIGURATION, allow } }));
    };
    expect([ruled("2026-12-01"), ruled("2026-11-01")]).toEqual([false, true]);
  });

  test.each(["stranger", "unknown"] as const)("a key that only a %s brought is not filed", (trust) => {
    const [key] = judged([pastFinding(madeFinding(), { trust })]);
    expect(key).toMatchObject({ isTrusted: false, isLive: true });
    expect(key !== undefined && isToFile(key)).toBe(false);
  });

  test("of a key that a writer and a stranger brought, only the writer's places count", () => {
    const finding = madeFinding();
    const strangers = { ...finding, path: "theirs.ts" };
    const [key, ...others] = judged([
      pastFinding(strangers, { trust: "stranger" }),
      pastFinding(finding, { trust: "writer" }),
    ]);
    expect(others).toEqual([]);
    expect(key?.places.map((place) => place.finding.path)).toEqual(["src/pay.ts"]);
    expect(key !== undefined && isToFile(key)).toBe(true);
  });

  test("a stranger cannot make a writer's uncertain match a leak", () => {
    const finding = madeFinding({ confidence: "low" });
    const [key] = judged([
      pastFinding(finding),
      pastFinding({ ...finding, confidence: "certain" }, { trust: "stranger" }),
    ]);
    expect(key !== undefined && isToFile(key)).toBe(false);
  });

  test("a comment next to a test key counts at the tip of the default branch only", () => {
    const finding = madeFinding({ mode: "test", allowComment: true });
    const dispositionAt = (isAtTip: boolean) =>
      judged([pastFinding(finding, { origin: { isAtTip } })]).map(({ disposition }) => disposition);
    expect([dispositionAt(true), dispositionAt(false)]).toEqual([["allowed"], ["leak"]]);
  });

  test("with mode: observe the keys are the same", () => {
    const configuration = { ...DEFAULT_CONFIGURATION, mode: "observe" } as const;
    expect(only(madeFinding(), { configuration })).toMatchObject({ disposition: "leak", isLive: true });
  });
});

test("a key is at the tip if one of its places is", () => {
  const finding = madeFinding();
  const past = (path: string, isAtTip: Origin["isAtTip"]) =>
    pastFinding({ ...finding, path }, { origin: { isAtTip } });
  expect(judged([past("a", false), past("b", true)])).toMatchObject([{ isAtTip: true }]);
  expect(judged([past("a", false), past("b", null)])).toMatchObject([{ isAtTip: false }]);
});

test("newest accounts are filed first, then what the default branch still shows", () => {
  const made = (accountCreated: string | null, isAtTip: boolean) =>
    pastFinding(madeFinding({ accountCreated }), { origin: { isAtTip } });
  const keys = judged([
    made(null, true),
    made("2019-05-01", false),
    made("2024-01-31", false),
    made("2019-05-01", true),
  ]);
  const order = keys.toSorted(byNewestAccount);
  expect(order.map(({ finding, isAtTip }) => [finding.accountCreated, isAtTip])).toEqual([
    ["2024-01-31", false],
    ["2019-05-01", true],
    ["2019-05-01", false],
    [null, true],
  ]);
});

test.each([
  ["issues", "enforce", "issues"],
  ["issues", "observe", "summary"],
  ["summary", "enforce", "summary"],
  ["off", "observe", "off"],
] as const)("history: %s under mode: %s is done as %s", (history, mode, expected) => {
  expect(filedAs({ history, mode })).toBe(expected);
});
