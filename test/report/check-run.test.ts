import { describe, expect, test } from "vitest";
import type { Gap, ScopeFinding } from "../../src/domain/index.ts";
import { DEFAULT_CONFIGURATION } from "../../src/policy/index.ts";
import type { Judgement } from "../../src/policy/index.ts";
import { inProgressCheckRun, scanFailedCheckRun } from "../../src/report/index.ts";
import {
  atHead,
  HEAD,
  judged,
  madeFinding,
  madeScope,
  madeSecret,
  OLDER,
  PRIVATE,
  PUBLIC,
  rendered,
} from "../support/reported.ts";

const ISSUE = { number: 12, url: "https://github.com/acme/shop/issues/12" };
const observe = { ...DEFAULT_CONFIGURATION, mode: "observe" } as const;

function withGaps(...gaps: Gap[]): Pick<Judgement, "scopes"> {
  return { scopes: [madeScope([], { coverage: { commits: 3, files: 12, gaps } })] };
}

const fileGap: Gap = {
  reason: "too_large",
  commit: HEAD,
  path: "dump.sql",
  detail: "11.2 MB, the limit is 10 MB",
};
const commitGap: Gap = { reason: "api_failed", commit: OLDER, path: null, detail: "" };
const scopeGap: Gap = { reason: "too_many_commits", commit: null, path: null, detail: "" };

describe("the title says it all", () => {
  const live = madeFinding();
  const restricted = madeFinding({ kind: "restricted_key" });
  const medium = madeFinding({ confidence: "medium" });
  const webhook = madeFinding({ kind: "webhook_secret", mode: null, confidence: "high", account: null });
  const testKey = madeFinding({ mode: "test" });
  const low = madeFinding({ confidence: "low" });
  const rolled = new Map([[live.fingerprint, { state: "rolled" as const, issue: ISSUE }]]);
  const problem = { file: "repository", line: 1, message: "x" } as const;

  test.each([
    [judged([]), "No Stripe keys in 3 commits"],
    [judged([atHead(live)]), "1 live Stripe secret key leaked"],
    [judged([live, madeFinding()].map(atHead)), "2 live Stripe secret keys leaked"],
    [judged([live, restricted].map(atHead)), "2 live Stripe credentials leaked"],
    [judged([live, webhook].map(atHead)), "2 Stripe credentials leaked"],
    [judged([atHead(webhook)]), "1 Stripe webhook signing secret leaked"],
    [judged([atHead(medium)]), "1 possible live Stripe secret key leaked"],
    [
      judged([live, medium, testKey].map(atHead)),
      "1 live Stripe secret key leaked, 1 possible one, 1 test key",
    ],
    [judged([atHead(testKey)]), "1 Stripe test key found"],
    [judged([atHead(low)]), "No Stripe keys in 3 commits; 1 uncertain match"],
    [judged([atHead(live)], { leaks: rolled }), "No new Stripe keys in 3 commits, 1 already dealt with"],
    [judged([atHead(live)], { configuration: observe }), "1 live Stripe secret key leaked; observing only"],
    [
      judged([], { configurationProblems: [problem] }),
      "No Stripe keys in 3 commits; a mistake in rollcall.yml",
    ],
    [judged([], withGaps(fileGap, { ...fileGap, path: "b" })), "Scan incomplete: 2 files could not be read"],
    [judged([], withGaps(commitGap)), "Scan incomplete: 1 commit could not be read in full"],
    [judged([], withGaps(scopeGap)), "Scan incomplete: more commits than one scan reads"],
    [
      judged([], { scopes: [madeScope([atHead(live)]), ...withGaps(fileGap).scopes] }),
      "1 live Stripe secret key leaked; scan incomplete",
    ],
  ])("%#", (verdict, title) => {
    expect(rendered(verdict).title).toBe(title);
  });

  test("the same key in two places is one key", () => {
    const { secret } = madeSecret();
    const verdict = judged([madeFinding({ secret }), madeFinding({ secret, path: "b.ts" })].map(atHead));
    expect(rendered(verdict).title).toBe("1 live Stripe secret key leaked");
  });
});

