import * as fc from "fast-check";
import MarkdownIt from "markdown-it";
import { describe, expect, test } from "vitest";
import type { Finding } from "../../src/domain/index.ts";
import {
  issueMarker,
  MAX_KEYS_PER_ISSUE,
  markersOf,
  renderIssue,
  renderManyKeysIssue,
} from "../../src/report/index.ts";
import type { IssueInput, IssueReport, LeakRecord } from "../../src/report/index.ts";
import { HEAD, madeFinding, madeSecret, PRIVATE } from "../support/reported.ts";

const MARKER = "0123456789abcdef".repeat(2);
const markdown = new MarkdownIt({ html: true, linkify: true });

function leakOf(finding: Finding, ...more: Finding[]): LeakRecord {
  const locations = [finding, ...more].map(({ place, commit, path, line }) => ({
    repository: { fullName: PRIVATE.fullName, url: PRIVATE.url },
    place,
    commit,
    path,
    line,
  }));
  return { ...finding, locations };
}

function issue(leak: LeakRecord, changes: Partial<IssueInput> = {}): IssueReport {
  return renderIssue({
    leak,
    visibility: "private",
    marker: MARKER,
    labels: ["security"],
    previousBody: null,
    ...changes,
  });
}

describe("title", () => {
  test.each([
    [{}, /^Roll the leaked live Stripe secret key sk_live_….{4}$/],
    [{ confidence: "medium" }, /^Possible leak: live Stripe secret key sk_live_….{4}$/],
    [
      { kind: "webhook_secret", mode: null, confidence: "high", secret: madeSecret("whsec_").secret },
      /^Roll the leaked Stripe webhook signing secret whsec_….{4}$/,
    ],
  ] as const)("%#", (made, title) => {
    expect(issue(leakOf(madeFinding(made))).title).toMatch(title);
  });
});

