import { describe, expect, test } from "vitest";
import { GAP_REASONS } from "../../src/domain/index.ts";
import { combineConfigurations, DEFAULT_CONFIGURATION, parseConfiguration } from "../../src/policy/index.ts";
import type { Judgement } from "../../src/policy/index.ts";
import type { CheckRunReport } from "../../src/report/index.ts";
import {
  atHead,
  elsewhere,
  judged,
  madeFinding,
  madeScope,
  madeWebhookSecret,
  NOW,
  OLDER,
  PUBLIC,
  rendered,
} from "../support/reported.ts";

const observe = { ...DEFAULT_CONFIGURATION, mode: "observe" } as const;

describe("what clears the check", () => {
  function yamlOf({ text }: CheckRunReport): string {
    return /```yaml\n(allow:[^`]*)```/.exec(text ?? "")?.[1] ?? "";
  }

  test("the rules that it shows do, once a last day is filled in", () => {
    const found = [atHead(madeFinding()), atHead(madeWebhookSecret()), elsewhere({ confidence: "medium" })];
    const red = rendered(judged(found));
    expect(red.conclusion).toBe("failure");
    expect(red.summary).toContain("see **After rolling** in the details");
    const text = yamlOf(red).replaceAll("YYYY-MM-DD", "2027-01-31");
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
    [1, "Once it is rolled, an allow rule clears it from this check:"],
    [2, "Once they are rolled, allow rules clear them from this check:"],
  ])("%i keys", (number, told) => {
    const found = Array.from({ length: number }, () => atHead(madeFinding()));
    expect(rendered(judged(found)).summary).toContain(told);
  });

  test("what is ended and not rolled", () => {
    const { summary } = rendered(judged([atHead(madeFinding({ kind: "cli_token", account: null }))]));
    expect(summary).toContain("### End it now: [Stripe support](https://support.stripe.com/contact)");
    expect(summary).toContain("Once that is done, an allow rule clears it from this check:");
  });

  test("a mistake in the file comes first", () => {
    const problem = { file: "repository", line: 1, message: "x" } as const;
    const told = "no allow rule counts";
    const found = [atHead(madeFinding())];
    expect(rendered(judged(found, { configurationProblems: [problem] })).text).toContain(told);
    expect(rendered(judged(found)).text).not.toContain(told);
  });

  test("five rules at most, and the fingerprints of the others", () => {
    const findings = Array.from({ length: 7 }, () => madeFinding());
    const { text } = rendered(judged(findings.map(atHead)));
    expect(text?.match(/- fingerprint: [0-9a-f]{20} # sk_live_…/g)).toHaveLength(5);
    for (const { fingerprint } of findings) {
      expect(text?.split(fingerprint)).toHaveLength(2);
    }
  });

  test.each([
    ["public", [atHead(madeFinding())]],
    ["public, and nothing may be shown", [elsewhere({}, { dropped: true })]],
  ])("%s: the form of a rule, without the fingerprint", (_name, found) => {
    const report = rendered(judged(found), PUBLIC);
    expect(yamlOf(report)).toContain("fingerprint: … # 20 hexadecimal digits");
    expect(report.summary).toContain("see **After rolling** in the details");
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

  test("closing an issue is no way, so it is none that is named", () => {
    const finding = madeFinding();
    const issue = { number: 12, url: "https://github.com/acme/shop/issues/12" };
    const leaks = new Map([[finding.fingerprint, { state: "open" as const, issue }]]);
    expect(JSON.stringify(rendered(judged([atHead(finding)], { leaks })))).not.toMatch(/clos(?:e|ing)\b/i);
  });
});

describe("what does not block", () => {
  test("green: what was read, and nothing else", () => {
    expect(rendered(judged([]))).toEqual({
      conclusion: "success",
      title: "No Stripe keys in 3 commits",
      summary: "Read completely: 3 commits and 12 changed files, with messages, authors and file names.",
      text: null,
      annotations: [],
    });
  });

  test.each([
    [
      "warn",
      "It opens test data only, so this check does not block. `test_keys: fail` in `.github/rollcall.yml` on the default branch makes it block.",
    ],
    ["fail", "`test_keys: fail` in `.github/rollcall.yml` makes this check fail for it."],
  ] as const)("test_keys: %s", (testKeys, told) => {
    const configuration = { ...DEFAULT_CONFIGURATION, testKeys };
    const { conclusion, summary } = rendered(
      judged([atHead(madeFinding({ mode: "test" }))], { configuration }),
    );
    expect(conclusion).toBe(testKeys === "warn" ? "neutral" : "failure");
    expect(summary).toContain(told);
    expect(summary).toContain(
      "**Replace it:** [test API keys of acct_1Mq4sTeYJ0aBcDeF](https://dashboard.stripe.com/acct_1Mq4sTeYJ0aBcDeF/test/apikeys)",
    );
  });

  test("a short-lived key", () => {
    const { conclusion, summary } = rendered(judged([atHead(madeFinding({ kind: "ephemeral_key" }))]));
    expect(conclusion).toBe("neutral");
    expect(summary).toContain("so this check does not block");
  });
});

describe("a gap says what to do now", () => {
  const gapsOf = (...reasons: readonly (typeof GAP_REASONS)[number][]): Pick<Judgement, "scopes"> => ({
    scopes: [
      madeScope([], {
        coverage: {
          commits: 3,
          files: 12,
          gaps: reasons.map((reason, index) => ({
            reason,
            commit: OLDER,
            path: `f${index}.sql`,
            detail: "",
          })),
        },
      }),
    ],
  });

  test.each(GAP_REASONS)("%s", (reason) => {
    const { summary } = rendered(judged([], gapsOf(reason)));
    expect(summary).toMatch(
      /^- \*\*[A-Z][^*]+:\*\* .*(?:\*\*Re-run\*\*|[Ss]plit it|Rewrite the commit|look through it|first)/m,
    );
  });

  test("once for each reason, before the places", () => {
    const { summary } = rendered(judged([], gapsOf("too_large", "too_large", "timeout")));
    expect(summary.match(/^- \*\*/gm)).toHaveLength(2);
    expect(summary.match(/^\| \[`f/gm)).toHaveLength(3);
  });
});

