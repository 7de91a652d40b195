import { describe, expect, test } from "vitest";
import { DEFAULT_CONFIGURATION } from "../../../src/policy/index.ts";
import type { ScopeFinding } from "../../../src/domain/index.ts";
import { inProgressCheckRun, scanFailedCheckRun } from "../../../src/report/index.ts";
import { atHead, HEAD, judged, madeFinding, madeSecret, OLDER, rendered } from "../../support/reported.ts";
import { withGaps, fileGap, commitGap, scopeGap } from "../../support/coverage-gaps.ts";

const ISSUE = { number: 12, url: "https://github.com/acme/shop/issues/12" };

describe("the summary begins with the one thing to do", () => {
  test.each([
    [
      {},
      "### Roll this key now: [API keys of acct_1Mq4sTeYJ0aBcDeF](https://dashboard.stripe.com/acct_1Mq4sTeYJ0aBcDeF/apikeys)",
    ],
    [{ account: null }, "### Roll this key now: [API keys](https://dashboard.stripe.com/apikeys)"],
    [
      { kind: "organization_key" },
      "### Roll this key now: [organization API keys](https://dashboard.stripe.com/org/api-keys/secret)",
    ],
    [
      { kind: "webhook_secret", mode: null, confidence: "high" },
      "### Roll this signing secret now: [webhook endpoints](https://dashboard.stripe.com/webhooks)",
    ],
    [
      { confidence: "medium", account: null },
      "### Check now whether this is your Stripe key: [API keys](https://dashboard.stripe.com/apikeys)",
    ],
    [
      { mode: "test", account: null },
      "### Take this test key out of the code: [test API keys](https://dashboard.stripe.com/test/apikeys)",
    ],
  ] as const)("%o", (made, first) => {
    expect(rendered(judged([atHead(madeFinding(made))])).summary.split("\n")[0]).toBe(first);
  });

  test("a test key's link opens the test page of its account", () => {
    expect(rendered(judged([atHead(madeFinding({ mode: "test" }))])).summary).toContain(
      "https://dashboard.stripe.com/acct_1Mq4sTeYJ0aBcDeF/test/apikeys",
    );
  });

  const PLACE = `[\`src/pay.ts:12\`](https://github.com/acme/shop/blob/${HEAD}/src/pay.ts#L12)`;

  test("lists key, kind, account, its age, place and issue of a single key", () => {
    const finding = madeFinding();
    const leaks = new Map([[finding.fingerprint, { state: "open" as const, cleared: null, issue: ISSUE }]]);
    const { summary } = rendered(judged([atHead(finding)], { leaks }));
    for (const fact of [
      `**Key:** \`${finding.redacted}\`, a live Stripe secret key`,
      "**Account:** `acct_1Mq4sTeYJ0aBcDeF` (created 2020-12-06)",
      `**Where:** ${PLACE}`,
      `**Steps:** [issue\u{a0}12](${ISSUE.url})`,
    ])
      expect(summary).toContain(`\n- ${fact}\n`);
  });

  test("gives several keys a row each, and the ages of their accounts below", () => {
    const findings = [madeFinding(), madeFinding({ encoding: "base64" })];
    const leaks = new Map(
      findings.map((finding) => [
        finding.fingerprint,
        { state: "open" as const, cleared: null, issue: ISSUE },
      ]),
    );
    const { summary } = rendered(judged(findings.map(atHead), { leaks }));
    for (const [index, { redacted }] of findings.entries()) {
      expect(summary).toContain(
        `| \`${redacted}\` live Stripe secret key${index === 0 ? "" : " (in base64)"} | \`acct_1Mq4sTeYJ0aBcDeF\` | ${PLACE} | [**Roll it**](https://dashboard.stripe.com/acct_1Mq4sTeYJ0aBcDeF/apikeys), [issue\u{a0}12](${ISSUE.url}) |`,
      );
    }
    expect(summary).toContain("Accounts created: `acct_1Mq4sTeYJ0aBcDeF` 2020-12-06.");
  });

  test("a live key in a test file gets a remark", () => {
    const word = "Such a file never needs one";
    expect(rendered(judged([atHead(madeFinding({ path: "test/a.spec.ts" }))])).summary).toContain(word);
    expect(rendered(judged([atHead(madeFinding())])).summary).not.toContain(word);
    expect(
      rendered(judged([atHead(madeFinding({ path: "test/a.spec.ts", mode: "test" }))])).summary,
    ).not.toContain(word);
  });
});

