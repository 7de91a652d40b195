import { describe, expect, test } from "vitest";
import { DEFAULT_CONFIGURATION } from "../../src/policy/index.ts";
import type { AllowRule, Configuration, Verdict } from "../../src/policy/index.ts";
import { atHead, HEAD, judged, madeFinding, madeScope } from "../support/reported.ts";

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
  const left = { leftToHistory: { keys: 1, mayBeMore: false, filing: "summary" } } as const;
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
    ["a key that is left to the history", judged([], left), "neutral"],
    ["a key that is left to the history, and another", judged([live], left), "failure"],
    ["a key that is left to the history, and a gap", judged([], { ...gap, ...left }), "failure"],
    ["observing a key that is left to the history", judged([], { ...observe, ...left }), "neutral"],
  ] as const)("%s", (_name, verdict, conclusion) => {
    expect(verdict.conclusion).toBe(conclusion);
  });

  test("a wrong configuration is reported and does not change the conclusion", () => {
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

describe("the record and the allow rules", () => {
  const finding = madeFinding();
  const found = atHead(finding);
  const rule = (until: string): AllowRule => ({
    kind: "fingerprint",
    fingerprint: finding.fingerprint,
    until,
    reason: "account closed",
    file: "owner",
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
      leaks: new Map([[finding.fingerprint, { state, cleared: null, issue: OPEN_ISSUE }]]),
    });
    expect(verdict.conclusion).toBe("success");
    expect(only(verdict)).toMatchObject({ disposition: state, issue: OPEN_ISSUE, opensIssue: false });
  });

  test("an open leak counts, and shows its issue", () => {
    const verdict = judged([found], {
      leaks: new Map([[finding.fingerprint, { state: "open", cleared: null, issue: OPEN_ISSUE }]]),
    });
    expect(only(verdict)).toMatchObject({ disposition: "leak", issue: OPEN_ISSUE, effect: "failure" });
  });

  test("a fingerprint rule allows a live key until its last day, and gives the reason", () => {
    const configuration = configured({ allow: [rule("2026-11-21")] });
    expect(only(judged([found], { configuration }))).toMatchObject({
      disposition: "allowed",
      reason: "account closed; the owner's allow rule on line 9, valid until 2026-11-21",
    });
  });

  test("a rule in the repository's own file does not allow a live key, and the check says why", () => {
    const configuration = configured({ allow: [{ ...rule("2026-12-31"), file: "repository" }] });
    expect(only(judged([found], { configuration }))).toMatchObject({
      disposition: "leak",
      effect: "failure",
      reason:
        "only the owner's file can allow a live key, so this rule does not apply: account closed; allow rule on line 9, valid until 2026-12-31",
    });
  });

  test("a rule in the repository's own file allows a test key by its fingerprint", () => {
    const testKey = { ...finding, mode: "test" as const };
    const configuration = configured({ allow: [{ ...rule("2026-12-31"), file: "repository" }] });
    expect(only(judged([atHead(testKey)], { configuration }))).toMatchObject({ disposition: "allowed" });
  });

  test("an expired rule allows nothing, and the reason names it", () => {
    const configuration = configured({ allow: [rule("2026-11-20")] });
    expect(only(judged([found], { configuration }))).toMatchObject({
      disposition: "leak",
      effect: "failure",
      reason: "allow rule expired: account closed; the owner's allow rule on line 9, valid until 2026-11-20",
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
  ] as const)("a rollcall:allow comment next to %s", (_name, made, defaultBranch, disposition) => {
    const scopes = [madeScope([atHead(madeFinding({ ...made, allowComment: true }))], { defaultBranch })];
    expect(only(judged([], { scopes })).disposition).toBe(disposition);
  });

  test("test_keys: ignore lists the key and names the setting", () => {
    const configuration = configured({ testKeys: "ignore" });
    expect(only(judged([atHead(madeFinding({ mode: "test" }))], { configuration }))).toMatchObject({
      disposition: "ignored",
      effect: "none",
      reason: "ignored by the setting test_keys",
    });
  });
});