describe("the one thing to do stands first", () => {
  test.each([
    [
      {},
      "### Roll it now: [API keys of acct_1Mq4sTeYJ0aBcDeF](https://dashboard.stripe.com/acct_1Mq4sTeYJ0aBcDeF/apikeys)",
    ],
    [{ account: null }, "### Roll it now: [API keys](https://dashboard.stripe.com/apikeys)"],
    [
      { kind: "organization_key" },
      "### Roll it now: [organization API keys](https://dashboard.stripe.com/org/api-keys/secret)",
    ],
    [
      { kind: "webhook_secret", mode: null, confidence: "high" },
      "### Roll it now: [webhook endpoints](https://dashboard.stripe.com/webhooks)",
    ],
    [
      { confidence: "medium", account: null },
      "### Is it a Stripe key? Compare its last four characters with the [API keys](https://dashboard.stripe.com/apikeys)",
    ],
    [{ mode: "test" }, "### Take the test key out of the code"],
  ] as const)("%o", (made, first) => {
    expect(rendered(judged([atHead(madeFinding(made))])).summary.split("\n")[0]).toBe(first);
  });

  test("a test key's link opens the test page of its account", () => {
    expect(rendered(judged([atHead(madeFinding({ mode: "test" }))])).summary).toContain(
      "https://dashboard.stripe.com/acct_1Mq4sTeYJ0aBcDeF/test/apikeys",
    );
  });

  const PLACE = `[\`src/pay.ts:12\`](https://github.com/acme/shop/blob/${HEAD}/src/pay.ts#L12)`;

  test("one key: key, kind, account and its age, place and issue as a list", () => {
    const finding = madeFinding();
    const leaks = new Map([[finding.fingerprint, { state: "open" as const, issue: ISSUE }]]);
    const { summary } = rendered(judged([atHead(finding)], { leaks }));
    for (const fact of [
      `**Key:** \`${finding.redacted}\`, a live Stripe secret key`,
      "**Account:** `acct_1Mq4sTeYJ0aBcDeF`, made on 2020-12-06",
      `**Where:** ${PLACE}`,
      `**Steps:** [issue\u{a0}12](${ISSUE.url})`,
    ]) {
      expect(summary).toContain(`\n- ${fact}\n`);
    }
  });

  test("several: a row for each, and the ages of the accounts beneath", () => {
    const findings = [madeFinding(), madeFinding({ encoding: "base64" })];
    const leaks = new Map(
      findings.map((finding) => [finding.fingerprint, { state: "open" as const, issue: ISSUE }]),
    );
    const { summary } = rendered(judged(findings.map(atHead), { leaks }));
    for (const [index, { redacted }] of findings.entries()) {
      expect(summary).toContain(
        `| \`${redacted}\` live Stripe secret key${index === 0 ? "" : " (in base64)"} | \`acct_1Mq4sTeYJ0aBcDeF\` | ${PLACE} | [**Roll it**](https://dashboard.stripe.com/acct_1Mq4sTeYJ0aBcDeF/apikeys), [issue\u{a0}12](${ISSUE.url}) |`,
      );
    }
    expect(summary).toContain("`acct_1Mq4sTeYJ0aBcDeF` was made on 2020-12-06.");
  });

  test("a live key in a test file gets a word", () => {
    const word = "Those never need one";
    expect(rendered(judged([atHead(madeFinding({ path: "test/a.spec.ts" }))])).summary).toContain(word);
    expect(rendered(judged([atHead(madeFinding())])).summary).not.toContain(word);
    expect(
      rendered(judged([atHead(madeFinding({ path: "test/a.spec.ts", mode: "test" }))])).summary,
    ).not.toContain(word);
  });
});

describe("where it stands", () => {
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

  test("three places in the row, all of them below", () => {
    const { secret } = madeSecret();
    const places = Array.from({ length: 5 }, (_, index) => madeFinding({ secret, path: `f${index}.ts` }));
    const { summary, text } = rendered(judged(places.map(atHead)));
    expect(summary).toContain(" and 2 more\n");
    expect(text).toContain("### Further places");
    expect(text).toContain("f4.ts:12");
  });
});

