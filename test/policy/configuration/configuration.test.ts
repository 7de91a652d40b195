import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  combineConfigurations,
  DEFAULT_CONFIGURATION,
  parseConfiguration,
  unreadableConfiguration,
} from "../../../src/policy/index.ts";
import type { CheckMode, Configuration, ConfigurationFile } from "../../../src/policy/index.ts";
import { madeSecret, NOW } from "../../support/reported.ts";

const FULL = `mode: observe
test_keys: fail
webhook_secrets: warn
low_confidence: ignore
verify_keys: true
verify_accounts: [acct_1Mq4sTeYJ0aBcDeF]
attest_role: maintain
dismiss_role: write
allow:
  - fingerprint: 01234567890123456789   # digits alone, and no number
    reason: account closed
    until: 2027-01-31
  - paths: ["docs/samples/**"]
    modes: [test]
    reason: samples
issues:
  repository: acme/security
  assign: [octocat]
  labels: [leak, no]
  remind_after: [2d, 10d]
drill:
  every: 90d
  assign: ["@octocat"]
history: summary
`;

function parse(text: string, file: ConfigurationFile = "repository") {
  return parseConfiguration(text, { file, now: NOW });
}

function combine(owner: string | null, repository: string | null, defaultMode: CheckMode = "enforce") {
  return combineConfigurations({
    owner: owner === null ? null : parse(owner, "owner"),
    repository: repository === null ? null : parse(repository),
    defaultMode,
  });
}

function owners(text: string): Configuration {
  return combine(text, null).configuration;
}

describe("an owner's file without a mistake", () => {
  test("every key takes effect", () => {
    expect(parse(FULL, "owner").problems).toEqual([]);
    expect(owners(FULL)).toEqual({
      mode: "observe",
      testKeys: "fail",
      webhookSecrets: "warn",
      lowConfidence: "ignore",
      verifyKeys: true,
      verifyAccounts: ["acct_1Mq4sTeYJ0aBcDeF"],
      attestRole: "maintain",
      dismissRole: "write",
      history: "summary",
      allow: [
        {
          kind: "fingerprint",
          fingerprint: "01234567890123456789",
          reason: "account closed",
          until: "2027-01-31",
          file: "owner",
          line: 10,
        },
        {
          kind: "paths",
          paths: ["docs/samples/**"],
          reason: "samples",
          until: null,
          file: "owner",
          line: 13,
        },
      ],
      issues: {
        repository: "acme/security",
        assign: ["octocat"],
        labels: ["leak", "no"],
        remindAfter: [2, 10],
      },
      drill: { everyDays: 90, assign: ["octocat"] },
    });
  });

  test.each([
    ["no file", null],
    ["an empty file", ""],
    ["comments only", "# nothing yet\n"],
    ["a byte order mark", "\uFEFF"],
    ["Windows line ends", "mode: enforce\r\ntest_keys: warn\r\n"],
  ])("%s leaves the defaults", (_name, text) => {
    for (const combined of [combine(text, null), combine(null, text)])
      expect(combined).toEqual({ configuration: DEFAULT_CONFIGURATION, problems: [] });
  });

  test("the configuration survives JSON", () => {
    expect(JSON.parse(JSON.stringify(owners(FULL)))).toEqual(owners(FULL));
  });
});