describe("where the key was found", () => {
  test.each([
    ["commit_message", null, `commit message of [\`bbbbbbb\`](https://github.com/acme/shop/commit/${OLDER})`],
    ["author", null, "author or committer of [`bbbbbbb`]"],
    ["path", "keys/sk_live_…abcd.txt", "file name `keys/sk_live_…abcd.txt` of [`bbbbbbb`]"],
    ["tag_message", null, "tag message of [`bbbbbbb`]"],
    [
      "content",
      "a.ts",
      `[\`a.ts:12\`](https://github.com/acme/shop/blob/${OLDER}/a.ts#L12) in commit [\`bbbbbbb\`]`,
    ],
  ] as const)("%s", (place, path, expected) => {
    const found: ScopeFinding = {
      finding: madeFinding({ place, path, commit: OLDER }),
      head: null,
      headRead: true,
      dropped: false,
    };
    expect(rendered(judged([found])).summary).toContain(expected);
  });

  test("shows three places in the summary and all of them in the details", () => {
    const { secret } = madeSecret();
    const places = Array.from({ length: 5 }, (_, index) => madeFinding({ secret, path: `f${index}.ts` }));
    const { summary, text } = rendered(judged(places.map(atHead)));
    expect(summary).toContain(" and 2 more\n");
    expect(text).toContain("### More places");
    expect(text).toContain("f4.ts:12");
  });
});

describe("what was not read", () => {
  test("is listed with commit and reason", () => {
    const { conclusion, summary } = rendered(judged([], withGaps(fileGap, commitGap, scopeGap)));
    expect(conclusion).toBe("failure");
    expect(summary).toContain(
      `| [\`dump.sql\`](https://github.com/acme/shop/blob/${HEAD}/dump.sql) | [\`aaaaaaa\`](https://github.com/acme/shop/commit/${HEAD}) | too large to read (11.2 MB, the limit is 10 MB) |`,
    );
    expect(summary).toContain("the whole commit");
    expect(summary).toContain("| the whole push or pull request |  | more commits than one scan reads |");
    expect(summary).toContain("**Re-run**");
  });
});

describe("what is already handled", () => {
  test("is listed with its state, reason and issue", () => {
    const finding = madeFinding();
    const allow = [
      {
        kind: "fingerprint",
        fingerprint: finding.fingerprint,
        until: "2027-01-31",
        reason: "account closed by @octocat",
        file: "owner",
        line: 9,
      },
    ] as const;
    const { conclusion, text } = rendered(
      judged([atHead(finding)], { configuration: { ...DEFAULT_CONFIGURATION, allow } }),
    );
    expect(conclusion).toBe("success");
    expect(text).toContain("### Already handled");
    expect(text).toContain(
      `| \`${finding.redacted}\` | live Stripe secret key | allowed | account closed by \`@octocat\`; the owner's allow rule on line 9, valid until \`2027-01-31\` |`,
    );
  });
});

test("shows configuration problems with file and line", () => {
  const configurationProblems = [
    { file: "repository", line: 4, message: "@octocat is not a setting that Rollcall knows." },
    { file: "owner", line: null, message: "The file could not be read." },
  ] as const;
  const { summary } = rendered(judged([], { configurationProblems }));
  expect(summary).toContain("| this repository's | 4 | `@octocat` is not a setting that Rollcall knows. |");
  expect(summary).toContain("| the owner's |  | The file could not be read. |");
});

describe("a check without a verdict", () => {
  test("a failed scan fails the check and says what happened", () => {
    const report = scanFailedCheckRun({
      problem: "GitHub did not answer @octocat for 10 minutes.",
      mode: "enforce",
    });
    expect(report).toMatchObject({ conclusion: "failure", annotations: [] });
    expect(report.title).toBe("Scan incomplete: the scan itself failed");
    expect(report.summary).toContain("GitHub did not answer `@octocat` for 10 minutes.");
    expect(report.summary).toContain("Re-run");
  });

  test("is neutral in observe mode, never green", () => {
    expect(scanFailedCheckRun({ problem: "x", mode: "observe" }).conclusion).toBe("neutral");
  });

  test.each([
    [null, "Looking for Stripe keys"],
    [1, "Looking for Stripe keys in 1 commit"],
    [2048, "Looking for Stripe keys in 2,048 commits"],
  ])("in progress over %s commits", (commits, title) => {
    expect(inProgressCheckRun({ commits }).title).toBe(title);
  });
});
