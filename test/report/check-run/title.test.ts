import { describe, expect, test } from "vitest";
import { DEFAULT_CONFIGURATION } from "../../../src/policy/index.ts";
import {
  atHead,
  elsewhere,
  judged,
  madeFinding,
  madeScope,
  madeSecret,
  rendered,
} from "../../support/reported.ts";
import { withGaps, fileGap, commitGap, scopeGap } from "../../support/coverage-gaps.ts";

const ISSUE = { number: 12, url: "https://github.com/acme/shop/issues/12" };

const observe = { ...DEFAULT_CONFIGURATION, mode: "observe" } as const;

describe("the title says it all", () => {
  const live = madeFinding();
  const restricted = madeFinding({ kind: "restricted_key" });
  const medium = madeFinding({ confidence: "medium" });
  const webhook = madeFinding({ kind: "webhook_secret", mode: null, confidence: "high", account: null });
  const testKey = madeFinding({ mode: "test" });
  const low = madeFinding({ confidence: "low" });
  const rolled = new Map([[live.fingerprint, { state: "rolled" as const, cleared: null, issue: ISSUE }]]);
  const problem = { file: "repository", line: 1, message: "x" } as const;

  const left = (keys: number, mayBeMore = false) => ({
    leftToHistory: { keys, mayBeMore, filing: "issues" as const },
  });

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
      "1 live Stripe secret key leaked, 1 possible leak, 1 test key",
    ],
    [judged([atHead(testKey)]), "1 Stripe test key found"],
    [judged([atHead(low)]), "No Stripe keys in 3 commits; 1 uncertain match"],
    [judged([atHead(live)], { leaks: rolled }), "No new Stripe keys in 3 commits, 1 already handled"],
    [judged([atHead(live)], { configuration: observe }), "1 live Stripe secret key leaked; observing only"],
    [
      judged([], { configurationProblems: [problem] }),
      "No Stripe keys in 3 commits; a mistake in rollcall.yml",
    ],
    [judged([], left(1)), "No Stripe keys in 3 commits; 1 live key from before has no issue"],
    [judged([], left(2)), "No Stripe keys in 3 commits; 2 live keys from before have no issue"],
    [
      judged([], left(5, true)),
      "No Stripe keys in 3 commits; at least 5 live keys from before have no issue",
    ],
    [judged([], left(0, true)), "No Stripe keys in 3 commits; perhaps a live key from before has no issue"],
    [judged([], withGaps(fileGap, { ...fileGap, path: "b" })), "Scan incomplete: 2 files could not be read"],
    [judged([], withGaps(commitGap)), "Scan incomplete: 1 commit could not be read completely"],
    [judged([], withGaps(scopeGap)), "Scan incomplete: more commits than one scan reads"],
    [
      judged([], { scopes: [madeScope([atHead(live)]), ...withGaps(fileGap).scopes] }),
      "1 live Stripe secret key leaked; scan incomplete",
    ],
  ])("%#", (verdict, title) => {
    expect(rendered(verdict).title).toBe(title);
  });

  test("counts a key in two places once", () => {
    const { secret } = madeSecret();
    const verdict = judged([madeFinding({ secret }), madeFinding({ secret, path: "b.ts" })].map(atHead));
    expect(rendered(verdict).title).toBe("1 live Stripe secret key leaked");
  });
});

const OLDEST = "c".repeat(40);

describe("the title says where the key is, if no line of the diff shows it", () => {
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
