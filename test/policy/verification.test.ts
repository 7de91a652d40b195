import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ACTIVITY_GROUNDS, isKnownActive, isKnownDead, NEVER_ASKED } from "../../src/domain/index.ts";
import type { ActivityAnswer, ActivityGrounds, KeyActivity } from "../../src/domain/index.ts";
import { KINDS } from "../../src/domain/index.ts";
import {
  afterAnswer,
  afterNotAsking,
  DEFAULT_CONFIGURATION,
  stateAfterAsking,
  whyNotAsked,
} from "../../src/policy/index.ts";
import type { AskedLeak } from "../../src/policy/index.ts";

const START = new Date("2026-11-21T12:00:00Z").getTime();
const HOUR_MS = 60 * 60_000;

function answerOf(grounds: ActivityGrounds): ActivityAnswer {
  if (grounds === "accepted" || grounds === "ip_restricted" || grounds === "permission_missing")
    return { activity: "active", grounds };
  if (grounds === "expired") return { activity: "dead", grounds };
  return { activity: grounds === "invalid" ? "not_known" : "unknown", grounds };
}

const anAnswer = fc.constantFrom(...ACTIVITY_GROUNDS).map(answerOf);
const aStep = fc.option(anAnswer);

/** What is known after some answers, an hour apart; null: Stripe was not asked, because it was switched off. */
function after(steps: readonly (ActivityAnswer | null)[]): KeyActivity {
  let activity = NEVER_ASKED;
  for (const [hour, answer] of steps.entries()) {
    const now = new Date(START + hour * HOUR_MS);
    activity = answer === null ? afterNotAsking(activity, "off", now) : afterAnswer(activity, answer, now);
  }
  return activity;
}

test("a key counts as dead only if Stripe says so last, and for 'Invalid API Key' only if it was seen to work", () => {
  fc.assert(
    fc.property(fc.array(aStep, { minLength: 1, maxLength: 8 }), (steps) => {
      const activity = after(steps);
      const last = steps.at(-1) ?? null;
      const worked = steps.some((answer) => answer?.activity === "active");
      const dead = last?.activity === "dead" || (last?.activity === "not_known" && worked);
      expect(isKnownDead(activity)).toBe(dead);
      expect(isKnownActive(activity)).toBe(last?.activity === "active");
      expect(activity.seenActiveAt !== null).toBe(worked);
      expect(activity.nextAt === null).toBe(
        dead || last?.activity === "not_known" || last?.grounds === "commit_gone",
      );
      const askedAt = START + (steps.length - 1) * HOUR_MS;
      const wait = (activity.nextAt?.getTime() ?? askedAt + HOUR_MS) - askedAt;
      expect(wait).toBeGreaterThanOrEqual(HOUR_MS);
      expect(wait).toBeLessThanOrEqual(24 * HOUR_MS);
    }),
  );
});

test("what proves nothing changes no state, and a dismissed leak stays dismissed", () => {
  fc.assert(
    fc.property(
      fc.array(aStep, { minLength: 1, maxLength: 8 }),
      fc.constantFrom("open", "rolled", "dismissed"),
      fc.constantFrom(null, "attested", "verified"),
      (steps, state, how) => {
        const activity = after(steps);
        const isProven = state === "rolled" && how === "verified";
        const expected =
          state === "dismissed"
            ? null
            : isKnownDead(activity) && !isProven
              ? { to: "rolled", how: "verified" }
              : isKnownActive(activity) && state === "rolled"
                ? { to: "open", how: "still_active" }
                : null;
        expect(stateAfterAsking(state, how, activity)).toEqual(expected);
      },
    ),
  );
});

test("since when an answer holds changes with the answer only", () => {
  const accepted = answerOf("accepted");
  const { since, askedAt } = after([accepted, accepted, accepted]);
  expect(since).toEqual(new Date(START));
  expect(askedAt).toEqual(new Date(START + 2 * HOUR_MS));
  expect(after([accepted, answerOf("ip_restricted")]).since).toEqual(new Date(START + HOUR_MS));
});

const ASKED: AskedLeak = {
  kind: "secret_key",
  account: "acct_1",
  places: [{ encoding: "plain", confidence: "certain" }],
  isPrivate: true,
  pushedBy: "writers",
};
const ON = { ...DEFAULT_CONFIGURATION, verifyKeys: true };

test("verification is off by default", () => {
  expect(DEFAULT_CONFIGURATION.verifyKeys).toBe(false);
  expect(whyNotAsked(ASKED, DEFAULT_CONFIGURATION)).toBe("off");
  expect(whyNotAsked(ASKED, ON)).toBeNull();
});

test.each(KINDS)("a %s is asked about only if it is a secret or restricted key", (kind) => {
  const isAsked = kind === "secret_key" || kind === "restricted_key";
  expect(whyNotAsked({ ...ASKED, kind }, ON)).toBe(isAsked ? null : "kind");
});

test("one place that is certain is enough, and none is not", () => {
  const joined = { encoding: "joined", confidence: "certain" } as const;
  const low = { encoding: "plain", confidence: "low" } as const;
  expect(whyNotAsked({ ...ASKED, places: [joined, low] }, ON)).toBe("guessed");
  expect(whyNotAsked({ ...ASKED, places: [joined, ...ASKED.places] }, ON)).toBeNull();
  expect(whyNotAsked({ ...ASKED, places: [] }, ON)).toBe("guessed");
});
