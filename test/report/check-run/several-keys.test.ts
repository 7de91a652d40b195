import { describe, expect, test } from "vitest";
import { atHead, HEAD, judged, madeFinding, madeWebhookSecret, rendered } from "../../support/reported.ts";

describe("several keys", () => {
  const key = () => atHead(madeFinding());
  const elses = () => atHead(madeFinding({ account: "acct_1Bq4sTeYJ0aBcDeF" }));

  test.each([
    [
      "of one account: one link",
      [key(), key()],
      "### Roll these 2 keys now: [API keys of acct_1Mq4sTeYJ0aBcDeF](https://dashboard.stripe.com/acct_1Mq4sTeYJ0aBcDeF/apikeys)\n\nFor each of them: in the key's overflow menu",
    ],
    [
      "of two accounts: the table's links",
      [key(), elses()],
      "### Roll these 2 keys now\n\nFor each of them: in the key's overflow menu",
    ],
    [
      "of two kinds: how for each",
      [key(), atHead(madeFinding({ kind: "restricted_key" })), atHead(madeWebhookSecret())],
      "### Roll these 3 credentials now\n\nEach link in the table opens the right page.\n\n- **",
    ],
    [
      "possible: one comparison",
      [1, 2].map(() => atHead(madeFinding({ confidence: "medium", account: null }))),
      "### Check now whether these 2 keys are yours: [API keys](https://dashboard.stripe.com/apikeys)",
    ],
  ] as const)("%s", (_name, found, begin) => {
    expect(rendered(judged(found)).summary.slice(0, begin.length)).toBe(begin);
  });

  test("each way of rolling names its kinds", () => {
    const { summary } = rendered(
      judged([key(), atHead(madeFinding({ kind: "restricted_key" })), atHead(madeWebhookSecret())]),
    );
    expect(summary).toMatch(
      /- \*\*(?:Restricted key, secret key|Secret key, restricted key):\*\* In the key/,
    );
    expect(summary).toContain("- **Webhook signing secret:** Choose the endpoint");
  });

  test("shortens a long path in a table, but links and otherwise shows it whole", () => {
    const path = "src/main/java/com/acme/shop/payments/StripeConfiguration.java";
    const long = () => atHead(madeFinding({ path }));
    const url = `https://github.com/acme/shop/blob/${HEAD}/${path}#L12`;
    expect(rendered(judged([long(), long()])).summary).toContain(
      `[\`…/StripeConfiguration.java:12\`](${url})`,
    );
    expect(rendered(judged([long()])).summary).toContain(`[\`${path}:12\`](${url})`);
  });

  test.each([
    ["some/folder/with-a-name-that-is-longer-than-the-cell-itself", "…hat-is-longer-than-the-cell-itself:12"],
    ["\u{1f511}".repeat(40), `…${"\u{1f511}".repeat(28)}:12`],
  ])("a long name %#", (path, label) => {
    const { summary } = rendered(judged([1, 2].map(() => atHead(madeFinding({ path })))));
    const shown = [...summary.matchAll(/\[`([^`]*)`\]\(https:\/\/github/g)].map((match) => match[1] ?? "");
    expect(shown).toHaveLength(2);
    for (const each of shown) {
      expect(Array.from(each).length).toBe(32);
      expect(label.endsWith(each.slice(1))).toBe(true);
    }
  });
});
