import { describe, expect, test } from "vitest";
import {
  atHead,
  elsewhere,
  judged,
  madeFinding,
  madeSecret,
  OLDER,
  rendered,
} from "../../support/reported.ts";

const OLDER_LINK = `[\`bbbbbbb\`](https://github.com/acme/shop/commit/${OLDER})`;

describe("a key that only older commits hold", () => {
  test.each([
    [
      "is told to be gone where the head was read",
      [elsewhere()],
      `**The diff looks clean, but the key has leaked.** \`src/pay.ts\` no longer holds it, but commit ${OLDER_LINK} does, and everyone who can read this repository can still fetch that commit.`,
    ],
    [
      "is not told to be gone where the head was not read",
      [elsewhere({}, { headRead: false })],
      `**The diff may look clean, but the key has leaked.** It is in commit ${OLDER_LINK}, and everyone who can read this repository can still fetch that commit, whatever a later commit removed.`,
    ],
    [
      "and which a force-push took away",
      [elsewhere({}, { dropped: true })],
      `A force-push removed commit ${OLDER_LINK} from the branch, but it holds the key, and everyone who can read this repository can still fetch that commit.`,
    ],
    [
      "is named by the table where there are two",
      [elsewhere(), elsewhere()],
      "The diff does not show these keys: the table names the earlier commits that hold them. Everyone who can read this repository can still fetch those",
    ],
    [
      "is counted where another stands in the head",
      [elsewhere(), atHead(madeFinding())],
      "The diff does not show 1 of these keys: the table names the earlier commits that hold it.",
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

describe("a key that stands on no line at all", () => {
  test.each([
    ["commit_message", "leaked in a commit message", "Rewording the commit does not help", '--stdin < "$1"'],
    ["author", "leaked in a commit's author", "Correcting the author does not help", "GIT_AUTHOR_IDENT"],
    ["path", "leaked in a file name", "Renaming the file does not help", "git diff --cached |"],
    ["tag_message", "leaked in a tag message", "Recreating the tag does not help", "refs/tags"],
    ["tag_name", "leaked in a tag name", "Deleting the tag does not help", "hooks/pre-push"],
    [
      "ref_name",
      "leaked in a branch or tag name",
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
    expect(report.text).not.toContain("Keep the next secret out of the code");
    expect(JSON.stringify(report)).not.toContain("Deleting the line");
  });

  test("in several sorts of place", () => {
    const found = [elsewhere({ place: "author", path: null }), elsewhere({ place: "tag_name", path: null })];
    expect(rendered(judged(found)).summary).toContain(
      "Removing it from the repository does not help: every clone, fork and cache keeps the keys.",
    );
  });
});
