/**
 * Whether a key still works, in words. For private places only: on a public one nothing may tell whether a key works.
 */
import { isKnownDead } from "../../domain/index.ts";
import type { ActivityGrounds, KeyActivity, Unasked } from "../../domain/index.ts";

const GROUNDS: Readonly<Record<ActivityGrounds, string>> = {
  accepted: "Stripe accepts it",
  ip_restricted: "Stripe refuses only the IP address that Rollcall asks from, so it works from others",
  permission_missing:
    "Stripe only misses a permission for what Rollcall asked, so it works for other requests",
  expired: "Stripe says that it is expired",
  invalid: "Stripe does not know this text",
  unreachable: "Stripe could not be reached",
  rate_limited: "Stripe limits requests",
  stripe_failed: "Stripe had a failure of its own",
  not_stripe: "the answer was not Stripe's: a proxy or a firewall may be in the way",
  unexpected: "Stripe gave an answer that says neither",
  commit_gone:
    "the commit that held it is gone, so Rollcall cannot read the key again, and it stores no key. It stops asking",
  not_read: "Rollcall could not read the key again from its commit, and it stores no key",
};

const UNASKED: Readonly<Record<Unasked, string | null>> = {
  off: null,
  kind: null,
  account: "Stripe is not asked about it: `verify_accounts` does not name its account",
  guessed: "Stripe is not asked about it: its text is joined from pieces or uncertain, so it may be misread",
  untrusted: "Stripe is not asked about it: a person without write access pushed it",
  unknown_pusher: "Stripe is not asked about it: Rollcall does not know who pushed it",
  public: null,
};

/** What Stripe said, in one or two plain sentences with Markdown's code; null where nothing is to be said. */
export function activityText(activity: KeyActivity): string | null {
  const { answer, since, askedAt, seenActiveAt, unasked } = activity;
  if (answer === null || since === null || askedAt === null) {
    const why = unasked === null ? null : UNASKED[unasked];
    return why === null ? null : `${why}.`;
  }
  const grounds = GROUNDS[answer.grounds];
  switch (answer.activity) {
    case "active":
      return `**It still works.** ${grounds} (asked first on ${timeText(since)}). Rollcall asks again each day.`;
    case "dead":
      return `It no longer works: ${grounds} (asked on ${timeText(since)}).`;
    case "not_known":
      return isKnownDead(activity)
        ? `It no longer works: Stripe accepted it on ${timeText(seenActiveAt ?? since)}, and did not know it any more on ${timeText(since)}.`
        : `${grounds} (asked on ${timeText(since)}). The key is gone, never existed, or was misread, so a person has to decide.`;
    case "unknown":
      return `It is not known whether it works: ${grounds} (asked on ${timeText(since)}).${lastSeen(seenActiveAt)}`;
  }
}

function lastSeen(seenActiveAt: Date | null): string {
  return seenActiveAt === null ? "" : ` It was last seen to work on ${timeText(seenActiveAt)}.`;
}

/** The same in a few words, for a cell of a table; null where nothing is known. */
export function activityNote(activity: KeyActivity): string | null {
  if (activity.answer === null) return null;
  if (isKnownDead(activity)) return "no longer works";
  switch (activity.answer.activity) {
    case "active":
      return "**still works**";
    case "dead":
      return "no longer works";
    case "not_known":
      return "Stripe does not know this text";
    case "unknown":
      return null;
  }
}

/** `2026-11-24 23:41 UTC`. */
export function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

const MINUTE_MS = 60_000;

/** `3 days`, `5 hours`, `12 minutes`: what a person needs of a length of time. */
export function durationText(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / MINUTE_MS));
  if (minutes < 120) return plural(minutes, "minute");
  const hours = Math.round(minutes / 60);
  return hours < 48 ? plural(hours, "hour") : plural(Math.round(hours / 24), "day");
}

function plural(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
