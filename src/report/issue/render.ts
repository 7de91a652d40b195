import { accountAge } from "../words/account-words.ts";
import { adviceFor } from "../words/advice.ts";
import { issueStepsFor } from "../words/issue-steps.ts";
import { kindTitle } from "../words/kind-title.ts";
import { mobileAppWarning } from "../words/mobile-app.ts";
import { endedWord, REMEDIES } from "../words/remedies.ts";
import { blocks, code, link } from "../markdown.ts";
import type { IssueInput, IssueReport, LeakRecord } from "./issue.ts";
import { locationTable } from "./locations.ts";
import { howToClose, issueMarker, NEVER_PASTE, PLACES_ARE_PRIVATE, whyItIsNotEnough } from "./sections.ts";
import { numberedTasks } from "./tasks.ts";

const MAX_LOCATION_BYTES = 46_000;

/** The remediation issue of one credential. Pure: the same record gives the same text. */
export function renderIssue(input: IssueInput): IssueReport {
  const isPrivate = input.visibility === "private";
  const leak = isPrivate ? input.leak : { ...input.leak, account: null, accountCreated: null };
  return {
    title: titleOf(leak),
    body: `${blocks(
      ...introduction(leak, isPrivate),
      ...instructions(leak, input.previousBody, isPrivate),
      howToClose({
        done: `the ${REMEDIES[leak.kind].noun} is ${endedWord(leak.kind)}`,
        noLeak: "it is not a leak after all",
        fingerprint: isPrivate ? leak.fingerprint : null,
      }),
      issueMarker(input.marker),
    )}\n`,
    labels: input.labels,
  };
}

/** Can be triaged from a list: kind, key and account. Without the last four characters, readers would not know which key to roll. */
function titleOf(leak: LeakRecord): string {
  const { redacted, account, kind } = leak;
  const which = `${redacted}${account === null ? "" : ` (${account})`}`;
  return isPossible(leak)
    ? `Possible leak: ${kindTitle({ ...leak, confidence: "high" })} ${which}`
    : `${REMEDIES[kind].verb} the leaked ${kindTitle(leak)} ${which}`;
}

/** What leaked, whose it is and what to click: the first ten seconds. On a public repository it names no account. */
function introduction(leak: LeakRecord, isPrivate: boolean): readonly string[] {
  const { action, how, danger, page, url, urgency } = adviceFor(leak);
  const whose =
    leak.account === null
      ? ""
      : ` It belongs to the Stripe account ${code(leak.account)}${accountAge(leak)}.`;
  const known = isPrivate ? "" : " Assume that everyone knows it.";
  const found = `A **${kindTitle(leak)}** was pushed: ${code(leak.redacted)}.${whose}`;
  return isPossible(leak)
    ? [
        "### First: is this a Stripe credential?",
        `${found} ${how} Then close this issue as not planned.`,
        `**${action}:** ${link(page, url)}`,
      ]
    : [
        `${found}${known}${urgency === "roll" ? ` ${danger}` : ""}`,
        `**${action}:** ${link(page, url)}. ${how}`,
      ];
}

function instructions(
  leak: LeakRecord,
  previousBody: string | null,
  isPrivate: boolean,
): readonly (string | null)[] {
  const { tasks, exceptions, misuse, prevention } = issueStepsFor(leak.kind, adviceFor(leak));
  const subject = {
    name: `the ${REMEDIES[leak.kind].noun}`,
    kinds: [leak.kind],
    places: isPrivate ? leak.locations.map(({ place }) => place) : [],
  };
  return [
    isPossible(leak) ? "### If it is yours, do this now" : "### Do this now",
    numberedTasks(tasks, previousBody),
    exceptions.join(" "),
    NEVER_PASTE,
    "### Why nothing less helps",
    whyItIsNotEnough(subject),
    "### Look for misuse",
    list(misuse),
    "### Where it was found",
    isPrivate ? locationTable(leak.locations, MAX_LOCATION_BYTES) : PLACES_ARE_PRIVATE,
    isPrivate ? mobileAppWarning(leak.locations.map(({ path }) => path)) : null,
    "### Prevent the next leak",
    list(prevention),
  ];
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}

function isPossible(leak: LeakRecord): boolean {
  return adviceFor(leak).urgency === "compare";
}