describe("each mistake has its line and its reason", () => {
  const year = "must be a date at most one year from now";
  test.each([
    ["mode: enforce\ntset_keys: fail", 2, "tset_keys is not a setting of Rollcall."],
    ["mode: off", 1, "mode must be enforce or observe."],
    ["\n\ntest_keys: notice", 3, "test_keys must be fail, warn or ignore."],
    ["low_confidence: [warn]", 1, "low_confidence must be fail, warn, notice or ignore."],
    ["verify_keys: yes", 1, "verify_keys must be true or false."],
    ["verify_accounts:\n  - x", 2, "verify_accounts[1] must be an account id such as acct_1AbCdEfGh."],
    ["attest_role: owner", 1, "attest_role must be admin, maintain, write or triage."],
    ["history: all", 1, "history must be issues, summary or off."],
    ["dismiss_role: owner", 1, "dismiss_role must be admin, maintain or write."],
    ["allow: all", 1, "allow must be a list of rules."],
    ["allow:\n  - reason: x", 2, "allow[1] must have either fingerprint or paths."],
    [
      "allow:\n  - reason: x\n    fingerprint: 0f3c0f3c0f3c0f3c0f3c",
      2,
      `allow[1].until is missing: it ${year}.`,
    ],
    [
      "allow:\n  - reason: x\n    fingerprint: 0f3c0f3c0f3c0f3c0f3c\n    until: 2028-01-01",
      4,
      "allow[1].until must be at most one year from now.",
    ],
    [
      "allow:\n  - reason: x\n    paths: [a]\n    until: tomorrow",
      4,
      "allow[1].until must be a date such as 2027-01-31.",
    ],
    [
      "allow:\n  - reason: x\n    paths: [a]\n    modes:\n      - live",
      5,
      "allow[1].modes[1] must be test: a live key is allowed by its fingerprint only, never by its path.",
    ],
    [
      "allow:\n  - paths: [a]",
      2,
      "allow[1].reason is missing: it must be a reason in plain words, at most 200 characters.",
    ],
    [
      "allow:\n  - reason: x\n    paths:\n      - a\n      - '(a+)+'",
      5,
      "allow[1].paths[2] understands *, ** and ? only.",
    ],
    ["issues:\n  repo: a/b", 2, "issues.repo is not a setting of Rollcall."],
    ["issues:\n  repository: security", 2, "issues.repository must be owner/name of a repository."],
    ["issues:\n  remind_after: [1d, 1w]", 2, "issues.remind_after[2] must be a number of days such as 3d."],
    ["issues:", 1, "issues must have the keys repository, assign, labels or remind_after."],
    ["drill:\n  assign: [ann]", 1, "drill.every is missing: it must be a number of days such as 90d."],
    ["drill:\n  every: 3 months", 2, "drill.every must be a number of days such as 90d."],
    ["drill:\n  every: 1d", 2, "drill.every must be at least 7d."],
    ["drill: 90d", 1, "drill must have the key every, such as `every: 90d`, and can have assign."],
    ["drill:\n  every: 90d\n  who: ann", 3, "drill.who is not a setting of Rollcall."],
    ["- mode: enforce", 1, "The file must hold settings such as `mode: enforce`, one on a line."],
    ["mode: enforce\nmode: observe", 2, "This is not valid YAML: the same key is there twice."],
    [
      "mode: enforce\n\ttest_keys: warn",
      2,
      "This is not valid YAML: a tab is used as indentation; use spaces.",
    ],
    ["mode: !!js/function x", 1, "This is not valid YAML: tags (!name) are not supported."],
    ["a: &x 1\nb: *x", 2, "Aliases (*name) are not supported: write the value out."],
    ["__proto__: x", 1, "__proto__ is not a setting of Rollcall."],
  ])("%j", (text, line, message) => {
    expect(parse(text).problems).toContainEqual({ file: "repository", line, message });
  });

  test("several mistakes, in order of lines", () => {
    const { problems } = parse("mode: x\nfoo: 1\ntest_keys: y\nissues:\n  labels: z\n");
    expect(problems.map((problem) => problem.line)).toEqual([1, 2, 3, 5]);
  });

  test("a key written in place of its fingerprint is not repeated", () => {
    const { text } = madeSecret();
    const wrong = `allow:\n  - fingerprint: ${text}\n    reason: x\n${text}: 1\n`;
    const { problems } = parse(wrong);
    expect(problems.length).toBeGreaterThan(1);
    expect(JSON.stringify(problems)).not.toContain(text.slice(8, 24));
  });
});

