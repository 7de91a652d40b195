import * as fc from "fast-check";
import MarkdownIt from "markdown-it";
import { describe, expect, test } from "vitest";
import {
  atHead,
  elsewhere,
  HEAD,
  judged,
  madeFinding,
  madeSecret,
  madeWebhookSecret,
  OLDER,
  rendered,
} from "../support/reported.ts";

const OLDEST = "c".repeat(40);
const OLDER_LINK = `[\`bbbbbbb\`](https://github.com/acme/shop/commit/${OLDER})`;

describe("a key that only older commits hold", () => {
  test.each([
    [
      "is told to be gone where the head was read",
      [elsewhere()],
      `**The diff looks clean, the key is leaked all the same.** \`src/pay.ts\` no longer holds it, but commit ${OLDER_LINK} does, and everybody who can read this repository can still fetch that commit.`,
    ],
    [
      "is not told to be gone where the head was not read",
      [elsewhere({}, { headRead: false })],
      `**The diff may look clean, the key is leaked all the same.** It stands in commit ${OLDER_LINK}, and everybody who can read this repository can still fetch that commit, whatever a later one took out.`,
    ],
    [
      "and which a force-push took away",
      [elsewhere({}, { dropped: true })],
      `A force-push took commit ${OLDER_LINK} off the branch, but it holds the key, and everybody who can read this repository can still fetch that commit.`,
    ],
    [
      "is named by the table where there are two",
      [elsewhere(), elsewhere()],
      "No line of the diff is marked: they stand in earlier commits, which the table names. Everybody who can read this repository can still fetch those",
    ],
    [
      "is counted where another stands in the head",
      [elsewhere(), atHead(madeFinding())],
      "For 1 of these no line of the diff is marked: it stands in earlier commits, which the table names.",
    ],
  ] as const)("%s", (_name, found, told) => {
    const { summary } = rendered(judged(found));
    expect(summary).toContain(told);
    expect(summary).not.toContain("Deleting the line");
  });

  test("with one place in the head, needs no explanation", () => {
    const { secret } = madeSecret();
    const { summary, title } = rendered(judged([elsewhere({ secret }), atHead(madeFinding({ secret }))]));
    expect(summary).toContain("Deleting the line does not help: every clone, fork and cache keeps the key.");
    expect(title).toBe("1 live Stripe secret key leaked");
  });
});

describe("the title says where, if no line of the diff does", () => {
  test.each([
    [[elsewhere()], "1 live Stripe secret key leaked in an earlier commit"],
    [[elsewhere({}, { headRead: false })], "1 live Stripe secret key leaked in an earlier commit"],
    [[elsewhere(), elsewhere()], "2 live Stripe secret keys leaked in an earlier commit"],
    [[elsewhere(), elsewhere({ commit: OLDEST })], "2 live Stripe secret keys leaked in earlier commits"],
    [[elsewhere({}, { dropped: true })], "1 live Stripe secret key leaked"],
    [[elsewhere(), atHead(madeFinding())], "2 live Stripe secret keys leaked"],
    [[elsewhere(), elsewhere({ place: "commit_message", path: null })], "2 live Stripe secret keys leaked"],
    [
      [elsewhere(), atHead(madeFinding({ mode: "test" }))],
      "1 live Stripe secret key leaked in an earlier commit, 1 test key",
    ],
    [[elsewhere({ confidence: "medium" })], "1 possible live Stripe secret key leaked in an earlier commit"],
    [[elsewhere({ mode: "test" })], "1 Stripe test key found in an earlier commit"],
  ] as const)("%#", (found, title) => {
    expect(rendered(judged(found)).title).toBe(title);
  });
});

