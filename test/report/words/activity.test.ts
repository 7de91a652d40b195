import { expect, test } from "vitest";
import { ACTIVITY_GROUNDS, NEVER_ASKED, UNASKED } from "../../../src/domain/index.ts";
import type { Activity, ActivityGrounds, KeyActivity } from "../../../src/domain/index.ts";
import { activityNote, activityText, durationText } from "../../../src/report/words/activity.ts";
import { renderCheckRun, renderIssue } from "../../../src/report/index.ts";
import type { LeakRecord } from "../../../src/report/index.ts";
import { atHead, HEAD, judged, madeFinding, PRIVATE, PUBLIC } from "../../support/reported.ts";

const ASKED = new Date("2026-11-24T12:00:00Z");
const SINCE = new Date("2026-11-22T10:00:00Z");

function known(activity: Activity, grounds: ActivityGrounds, seenActiveAt: Date | null = null): KeyActivity {
  return {
    answer: { activity, grounds },
    askedAt: ASKED,
    since: SINCE,
    seenActiveAt,
    unasked: null,
    nextAt: null,
  };
}

const WORKS = known("active", "accepted", ASKED);

test("text that stays on a page changes with the answer only, and a comment says when it was", () => {
  expect(activityText(WORKS)).toContain("2026-11-22 10:00 UTC");
  expect(activityText(WORKS)).toBe(activityText({ ...WORKS, askedAt: SINCE, seenActiveAt: SINCE }));
  expect(activityText(WORKS, "last")).toContain("asked on 2026-11-24 12:00 UTC");
});

test.each(ACTIVITY_GROUNDS)(
  "an unknown answer for the reason %s says neither that the key works nor that it does not",
  (grounds) => {
    const text = activityText(known("unknown", grounds)) ?? "";
    expect(text).toMatch(/^It is not known whether it works: /);
    expect(activityNote(known("unknown", grounds))).toBeNull();
  },
);

test("'Stripe does not know this text' is no claim that the key is dead, unless it was seen to work", () => {
  expect(activityText(known("not_known", "invalid"))).toContain("a person has to decide");
  expect(activityText(known("not_known", "invalid", SINCE))).toContain("It no longer works");
});

test.each(UNASKED)("nothing about %s says whether the key works", (unasked) => {
  const text = activityText({ ...NEVER_ASKED, unasked });
  expect(text ?? "").not.toMatch(/works/);
});

test.each([
  [20_000, "1 minute"],
  [12 * 60_000, "12 minutes"],
  [5 * 3_600_000, "5 hours"],
  [3 * 86_400_000, "3 days"],
])("%i ms are %s", (ms, words) => {
  expect(durationText(ms)).toBe(words);
});

const NOTES = {
  acceptedGaps: [],
  unopenedIssues: [],
  loosenedRules: [],
  unreadHistory: false,
  canAcceptUnread: false,
  placeProblems: [],
  issuesElsewhere: null,
};

test.each([
  ["one key", 1],
  ["several keys", 3],
])(
  "a private check with %s says whether it works; a public one does not, whatever it is given",
  (_name, count) => {
    const findings = Array.from({ length: count }, () => madeFinding());
    const activities = new Map(findings.map(({ fingerprint }) => [fingerprint, WORKS]));
    const rendered = (repository: typeof PRIVATE): string =>
      JSON.stringify(
        renderCheckRun({
          verdict: judged(findings.map(atHead)),
          head: HEAD,
          repository,
          notes: { ...NOTES, activities },
        }),
      );
    expect(rendered(PRIVATE)).toMatch(/still works/i);
    expect(rendered(PUBLIC)).not.toMatch(/still works/i);
  },
);

test("the issue of a key says whether it works", () => {
  const leak: LeakRecord = {
    ...madeFinding(),
    locations: [],
    locationCount: 0,
    countIsLeast: false,
    firstSeen: null,
    lastSeen: null,
    broughtBy: null,
    activity: WORKS,
  };
  const { body } = renderIssue({ leak, marker: "0".repeat(40), labels: [], previousBody: null });
  expect(body).toContain("- **Active:** **It still works.** Stripe accepts it");
});