describe("a file with a mistake loosens nothing", () => {
  test("settings that loosen are dropped, settings that tighten stay", () => {
    const wrong = `${FULL}typo: 1\n`;
    expect(parse(wrong).problems).toHaveLength(1);
    expect(owners(wrong)).toMatchObject({
      mode: "enforce",
      testKeys: "fail",
      webhookSecrets: "fail",
      lowConfidence: "notice",
      verifyKeys: false,
      dismissRole: "maintain",
      history: "issues",
      allow: [],
      issues: { repository: "acme/security" },
    });
  });

  test("a wrong drill is dropped, and a sound one stays whatever else is wrong", () => {
    expect(owners("drill:\n  every: never\n").drill).toBeNull();
    expect(owners("drill:\n  every: 30d\ntypo: 1\n").drill).toEqual({ everyDays: 30, assign: [] });
  });

  test("the operator's observe mode does not apply under a wrong owner's file", () => {
    expect(combine("typo: 1", null, "observe").configuration.mode).toBe("enforce");
  });
});

describe("an owner's file that exists and cannot be read is not an absent one", () => {
  const unreadable = unreadableConfiguration("owner", "it is a folder");

  test("the defaults apply, and the check says why", () => {
    expect(combineConfigurations({ owner: unreadable, repository: null, defaultMode: "observe" })).toEqual({
      configuration: DEFAULT_CONFIGURATION,
      problems: [{ file: "owner", line: null, message: "The file cannot be read: it is a folder." }],
    });
  });

  test.each(["mode: observe", "test_keys: ignore", "allow:\n  - paths: [a]\n    reason: x"])(
    "the repository's file cannot loosen them: %j",
    (text) => {
      const { configuration, problems } = combineConfigurations({
        owner: unreadable,
        repository: parse(text),
        defaultMode: "enforce",
      });
      expect(configuration).toEqual(DEFAULT_CONFIGURATION);
      expect(problems).toHaveLength(2);
    },
  );

  test("the repository's file can tighten them", () => {
    const files = {
      owner: unreadable,
      repository: parse("test_keys: fail"),
      defaultMode: "enforce",
    } as const;
    expect(combineConfigurations(files).configuration.testKeys).toBe("fail");
  });
});

describe("the operator's default mode", () => {
  test.each([
    [null, null, "observe"],
    ["test_keys: fail", null, "observe"],
    ["mode: enforce", null, "enforce"],
    [null, "mode: enforce", "observe"],
  ] as const)("owner %j, repository %j: %s", (owner, repository, mode) => {
    expect(combine(owner, repository, "observe").configuration.mode).toBe(mode);
  });
});

describe("a repository's file under the owner's", () => {
  test("the owner's applies where the repository's says nothing", () => {
    expect(combine("test_keys: ignore", "").configuration.testKeys).toBe("ignore");
    expect(combine("test_keys: fail", null).configuration.testKeys).toBe("fail");
  });

  test.each([
    ["test_keys: ignore", "test_keys: warn", { testKeys: "warn" }],
    ["webhook_secrets: warn", "webhook_secrets: fail", { webhookSecrets: "fail" }],
    ["low_confidence: notice", "low_confidence: fail", { lowConfidence: "fail" }],
    ["mode: observe", "mode: observe", { mode: "observe" }],
  ])("%s is tightened by %s", (owner, repository, expected) => {
    expect(combine(owner, repository)).toMatchObject({ configuration: expected, problems: [] });
  });

  test.each([
    ["test_keys: fail", "test_keys: warn", { testKeys: "fail" }],
    ["", "test_keys: ignore", { testKeys: "warn" }],
    ["", "low_confidence: ignore", { lowConfidence: "notice" }],
    ["", "mode: observe", { mode: "enforce" }],
    ["mode: observe", "mode: enforce", { mode: "observe" }],
    ["", "verify_keys: true", { verifyKeys: false }],
    ["", "verify_accounts: [acct_1]", { verifyAccounts: [] }],
    ["", "attest_role: triage", { attestRole: "write" }],
    ["", "dismiss_role: write", { dismissRole: "maintain" }],
    ["", "dismiss_role: admin", { dismissRole: "maintain" }],
    ["", "history: off", { history: "issues" }],
    ["history: off", "history: issues", { history: "off" }],
    ["", "allow:\n  - paths: [a]\n    reason: x", { allow: [] }],
    ["", "issues:\n  repository: acme/elsewhere", { issues: { repository: null } }],
  ])("%j is not loosened by %j, and the check says so", (owner, repository, expected) => {
    const { configuration, problems } = combine(owner, repository);
    expect(configuration).toMatchObject(expected);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ file: "repository" });
    expect(problems[0]?.line).toBeGreaterThan(0);
  });

  test("a repository adds people, labels and days", () => {
    const { configuration, problems } = combine(
      "issues:\n  assign: [a]\n  labels: [x]\n  remind_after: [5d]",
      "issues:\n  assign: [b]\n  labels: [x, y]\n  remind_after: [2d]",
    );
    expect(problems).toEqual([]);
    expect(configuration.issues).toEqual({
      repository: null,
      assign: ["a", "b"],
      labels: ["x", "y"],
      remindAfter: [2, 5],
    });
  });
});

