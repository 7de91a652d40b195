import { accountAge } from "../words/account-words.ts";
import { activityText } from "../words/activity.ts";
import { adviceFor } from "../words/advice.ts";
import { kindTitle } from "../words/kind-title.ts";
import { code, commitUrl, link } from "../markdown.ts";
import { dayOf, reachOf } from "../words/past-words.ts";
import type { LeakRecord } from "./issue.ts";
import { locationText } from "./locations.ts";
import { mention } from "./mentions.ts";

/** What is known of a key, as the short list under the first sentence of its issue. */
export function factsOf(leak: LeakRecord): string {
  const facts = [
    `**Leaked:** ${code(leak.redacted)}, a ${kindTitle(leak)}`,
    `**Account:** ${leak.account === null ? "unknown" : code(leak.account)}${accountAge(leak)}`,
    ...broughtBy(leak),
    ...inHistory(leak),
    ...where(leak),
    ...seen(leak),
    ...active(leak),
    `**Fingerprint:** ${code(leak.fingerprint)}`,
  ];
  return facts.map((fact) => `- ${fact}`).join("\n");
}

/** Whether the first thing to do is to find out whose credential it is. */
export function isPossible(leak: LeakRecord): boolean {
  return adviceFor(leak).urgency === "compare";
}

/** The oldest place that is on record names the commit. */
function broughtBy({ broughtBy: login, locations, past = null }: LeakRecord): readonly string[] {
  // Its history names the commit and its author.
  if (login === null && past !== null) return [];
  const first = locations.at(-1);
  const commit = first?.commit ?? null;
  const within =
    first === undefined || commit === null
      ? ""
      : `in commit ${link(code(commit.slice(0, 7)), commitUrl(first.repository.url, commit))}`;
  const who = login === null ? "" : mention(login);
  const how = [who, within].filter((part) => part !== "").join(", ");
  return how === "" ? [] : [`**Brought in by:** ${how}`];
}

/** The commit that brought it into the history, and what became of it since. */
function inHistory({ past = null }: LeakRecord): readonly string[] {
  if (past === null) return [];
  const { location, origin, isAtTip } = past;
  const { commit, repository } = location;
  const by = origin.author === null ? "" : ` by ${code(origin.author)}`;
  const within =
    commit === null ? "" : `commit ${link(code(commit.slice(0, 7)), commitUrl(repository.url, commit))}${by}`;
  const parts = [
    [dayOf(origin), within, locationText(location)].filter((part) => part !== "").join(", "),
    isAtTip
      ? "**still in a file at the tip of the default branch**"
      : "no longer in a file at the tip of the default branch",
    reachOf(origin),
  ];
  return [`**In history since:** ${parts.filter((part) => part !== "").join("; ")}`];
}

function where({ locations, locationCount }: LeakRecord): readonly string[] {
  const [newest] = locations;
  if (newest === undefined) return [];
  const more = locationCount - 1;
  const others =
    more < 1 ? "" : ` and ${more.toLocaleString("en-US")} more ${more === 1 ? "place" : "places"}: see below`;
  const of = newest.place === "content" ? "in" : "of";
  return [
    `**Where:** ${locationText(newest)} ${of} ${link(code(newest.repository.fullName), newest.repository.url)}${others}`,
  ];
}

function seen({ firstSeen, lastSeen }: LeakRecord): readonly string[] {
  if (firstSeen === null) return [];
  const last = lastSeen === null || lastSeen <= firstSeen ? "" : `, last ${minuteOf(lastSeen)}`;
  return [`**Seen:** first ${minuteOf(firstSeen)}${last}`];
}

/** Whether the key still works, as far as Stripe said. */
function active({ activity = null }: LeakRecord): readonly string[] {
  const text = activity === null ? null : activityText(activity);
  return text === null ? [] : [`**Active:** ${text}`];
}

/** `2026-11-24 10:05 UTC` */
function minuteOf(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