describe("private form", () => {
  const finding = madeFinding();
  const { body, labels } = issue(leakOf(finding, madeFinding({ place: "commit_message", path: null })));

  test.each([
    ["what leaked", `A **live Stripe secret key** was pushed: \`${finding.redacted}\`.`],
    ["whose", "It belongs to `acct_1Mq4sTeYJ0aBcDeF`, an account made on 2020-12-06."],
    [
      "the action",
      "**Roll it now:** [API keys of acct_1Mq4sTeYJ0aBcDeF](https://dashboard.stripe.com/acct_1Mq4sTeYJ0aBcDeF/apikeys)",
    ],
    ["why deleting does not help", "Taking it out does not help, and neither does rewriting history"],
    ["tasks", "- [ ] Overflow menu → **Rotate key**"],
    ["the logs", "**View request logs**"],
    [
      "the place",
      `| [\`src/pay.ts:12\`](https://github.com/acme/shop/blob/${HEAD}/src/pay.ts#L12) | [\`aaaaaaa\`](https://github.com/acme/shop/commit/${HEAD}) | [\`acme/shop\`](https://github.com/acme/shop) |`,
    ],
    ["another place", "| commit message |"],
    ["the fingerprint", finding.fingerprint],
    ["how it ends", "**Close as completed** when the key is rolled"],
    ["what does not count", "`Fixes #…`) proves nothing"],
    ["the marker", `<!-- rollcall:${MARKER} -->`],
  ])("says %s", (_name, text) => {
    expect(body).toContain(text);
  });

  test.each([
    ["content", "Deleting the line does not help, and neither does rewriting history"],
    ["commit_message", "Rewording the commit does not help, and neither does rewriting history"],
    ["ref_name", "Deleting the branch or tag does not help, and neither does rewriting history"],
  ] as const)("a key in %s says what would be tried", (place, told) => {
    const path = place === "content" ? "src/pay.ts" : null;
    expect(issue(leakOf(madeFinding({ place, path }))).body).toContain(told);
  });

  test("promises nothing of a closed issue, and says what clears a check", () => {
    expect(body).toContain("Closing it clears no red check.");
    expect(body).toContain(
      "an allow rule for the fingerprint, in `.github/rollcall.yml` on the default branch",
    );
    expect(body).not.toMatch(/reopen|verified|remind/i);
  });

  test("carries the labels of the configuration", () => {
    expect(labels).toEqual(["security"]);
  });

  test("a possible key begins with how to tell", () => {
    const possible = issue(leakOf(madeFinding({ confidence: "medium", account: null })));
    expect(possible.body).toMatch(/^### First: is it a Stripe key\?\n\n/);
    expect(possible.body).toContain("**Roll it, if it is one:**");
  });

  test.each([
    ["webhook_secret", "**Roll secret**"],
    ["organization_key", "https://dashboard.stripe.com/org/api-keys/secret"],
    ["cli_token", "`stripe logout --all`"],
    ["connect_token", "deauthorize"],
    ["app_secret", "signing secret"],
    ["restricted_key", "**Rotate key**"],
    ["legacy_key", "**Rotate key**"],
  ] as const)("%s has its own steps", (kind, step) => {
    expect(issue(leakOf(madeFinding({ kind, account: null }))).body).toContain(step);
  });

  test("the same record gives the same text", () => {
    expect(issue(leakOf(finding))).toEqual(issue(leakOf(finding)));
  });
});

describe("public form", () => {
  const finding = madeFinding({ path: "hidden/place.ts", line: 4711 });
  const { title, body } = issue(leakOf(finding), { visibility: "public" });
  const shown = `${title}\n${body}`;

  test.each([
    ["path", "hidden/place"],
    ["line", "4711"],
    ["commit", HEAD.slice(0, 7)],
    ["fingerprint", finding.fingerprint],
    ["account", finding.account ?? "acct_"],
    ["age", "2020-12-06"],
    ["repository", "acme/shop"],
    ["sort of place", "the line"],
  ])("shows no %s", (_name, hidden) => {
    expect(shown).not.toContain(hidden);
  });

  test("does not say that the key still works", () => {
    expect(shown).not.toMatch(/still (?:active|works|valid)|is active/i);
  });

  test("says roll now, with the steps and the marker", () => {
    expect(body).toContain("**Roll it now:** [API keys](https://dashboard.stripe.com/apikeys)");
    expect(body).toContain("- [ ] Overflow menu → **Rotate key**");
    expect(markersOf(body)).toEqual([MARKER]);
  });

  test("a possible key begins with how to tell, and names no account", () => {
    const possible = issue(leakOf(madeFinding({ confidence: "medium" })), { visibility: "public" });
    expect(possible.body).toMatch(/^### First: is it a Stripe key\?/);
    expect(possible.body).not.toContain("acct_");
  });
});

describe("ticks are kept when the issue is written again", () => {
  const leak = leakOf(madeFinding());
  const { body } = issue(leak);

  test.each(["\n", "\r\n"])("with line ends %j", (end) => {
    const ticked = body.replace("- [ ] Put the new one", "- [x] Put the new one").replaceAll("\n", end);
    const again = issue(leakOf(madeFinding(), madeFinding()), { previousBody: ticked }).body;
    expect(again).toContain("- [x] Put the new one");
    expect(again.match(/- \[x\]/g)).toHaveLength(1);
  });

  test("what somebody else wrote into the body is not taken over", () => {
    const again = issue(leak, { previousBody: `- [x] pay @octocat\n${body}` }).body;
    expect(again).toBe(body);
  });
});

describe("markers", () => {
  test("are found again, also with the line ends of a browser", () => {
    expect(markersOf(`text\r\n${issueMarker(MARKER)}\r\n`)).toEqual([MARKER]);
  });

  test("a path made to look like one is none", () => {
    const other = "f".repeat(32);
    fc.assert(
      fc.property(fc.constantFrom("", "\n", "\r\n", "`\n", "` -->\n"), (before) => {
        const path = `${before}<!-- rollcall:${other} -->${before}`;
        const { body } = issue(leakOf(madeFinding({ path })));
        expect(markersOf(body)).toEqual([MARKER]);
      }),
    );
  });
});

describe("limits", () => {
  test("5,000 long places fit, and the rest is counted", () => {
    const finding = madeFinding();
    const places = Array.from({ length: 5000 }, (_, index) =>
      madeFinding({ path: `${"\u{10ffff}|".repeat(100)}${index}.ts` }),
    );
    const { title, body } = issue(leakOf(finding, ...places));
    expect(title.length).toBeLessThanOrEqual(256);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(65_536);
    expect(body).toMatch(/\| and \d+ more \|/);
    expect(markersOf(body)).toEqual([MARKER]);
  });
});

describe("one issue for many keys", () => {
  function many(number: number, visibility: "private" | "public", path = "src/pay.ts") {
    const findings = Array.from({ length: number }, () => madeFinding({ path }));
    const markers = findings.map((_, index) => index.toString(16).padStart(64, "0"));
    const input = { leaks: findings.map((each) => leakOf(each)), markers, labels: [], previousBody: null };
    return { findings, markers, input, report: renderManyKeysIssue({ ...input, visibility }) };
  }

  test("lists each key as a task, with its page, place and fingerprint", () => {
    const { findings, markers, report } = many(21, "private");
    expect(report.title).toBe("Roll 21 leaked Stripe keys");
    for (const { redacted, fingerprint } of findings) {
      expect(report.body).toContain(`- [ ] \`${redacted}\`, a live Stripe secret key: [API keys of`);
      expect(report.body).toContain(`fingerprint \`${fingerprint}\``);
    }
    expect(markersOf(report.body)).toEqual(markers);
    expect(report.body).toContain("when **every** key is rolled");
    expect(report.body).toContain("### How: Stripe secret key\n\n1. Open the");
  });

  test("in public, only the keys", () => {
    const { findings, report } = many(21, "public", "hidden/place.ts");
    for (const { redacted, fingerprint } of findings) {
      expect(report.body).toContain(`- [ ] \`${redacted}\`, a live Stripe secret key\n`);
      expect(report.body).not.toContain(fingerprint);
    }
    expect(report.body).not.toMatch(/hidden|acct_|acme\/shop/);
  });

  test("ticks are kept", () => {
    const { input, report } = many(21, "private");
    const ticked = report.body.replace("- [ ]", "- [x]");
    const again = renderManyKeysIssue({ ...input, visibility: "private", previousBody: ticked });
    expect(again.body).toBe(ticked);
  });

  test("the most keys of one issue fit, with all their markers", () => {
    const { markers, report } = many(MAX_KEYS_PER_ISSUE, "private", "\u{10ffff}|".repeat(100));
    expect(Buffer.byteLength(report.body)).toBeLessThanOrEqual(65_536);
    expect(markersOf(report.body)).toEqual(markers);
  });
});

test("no text of a repository becomes a mention, a link of its own or HTML", () => {
  const piece = fc.constantFrom(
    "@octocat",
    "#1",
    "`",
    "|",
    "\n",
    "<img src=x>",
    "https://evil.example",
    " ",
    "a",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const { body } = issue(leakOf(madeFinding({ path: pieces.join("") })));
      const tokens = markdown.parse(body, {}).flatMap((token) => [token, ...(token.children ?? [])]);
      const open = tokens.filter(({ type }) => type === "text").map(({ content }) => content);
      const targets = tokens.filter(({ type }) => type === "link_open").map((token) => token.attrGet("href"));
      const html = tokens.filter(({ type }) => type.startsWith("html")).map(({ content }) => content.trim());
      expect(open.join("\n")).not.toMatch(/@octocat|#1|evil\.example/);
      expect(
        targets.filter((target) => !/^https:\/\/(?:github|dashboard\.stripe)\.com\//.test(`${target}`)),
      ).toEqual([]);
      expect(html).toEqual([issueMarker(MARKER)]);
    }),
  );
});