describe("annotations", () => {
  test("carry path, line and columns, and say what to do", () => {
    const finding = madeFinding();
    const { annotations } = rendered(judged([atHead(finding)]));
    expect(annotations).toMatchObject([
      {
        path: "src/pay.ts",
        start_line: 12,
        end_line: 12,
        start_column: 18,
        end_column: 124,
        annotation_level: "failure",
        title: "Live Stripe secret key leaked",
      },
    ]);
    expect(annotations[0]?.message).toContain(
      `${finding.redacted} of acct_1Mq4sTeYJ0aBcDeF, an account made on 2020-12-06.\nRoll it now`,
    );
  });

  test("have no columns where they span lines", () => {
    const [annotation] = rendered(
      judged([atHead(madeFinding({ encoding: "joined", endLine: 14 }))]),
    ).annotations;
    expect(annotation).toMatchObject({ start_line: 12, end_line: 14 });
    expect(annotation).not.toHaveProperty("start_column");
    expect(annotation).not.toHaveProperty("end_column");
  });

  test("stand only on lines that the head commit has", () => {
    const removed = { ...atHead(madeFinding({ commit: OLDER })), head: null };
    const message = atHead(madeFinding({ place: "commit_message", path: null }));
    expect(rendered(judged([removed, message])).annotations).toEqual([]);
  });

  test("never on a path that is itself a key", () => {
    const { text } = madeSecret();
    const head = { path: `keys/${text}`, line: 1, column: 1, endLine: 1, endColumn: 5 };
    const inContent = {
      finding: madeFinding({ path: "keys/sk_live_…abcd" }),
      head,
      headRead: true,
      dropped: false,
    };
    const inPath = { ...inContent, finding: madeFinding({ place: "path", path: "keys/sk_live_…abcd" }) };
    const elsewhere = { ...inPath, head: { ...head, path: "keys/in-a-form-that-nobody-knows" } };
    expect(rendered(judged([inContent, inPath, elsewhere])).annotations).toEqual([]);
  });

  test("two commits that brought the same line make one", () => {
    const { secret } = madeSecret();
    const found = [madeFinding({ secret }), madeFinding({ secret, commit: OLDER })].map(atHead);
    expect(rendered(judged(found)).annotations).toHaveLength(1);
  });

  test("the weightiest first", () => {
    const found = ["low", "medium", "certain"] as const;
    const { annotations } = rendered(judged(found.map((confidence) => atHead(madeFinding({ confidence })))));
    expect(annotations.map((each) => each.annotation_level)).toEqual(["failure", "failure", "notice"]);
    expect(annotations.map((each) => each.title)).toEqual([
      "Live Stripe secret key leaked",
      "Possible live Stripe secret key leaked",
      "Possible live Stripe secret key",
    ]);
  });

  test("none for what is settled", () => {
    const finding = madeFinding();
    const leaks = new Map([[finding.fingerprint, { state: "dismissed" as const, issue: null }]]);
    expect(rendered(judged([atHead(finding)], { leaks })).annotations).toEqual([]);
  });
});

describe("within GitHub's limits", () => {
  const hostile = `${"\u{10ffff}|`".repeat(80)}${"x".repeat(400)}`;
  test.each([50, 201, 5000])("%i findings", (number) => {
    const { secret } = madeSecret();
    const found = Array.from({ length: number }, (_, index) =>
      atHead(
        madeFinding({
          ...(index % 2 === 0 ? { secret } : {}),
          path: `${hostile}/${index}.ts`,
          commit: OLDER,
        }),
      ),
    );
    const gaps = found.map(({ finding }): Gap => ({ ...fileGap, path: finding.path, detail: hostile }));
    const configurationProblems = found.map(() => ({
      file: "repository" as const,
      line: 1,
      message: hostile,
    }));
    const verdict = judged(found, {
      scopes: [madeScope(found, { coverage: { commits: 1, files: 1, gaps } })],
      configurationProblems,
    });
    const report = rendered(verdict);
    expect(report.annotations).toHaveLength(Math.min(200, number));
    expect(report.title.length).toBeLessThanOrEqual(255);
    for (const text of [report.summary, report.text ?? ""]) {
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_535);
    }
    for (const { title, message } of report.annotations) {
      expect(title.length).toBeLessThanOrEqual(255);
      expect(Buffer.byteLength(message)).toBeLessThanOrEqual(65_536);
    }
    expect(report.summary.includes(`${(number - 200).toLocaleString("en-US")} more line`)).toBe(number > 200);
    expect(report.summary).toMatch(/\| and \d+ more \|/);
  });
});

describe("what was not read", () => {
  test("stands word for word, with commit and reason", () => {
    const { conclusion, summary } = rendered(judged([], withGaps(fileGap, commitGap, scopeGap)));
    expect(conclusion).toBe("failure");
    expect(summary).toContain(
      `| [\`dump.sql\`](https://github.com/acme/shop/blob/${HEAD}/dump.sql) | [\`aaaaaaa\`](https://github.com/acme/shop/commit/${HEAD}) | too large to read (11.2 MB, the limit is 10 MB) |`,
    );
    expect(summary).toContain("the commit as a whole");
    expect(summary).toContain("| the scope as a whole |  | more commits than one scan reads |");
    expect(summary).toContain("**Re-run**");
  });
});

describe("what is settled", () => {
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
    expect(text).toContain("### Known, and not counted");
    expect(text).toContain(
      `| \`${finding.redacted}\` | live Stripe secret key | allowed | account closed by \`@octocat\` (the owner's rule on line 9, until`,
    );
  });
});

test("configuration problems stand with file and line", () => {
  const configurationProblems = [
    { file: "repository", line: 4, message: "@octocat is not a setting that Rollcall knows." },
    { file: "owner", line: null, message: "The file could not be read." },
  ] as const;
  const { summary } = rendered(judged([], { configurationProblems }));
  expect(summary).toContain("| this repository's | 4 | `@octocat` is not a setting that Rollcall knows. |");
  expect(summary).toContain("| the owner's |  | The file could not be read. |");
});

