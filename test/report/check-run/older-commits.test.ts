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

describe("a key that only earlier commits hold", () => {
  test.each([
    [
      "says that the file no longer holds it, if the head was read",
      [elsewhere()],
      `**The diff looks clean, but the key has leaked.** \`src/pay.ts\` no longer holds it, but commit ${OLDER_LINK} does, and everyone who can read this repository can still fetch that commit.`,
    ],
    [
      "does not say so if the head was not read",
      [elsewhere({}, { headRead: false })],
      `**The diff may look clean, but the key has leaked.** It is in commit ${OLDER_LINK}, and everyone who can read this repository can still fetch that commit, whatever a later commit removed.`,
    ],
    [
      "names the commit that a force-push removed",
      [elsewhere({}, { dropped: true })],
      `A force-push removed commit ${OLDER_LINK} from the branch, but it holds the key, and everyone who can read this repository can still fetch that commit.`,
    ],
    [
      "refers to the table if there are two",
      [elsewhere(), elsewhere()],
      "The diff does not show these keys: the table names the earlier commits that hold them. Everyone who can read this repository can still fetch those",
    ],
    [
      "counts them if another key is in the head",
      [elsewhere(), atHead(madeFinding())],
      "The diff does not show 1 of these keys: the table names the earlier commits that hold it.",
    ],
  ] as const)("%s", (_name, found, told) => {
    const { summary } = rendered(judged(found));
    expect(summary).toContain(told);
    expect(summary).not.toContain("Deleting the line");
  });

  test("needs no explanation if one place is in the head", () => {
    const { secret } = madeSecret();
    const { summary, title } = rendered(judged([elsewhere({ secret }), atHead(madeFinding({ secret }))]));
    expect(summary).toContain("Deleting the line does not help: every clone, fork and cache keeps the key.");
    expect(title).toBe("1 live Stripe secret key leaked");
  });
});

describe("a key outside of any file", () => {
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

  test("in different sorts of place", () => {
    const found = [elsewhere({ place: "author", path: null }), elsewhere({ place: "tag_name", path: null })];
    expect(rendered(judged(found)).summary).toContain(
      "Removing it from the repository does not help: every clone, fork and cache keeps the keys.",
    );
  });
});
