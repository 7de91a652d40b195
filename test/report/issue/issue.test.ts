import { describe, expect, test } from "vitest";
import { renderManyKeysIssue } from "../../../src/report/index.ts";
import { HEAD, madeFinding, madeSecret, OLDER } from "../../support/reported.ts";
import { inHistory, leakOf } from "../../support/texts/index.ts";
import { MARKER, issue } from "../../support/rendered-issue.ts";

describe("title", () => {
  test.each([
    [{}, /^Roll the leaked live Stripe secret key sk_live_….{4} \(acct_1Mq4sTeYJ0aBcDeF\)$/],
    [
      { confidence: "medium" },
      /^Possible leak: live Stripe secret key sk_live_….{4} \(acct_1Mq4sTeYJ0aBcDeF\)$/,
    ],
    [
      {
        kind: "webhook_secret",
        mode: null,
        confidence: "high",
        account: null,
        secret: madeSecret("whsec_").secret,
      },
      /^Roll the leaked Stripe webhook signing secret whsec_….{4}$/,
    ],
  ] as const)("%#", (made, title) => {
    expect(issue(leakOf(madeFinding(made))).title).toMatch(title);
  });
});

describe("a key in a history", () => {
  const leak = inHistory();
  const commit = `[\`bbbbbbb\`](https://github.com/acme/shop/commit/${OLDER})`;

  test("says since when, by which commit and whose, where, and which branches have it", () => {
    expect(issue(leak).body).toContain(
      `- **In history since:** 2019-03-04, commit ${commit} by \`Ann Example <ann@example.com>\`, [\`src/pay.ts:12\`](https://github.com/acme/shop/blob/${OLDER}/src/pay.ts#L12); **still in a file at the tip of the default branch**; in \`main\``,
    );
    expect(issue(leak).body).not.toContain("Brought in by");
  });

  test("says that it is gone from the tip", () => {
    const past = leak.past === undefined || leak.past === null ? null : { ...leak.past, isAtTip: false };
    expect(issue({ ...leak, past }).body).toContain("no longer in a file at the tip of the default branch");
  });

  test("names who pushed it as well, if a push brought it", () => {
    expect(issue({ ...leak, broughtBy: "bob" }).body).toContain("**Brought in by:** @bob");
  });

  test("says that rolling comes first and rewriting the history is optional", () => {
    expect(issue(leak).body).toContain("Roll first. Whether you then also rewrite the history is up to you");
    expect(issue(leakOf(madeFinding())).body).not.toContain("Roll first.");
  });

  test("is named as such in an issue of many keys", () => {
    const { body } = renderManyKeysIssue({
      leaks: [leak],
      markers: [MARKER],
      labels: [],
      previousBody: null,
    });
    expect(body).toContain(
      `in history since 2019-03-04, commit ${commit}, **still at the tip**; fingerprint`,
    );
    expect(body).toContain("Roll first.");
  });
});

describe("private form", () => {
  const finding = madeFinding();
  const { body, labels } = issue(leakOf(finding, madeFinding({ place: "commit_message", path: null })));

  test.each([
    ["what leaked", `**Leaked:** \`${finding.redacted}\`, a live Stripe secret key`],
    ["whose", "**Account:** `acct_1Mq4sTeYJ0aBcDeF` (created 2020-12-06)"],
    [
      "who brought it in",
      `**Brought in by:** @ann, in commit [\`aaaaaaa\`](https://github.com/acme/shop/commit/${HEAD})`,
    ],
    ["since when", "**Seen:** first 2026-11-20 08:05 UTC, last 2026-11-21 12:00 UTC"],
    [
      "the action",
      "### Roll this key now: [API keys of acct_1Mq4sTeYJ0aBcDeF](https://dashboard.stripe.com/acct_1Mq4sTeYJ0aBcDeF/apikeys)",
    ],
    [
      "why deleting does not help",
      "### Removing it from the repository does not help\n\nNeither does rewriting history",
    ],
    ["tasks", "- [ ] **2.** In its overflow menu, choose **Rotate key**"],
    ["never to paste the key", "**Never paste the secret** into this issue"],
    ["how to deploy the new key", "Copy the new key into your secret manager and deploy it."],
    ["who still uses the old key", "`Invalid API Key`"],
    ["how to prevent the next leak", "Use a restricted key with only the permissions this service needs."],
    ["to roll before investigating", "If in doubt, roll first and investigate in parallel."],
    ["what Stripe does not promise", "promises neither"],
    ["the logs", "**View request logs**"],
    [
      "the place",
      `| [\`src/pay.ts:12\`](https://github.com/acme/shop/blob/${HEAD}/src/pay.ts#L12) | [\`aaaaaaa\`](https://github.com/acme/shop/commit/${HEAD}) | [\`acme/shop\`](https://github.com/acme/shop) |`,
    ],
    ["another place", "| commit message |"],
    ["the fingerprint", finding.fingerprint],
    ["how it ends", "**Close as completed** once the key is rolled."],
    ["what does not count", "a changed file does not end a leak"],
    ["the marker", `<!-- rollcall:${MARKER} -->`],
  ])("says %s", (_name, text) => {
    expect(body).toContain(text);
  });

  test.each([
    ["content", "### Deleting the line does not help\n\nNeither does rewriting history"],
    ["commit_message", "### Rewording the commit does not help\n\nNeither does rewriting history"],
    ["ref_name", "### Deleting the branch or tag does not help\n\nNeither does rewriting history"],
  ] as const)("a key in %s says what would be tried", (place, told) => {
    const path = place === "content" ? "src/pay.ts" : null;
    expect(issue(leakOf(madeFinding({ place, path }))).body).toContain(told);
  });

  test("says what each way of closing it does", () => {
    expect(body).toContain("The checks that show it turn green by themselves.");
    expect(body).toContain("and say why in a comment");
    expect(body).toContain("Rollcall reopens it: a changed file does not end a leak.");
    expect(body).not.toMatch(/verified|remind/i);
  });

  test("carries the labels of the configuration", () => {
    expect(labels).toEqual(["security"]);
  });

  test("a possible key begins with how to tell", () => {
    const possible = issue(leakOf(madeFinding({ confidence: "medium", account: null })));
    expect(possible.body).toMatch(/^<!-- [^\n]* -->\n### First: is this a Stripe credential\?\n\n/);
    expect(possible.body).toContain("### If it is yours, do this now");
  });

  test.each([
    ["webhook_secret", "**Roll secret**"],
    ["organization_key", "https://dashboard.stripe.com/org/api-keys/secret"],
    ["cli_token", "`stripe logout --all`"],
    ["connect_token", "Deauthorize the connected account"],
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