describe("a repository's file where the owner has none", () => {
  test.each([
    ["mode: observe", { mode: "enforce" }],
    ["webhook_secrets: warn", { webhookSecrets: "fail" }],
    ["webhook_secrets: ignore", { webhookSecrets: "fail" }],
    ["low_confidence: ignore", { lowConfidence: "notice" }],
    ["verify_keys: true", { verifyKeys: false }],
    ["dismiss_role: write", { dismissRole: "maintain" }],
    ["history: off", { history: "issues" }],
    ["issues:\n  repository: acme/elsewhere", { issues: { repository: null } }],
  ])("%j changes nothing, and the check says so", (repository, expected) => {
    const { configuration, problems } = combine(null, repository);
    expect(configuration).toMatchObject(expected);
    expect(problems).toMatchObject([{ file: "repository" }]);
    expect(problems[0]?.line).toBeGreaterThan(0);
  });

  test.each([
    ["test_keys: ignore", { testKeys: "ignore" }],
    ["test_keys: fail", { testKeys: "fail" }],
    ["webhook_secrets: fail", { webhookSecrets: "fail" }],
    ["low_confidence: fail", { lowConfidence: "fail" }],
    ["issues:\n  labels: [leak]", { issues: { labels: ["leak"] } }],
    ["allow:\n  - paths: [a]\n    reason: x", { allow: [{ kind: "paths", file: "repository" }] }],
  ])("%j takes effect", (repository, expected) => {
    expect(combine(null, repository)).toMatchObject({ configuration: expected, problems: [] });
  });

  test("a mistake in it drops what it loosens", () => {
    const { configuration } = combine(
      null,
      "test_keys: ignore\nallow:\n  - paths: [a]\n    reason: x\ntypo: 1",
    );
    expect(configuration).toMatchObject({ testKeys: "warn", allow: [] });
  });
});

describe("hostile files", () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from(
    { length: 9 },
    (_, level) =>
      `b${level}: &b${level} [${Array(9)
        .fill(level === 0 ? "*a" : `*b${level - 1}`)
        .join(",")}]`,
  ).join("\n")}`;

  test.each([
    ["an alias bomb", bomb],
    ["a huge file", "# x\n".repeat(100_000)],
    ["brackets without end", "[".repeat(60_000)],
    ["one bracket on each line", "[\n".repeat(30_000)],
    ["a list in a list in a list", "- ".repeat(30_000)],
    ["deep indentation", Array.from({ length: 300 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
    ["a NUL", "mode: \u0000"],
  ])("%s is refused", (_name, text) => {
    const { problems } = parse(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThanOrEqual(20);
  });

  const WORDS = [
    ..."mode allow paths until reason issues fail - [ ] { } * &a ! ' | # ? % @ 2027-01-31 --- << null ~".split(
      " ",
    ),
    ...': |\n|  |\t|"'.split("|"),
  ];
  const word = fc.constantFrom(...WORDS);
  test("nothing throws, and a file with a problem never loosens the defaults", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.array(word).map((words) => words.join("")),
        ),
        (text) => {
          const parsed = parse(text);
          for (const [owner, repository] of [
            [parsed, null],
            [null, parsed],
          ]) {
            const files = {
              owner: owner ?? null,
              repository: repository ?? null,
              defaultMode: "enforce",
            } as const;
            const { mode, testKeys, allow, verifyKeys } = combineConfigurations(files).configuration;
            const loosened = mode === "observe" || testKeys === "ignore" || allow.length > 0 || verifyKeys;
            expect(parsed.problems.length > 0 && loosened).toBe(false);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
