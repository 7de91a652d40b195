import { describe, expect, test } from "vitest";
import {
  combineConfigurations,
  DEFAULT_CONFIGURATION,
  parseConfiguration,
} from "../../../src/policy/index.ts";
import type { CheckRunReport } from "../../../src/report/index.ts";
import {
  atHead,
  elsewhere,
  judged,
  madeFinding,
  madeWebhookSecret,
  NOW,
  PUBLIC,
  rendered,
} from "../../support/reported.ts";

const strict = { ...DEFAULT_CONFIGURATION, testKeys: "fail" } as const;
const observe = { ...DEFAULT_CONFIGURATION, mode: "observe" } as const;

describe("what clears the check", () => {
  function yamlOf({ text }: CheckRunReport): string {
    return /```yaml\n(allow:[^`]*)```/.exec(text ?? "")?.[1] ?? "";
  }

  test("closing the issue as completed, and who may do that", () => {
    const configuration = { ...DEFAULT_CONFIGURATION, attestRole: "maintain", dismissRole: "admin" } as const;
    const found = [atHead(madeFinding()), atHead(madeWebhookSecret())];
    const { text } = rendered(judged(found, { configuration }));
    expect(text).toContain("Closing as completed needs the role `maintain` or above");
    expect(text).toContain("someone with the role `admin` or above closes it as not planned");
    expect(text).not.toContain("allow:");
  });

  test("keys that get no issue: the rules it shows clear it once an end date is filled in", () => {
    const found = [atHead(madeFinding({ mode: "test" })), elsewhere({ mode: "test" })];
    const red = rendered(judged(found, { configuration: strict }));
    expect(red.conclusion).toBe("failure");
    const text = `test_keys: fail\n${yamlOf(red).replaceAll("YYYY-MM-DD", "2027-01-31")}`;
    const parsed = parseConfiguration(text, { file: "owner", now: NOW });
    expect(parsed.problems).toEqual([]);
    const { configuration } = combineConfigurations({
      owner: parsed,
      repository: null,
      defaultMode: "enforce",
    });
    expect(judged(found, { configuration }).conclusion).toBe("success");
  });

  test.each([
    [1, "Once the key is rolled, closing its issue clears this check:"],
    [2, "Once the keys are rolled, closing their issues clears this check:"],
  ])("%i keys", (number, told) => {
    const found = Array.from({ length: number }, () => atHead(madeFinding()));
    expect(rendered(judged(found)).summary).toContain(told);
  });

  test("a token is revoked, not rolled", () => {
    const { summary } = rendered(judged([atHead(madeFinding({ kind: "cli_token", account: null }))]));
    expect(summary).toContain(
      "### Revoke this token now: [Stripe support](https://support.stripe.com/contact)",
    );
    expect(summary).toContain("Once the token is revoked, closing its issue clears this check:");
  });

  test("a mistake in the file has to be fixed first", () => {
    const problem = { file: "owner", line: 1, message: "x" } as const;
    const told = "no allow rule counts";
    const found = [atHead(madeFinding({ mode: "test" }))];
    const options = { configuration: strict };
    expect(rendered(judged(found, { ...options, configurationProblems: [problem] })).text).toContain(told);
    expect(rendered(judged(found, options)).text).not.toContain(told);
  });

  test("shows at most five rules, and the fingerprints of the other keys", () => {
    const findings = Array.from({ length: 7 }, () => madeFinding({ mode: "test" }));
    const { text } = rendered(judged(findings.map(atHead), { configuration: strict }));
    expect(text?.match(/- fingerprint: [0-9a-f]{20} # sk_test_…/g)).toHaveLength(5);
    for (const { fingerprint } of findings) expect(text?.split(fingerprint)).toHaveLength(2);
  });

  test.each([
    ["public", [atHead(madeFinding({ mode: "test" }))]],
    ["public, and nothing may be shown", [elsewhere({ mode: "test" }, { dropped: true })]],
  ])("%s: the form of a rule, without the fingerprint", (_name, found) => {
    const report = rendered(judged(found, { configuration: strict }), PUBLIC);
    expect(yamlOf(report)).toContain("fingerprint: … # 20 hexadecimal digits");
    expect(report.text).toContain("`npm run -s scan -- --format json FILE`");
    expect(report.text).not.toMatch(/[0-9a-f]{20}/);
  });

  test.each([
    ["observing", judged([atHead(madeFinding())], { configuration: observe })],
    ["a test key", judged([atHead(madeFinding({ mode: "test" }))])],
    ["nothing found", judged([])],
  ])("%s: nothing to clear", (_name, verdict) => {
    const { summary, text } = rendered(verdict);
    expect(summary).not.toContain("After rolling");
    expect(text ?? "").not.toContain("After rolling");
  });
});

describe("a check that does not fail", () => {
  test("a green check says only what was read", () => {
    expect(rendered(judged([]))).toEqual({
      conclusion: "success",
      title: "No Stripe keys in 3 commits",
      summary:
        "Read completely: 3 commits and 12 changed files, including commit messages, authors and file names.",
      text: null,
      annotations: [],
      actions: [],
    });
  });

  test.each([
    [
      "warn",
      "Test keys do not fail this check. To change that, set `test_keys` in `.github/rollcall.yml` on the default branch to `fail`.",
    ],
    [
      "fail",
      "This check fails because `test_keys` in `.github/rollcall.yml` on the default branch is set to `fail`.",
    ],
  ] as const)("test_keys: %s", (testKeys, told) => {
    const configuration = { ...DEFAULT_CONFIGURATION, testKeys };
    const { conclusion, summary } = rendered(
      judged([atHead(madeFinding({ mode: "test" }))], { configuration }),
    );
    expect(conclusion).toBe(testKeys === "warn" ? "neutral" : "failure");
    expect(summary).toContain(told);
    expect(summary).toContain(
      "### Take this test key out of the code: [test API keys of acct_1Mq4sTeYJ0aBcDeF](https://dashboard.stripe.com/acct_1Mq4sTeYJ0aBcDeF/test/apikeys)",
    );
  });

  test("a short-lived key", () => {
    const { conclusion, summary } = rendered(judged([atHead(madeFinding({ kind: "ephemeral_key" }))]));
    expect(conclusion).toBe("neutral");
    expect(summary).toContain("### Keep this short-lived key out of the repository");
  });
});
