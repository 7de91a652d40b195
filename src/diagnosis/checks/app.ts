/** GitHub, the app on it, and its clock. */
import type { AppFacts, GitHubFacts } from "../facts.ts";
import { ok, problem, warning } from "../finding.ts";
import type { Ability, Finding } from "../finding.ts";
import { listed, missingOf, needlessOf } from "./granted.ts";

/** Everything that needs an answer of GitHub. */
export const NEEDS_GITHUB: readonly Ability[] = [
  "pushes",
  "pulls",
  "queues",
  "git",
  "checks",
  "issues",
  "closings",
  "buttons",
];

/** GitHub's date has whole seconds, and the answer took a while. */
const EXACT_MS = 5000;
/** GitHub refuses an app's token that was made more than a minute in its future. */
const REFUSED_MS = 60_000;

export function judgeClock({ clock }: GitHubFacts): Finding[] {
  if (clock.kind === "unreachable") {
    return [
      problem(
        "GitHub",
        "GitHub does not answer.",
        "Check the network, DNS, GHE_HOST, and that a firewall lets HTTPS out.",
        NEEDS_GITHUB,
      ),
    ];
  }
  if (clock.kind === "no_date")
    return [warning("Clock", "GitHub's answer has no date.", "Check what answers between here and GitHub.")];
  const off = Math.abs(clock.aheadMs);
  if (off <= EXACT_MS) return [ok("Clock", "as GitHub's.")];
  const says = `The clock of this machine is ${durationOf(off)} ${clock.aheadMs > 0 ? "ahead of" : "behind"} GitHub's.`;
  const todo = "Set it by NTP, for example with `timedatectl set-ntp true`.";
  if (off < REFUSED_MS) return [warning("Clock", says, todo)];
  return [problem("Clock", `${says} GitHub may refuse the tokens of the app.`, todo, NEEDS_GITHUB)];
}

function durationOf(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} seconds`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;
}

/** @param github `clock` is judged elsewhere: where GitHub does not answer, nothing is said here */
export function judgeApp({ app, wanted, clock }: GitHubFacts): Finding[] {
  if (app.kind === "not_asked") return [];
  if (app.kind === "failed") return clock.kind === "unreachable" ? [] : [refused(app.code, app.isUnknownApp)];
  const missing = missingOf(wanted, app.value);
  const granted = [...judgeMissing(app.value, missing), ...judgeNeedless(needlessOf(wanted, app.value))];
  const complete = missing.permissions.length + missing.events.length === 0;
  return [
    ok("App", `${app.value.slug}: GitHub accepts APP_ID and the private key.`),
    ...(complete ? [ok("Permissions", "the app has every permission and event of app.yml.")] : []),
    ...granted,
  ];
}

function judgeMissing(
  { page }: AppFacts,
  { permissions, events, stops }: ReturnType<typeof missingOf>,
): Finding[] {
  const where = page === "" ? "the app's settings page" : `the settings page of the app (${page})`;
  const found: Finding[] = [];
  if (permissions.length > 0) {
    found.push(
      problem(
        "Permissions",
        `The app lacks ${listed(permissions)}.`,
        `Add it under **Permissions & events** on ${where}. Then every owner has to accept it.`,
        stops,
      ),
    );
  }
  if (events.length > 0) {
    found.push(
      problem(
        "Events",
        `The app is not subscribed to ${listed(events)}.`,
        `Tick it under **Permissions & events** on ${where}.`,
        stops,
      ),
    );
  }
  return found;
}

function judgeNeedless(needless: readonly string[]): Finding[] {
  if (needless.length === 0) return [];
  return [
    warning(
      "Permissions",
      `The app has ${listed(needless)}, which Rollcall never uses.`,
      "Take it away: whoever steals the private key has it, too.",
    ),
  ];
}

function refused(code: string, isUnknownApp: boolean): Finding {
  const all: readonly Ability[] = NEEDS_GITHUB;
  if (isUnknownApp) {
    return problem(
      "App",
      "GitHub knows no app with this APP_ID.",
      "Copy **App ID** from the app's settings page.",
      all,
    );
  }
  switch (code) {
    case "unauthorized":
    case "not_found":
      return problem(
        "App",
        "GitHub does not accept the private key: it is of another app than APP_ID, or was deleted.",
        "Compare APP_ID with the app's settings page, or generate a new private key there.",
        all,
      );
    case "rate_limited":
      return problem("App", "GitHub limits the requests of this app.", "Try again in an hour.", []);
    case "unavailable":
      return problem(
        "App",
        "GitHub did not answer when asked for the app.",
        "Look at githubstatus.com, and try again.",
        all,
      );
    default:
      return problem(
        "App",
        `GitHub refused to show the app (${code}).`,
        "Check what answers between here and GitHub, such as a proxy.",
        all,
      );
  }
}