describe("prevention by path", () => {
  test.each([
    ["config/shop.yml", "stripe_secret_key: ${STRIPE_SECRET_KEY}"],
    ["src/main/resources/application.yaml", "stripe_secret_key: ${STRIPE_SECRET_KEY}"],
    ["k8s/shop.yml", "secretKeyRef"],
    ["deploy/helm/values.yaml", "secretKeyRef"],
    ["charts/shop/templates/web.yaml", "secretKeyRef"],
    ["ops/statefulset-web.yaml", "secretKeyRef"],
    ["compose.yaml", "environment:"],
    [".github/workflows/ci.yml", "secrets.STRIPE_SECRET_KEY"],
    [".gitlab-ci.yml", "masked variable"],
    [".circleci/config.yml", "masked variable"],
  ])("%s", (path, expected) => {
    const { text } = rendered(judged([atHead(madeFinding({ path }))]));
    expect(text).toContain(expected);
    expect(text?.includes("secretKeyRef")).toBe(expected === "secretKeyRef");
  });

  test.each([
    ["a.ts", "const secret = process.env.STRIPE_WEBHOOK_SECRET;"],
    ["a.py", 'secret = os.environ["STRIPE_WEBHOOK_SECRET"]'],
    ["a.sh", ': "${STRIPE_WEBHOOK_SECRET:?is not set}"'],
  ])("a webhook secret in %s is no key of a client", (path, expected) => {
    const { text } = rendered(judged([atHead(madeWebhookSecret({ path }))]));
    expect(text).toContain(`\n${expected}\n`);
  });

  test("a hook for what stands in files", () => {
    expect(rendered(judged([atHead(madeFinding())])).text).toContain(
      "git diff --cached | node /path/to/rollcall/src/cli.ts --stdin",
    );
  });
});