describe("prevention speaks the file's language", () => {
  test.each([
    ["src/pay.ts", "process.env.STRIPE_SECRET_KEY"],
    ["app.py", 'os.environ["STRIPE_SECRET_KEY"]'],
    ["lib/pay.rb", 'ENV.fetch("STRIPE_SECRET_KEY")'],
    ["pay.php", "getenv('STRIPE_SECRET_KEY')"],
    ["cmd/main.go", 'os.Getenv("STRIPE_SECRET_KEY")'],
    ["Pay.java", 'System.getenv("STRIPE_SECRET_KEY")'],
    ["Pay.cs", 'Environment.GetEnvironmentVariable("STRIPE_SECRET_KEY")'],
    ["deploy.sh", '-u "$STRIPE_SECRET_KEY:"'],
    ["docker-compose.prod.yml", "environment:"],
    ["k8s/deployment.yaml", "secretKeyRef"],
    [".github/workflows/ci.yml", "secrets.STRIPE_SECRET_KEY"],
    ["main.tf", "sensitive = true"],
    ["terraform.tfstate", "*.tfstate"],
    [".env.production", "git rm --cached"],
    ["notes.txt", "export STRIPE_SECRET_KEY"],
  ])("%s", (path, expected) => {
    expect(rendered(judged([atHead(madeFinding({ path }))])).text).toContain(expected);
  });

  test("a commit message has no language", () => {
    const { text } = rendered(judged([atHead(madeFinding({ place: "commit_message", path: null }))]));
    expect(text).not.toContain("Keep the next one");
  });
});

describe("a public repository", () => {
  const finding = madeFinding();
  const dropped = {
    ...atHead(madeFinding({ path: "secret/place.ts", commit: OLDER })),
    head: null,
    headRead: true,
    dropped: true,
  };

  test("annotates the pushed diff and shows no fingerprint", () => {
    const report = rendered(judged([atHead(finding)]), PUBLIC);
    expect(report.annotations).toHaveLength(1);
    expect(JSON.stringify(report)).not.toContain(finding.fingerprint);
    expect(rendered(judged([atHead(finding)]), PRIVATE).text).toContain(finding.fingerprint);
  });

  test("counts what a force-push dropped and shows nothing of it", () => {
    const report = rendered(judged([dropped]), PUBLIC);
    expect(report).toMatchObject({ conclusion: "failure", title: "1 live Stripe secret key leaked" });
    const shown = JSON.stringify(report);
    expect(report.summary).toContain("1 Stripe key is in commits that this branch no longer holds");
    for (const hidden of [
      dropped.finding.redacted,
      "secret/place",
      OLDER,
      "bbbbbbb",
      dropped.finding.fingerprint,
    ]) {
      expect(shown).not.toContain(hidden);
    }
    expect(rendered(judged([dropped]), PRIVATE).summary).toContain("secret/place.ts");
  });

  test("annotates nothing of it, even where the head has a line for it", () => {
    const found = { ...atHead(dropped.finding), dropped: true };
    expect(rendered(judged([found]), PUBLIC).annotations).toEqual([]);
    expect(rendered(judged([found]), PRIVATE).annotations).toHaveLength(1);
  });

  test("names no issue of another repository", () => {
    const issue = { number: 7, url: "https://github.com/acme/security/issues/7" };
    const leaks = new Map([[finding.fingerprint, { state: "open" as const, issue }]]);
    expect(JSON.stringify(rendered(judged([atHead(finding)], { leaks }), PUBLIC))).not.toContain(
      "security/issues",
    );
    expect(rendered(judged([atHead(finding)], { leaks }), PRIVATE).summary).toContain(issue.url);
  });

  test("shows nothing of the owner's configuration, which may be private", () => {
    const configurationProblems = [{ file: "owner", line: 2, message: "hush is not a setting." }] as const;
    expect(JSON.stringify(rendered(judged([], { configurationProblems }), PUBLIC))).not.toContain("hush");
  });

  test("never says that a key still works", () => {
    expect(JSON.stringify(rendered(judged([atHead(finding), dropped]), PUBLIC))).not.toMatch(
      /still (?:active|work|valid)/i,
    );
  });
});

describe("without a verdict", () => {
  test("a scan that died fails the check and says what happened", () => {
    const report = scanFailedCheckRun({
      problem: "GitHub did not answer @octocat for 10 minutes.",
      mode: "enforce",
    });
    expect(report).toMatchObject({ conclusion: "failure", annotations: [] });
    expect(report.title).toBe("Scan incomplete: the scan itself failed");
    expect(report.summary).toContain("GitHub did not answer `@octocat` for 10 minutes.");
    expect(report.summary).toContain("Re-run");
  });

  test("observing, it is neutral, never green", () => {
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