describe("a key that stands on no line at all", () => {
  test.each([
    ["commit_message", "leaked in a commit message", "Rewording the commit does not help", '--stdin < "$1"'],
    ["author", "leaked in the author of a commit", "Correcting the author does not help", "GIT_AUTHOR_IDENT"],
    ["path", "leaked in a file name", "Renaming the file does not help", "git diff --cached |"],
    ["tag_message", "leaked in a tag message", "Making the tag anew does not help", "refs/tags"],
    ["tag_name", "leaked in a tag name", "Deleting the tag does not help", "hooks/pre-push"],
    [
      "ref_name",
      "leaked in the name of a branch or tag",
      "Deleting the branch or tag does not help",
      "hooks/pre-push",
    ],
  ] as const)("%s", (place, title, why, hook) => {
    const path = place === "path" ? "keys/sk_live_…abcd.txt" : null;
    const report = rendered(judged([elsewhere({ place, path })]));
    expect(report.title).toBe(`1 live Stripe secret key ${title}`);
    expect(report.summary).toContain(`${why}: every clone, fork and cache keeps the key.`);
    expect(report.text).toContain(hook);
    expect(report.text).toContain("node /path/to/rollcall/src/cli.ts --stdin");
    expect(report.text).not.toContain("Keep the next one out of the code");
    expect(JSON.stringify(report)).not.toContain("Deleting the line");
  });

  test("in several sorts of place", () => {
    const found = [elsewhere({ place: "author", path: null }), elsewhere({ place: "tag_name", path: null })];
    expect(rendered(judged(found)).summary).toContain(
      "Taking it out does not help: every clone, fork and cache keeps the keys.",
    );
  });
});

describe("several keys", () => {
  const key = () => atHead(madeFinding());
  const elses = () => atHead(madeFinding({ account: "acct_1Bq4sTeYJ0aBcDeF" }));

  test.each([
    [
      "of one account: one link",
      [key(), key()],
      "### Roll these 2 now: [API keys of acct_1Mq4sTeYJ0aBcDeF](https://dashboard.stripe.com/acct_1Mq4sTeYJ0aBcDeF/apikeys)\n\nFor each of them: open the overflow menu of the key",
    ],
    [
      "of two accounts: the table's links",
      [key(), elses()],
      "### Roll these 2 now\n\nFor each of them: open the overflow menu of the key",
    ],
    [
      "of two kinds: how for each",
      [key(), atHead(madeFinding({ kind: "restricted_key" })), atHead(madeWebhookSecret())],
      "### Roll these 3 now\n\nEach link in the table opens the right page.\n\n- **",
    ],
    [
      "possible: one comparison",
      [1, 2].map(() => atHead(madeFinding({ confidence: "medium", account: null }))),
      "### Are these Stripe keys? Compare their last four characters with the [API keys](https://dashboard.stripe.com/apikeys)",
    ],
  ] as const)("%s", (_name, found, begin) => {
    expect(rendered(judged(found)).summary.slice(0, begin.length)).toBe(begin);
  });

  test("each way of rolling names its kinds", () => {
    const { summary } = rendered(
      judged([key(), atHead(madeFinding({ kind: "restricted_key" })), atHead(madeWebhookSecret())]),
    );
    expect(summary).toMatch(/- \*\*(?:Restricted key, secret key|Secret key, restricted key):\*\* Open the/);
    expect(summary).toContain("- **Webhook signing secret:** Choose the endpoint");
  });

  test("a long path is shortened in a row and linked whole; alone it is shown whole", () => {
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

test("no text of a repository becomes a mention, a link of its own or HTML", () => {
  const markdown = new MarkdownIt({ html: true, linkify: true });
  const piece = fc.constantFrom(
    "@octocat",
    "#1",
    "`",
    "|",
    "\n",
    "<img src=x>",
    "https://evil.example",
    " ",
    "a/",
  );
  const path = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(path, path, fc.boolean(), (one, two, gone) => {
      const found = [one, two].map((each) => {
        const finding = madeFinding({ path: each, commit: OLDER });
        return gone ? { finding, head: null, headRead: true, dropped: false } : atHead(finding);
      });
      for (const shown of [found, found.slice(1)]) {
        const { summary, text } = rendered(judged(shown));
        const tokens = [summary, text ?? ""]
          .flatMap((each) => markdown.parse(each, {}))
          .flatMap((token) => [token, ...(token.children ?? [])]);
        const open = tokens.filter(({ type }) => type === "text").map(({ content }) => content);
        const targets = tokens.flatMap((token) =>
          token.type === "link_open" ? [token.attrGet("href")] : [],
        );
        expect(open.join("\n")).not.toMatch(/@octocat|#1|evil\.example/);
        expect(
          targets.filter((target) => !/^https:\/\/(?:github|dashboard\.stripe)\.com\//.test(`${target}`)),
        ).toEqual([]);
        expect(tokens.filter(({ type }) => type.startsWith("html"))).toEqual([]);
      }
    }),
  );
});
