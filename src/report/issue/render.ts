import { adviceFor } from "../words/advice.ts";
import { issueStepsFor } from "../words/issue-steps.ts";
import { kindTitle } from "../words/kind-title.ts";
import { mobileAppWarning } from "../words/mobile-app.ts";
import { endedWord, REMEDIES } from "../words/remedies.ts";
import { blocks, byteLength, count, link } from "../markdown.ts";
import { factsOf, isPossible } from "./facts.ts";
import type { IssueInput, IssueReport, LeakRecord } from "./issue.ts";
import { locationTable } from "./locations.ts";
import { FRAME_BYTES, MAX_BODY, partsOf, roomFor, withSection } from "./own-section.ts";
import {
  howToClose,
  issueMarker,
  NEVER_PASTE,
  REWRITING_IS_OPTIONAL,
  undoingTitle,
  whyItIsNotEnough,
} from "./sections.ts";
import { numberedTasks } from "./tasks.ts";

/** Bytes of the table of places, unless people's text leaves less. */
const MAX_LOCATION_BYTES = 46_000;

/**
 * The remediation issue of one credential, for a private repository. Pure: the same record gives the same text. The first
 * screen says what to click and what leaked; what can wait comes below.
 */
export function renderIssue(input: IssueInput): IssueReport {
  const parts = partsOf(input.previousBody);
  const room = roomFor(parts) - FRAME_BYTES;
  const short = sectionOf(input, parts.section, 0);
  const budget = Math.max(0, Math.min(MAX_LOCATION_BYTES, room - byteLength(short) - 10));
  const section = sectionOf(input, parts.section, budget);
  return { title: titleOf(input.leak), body: withSection(parts, section), labels: input.labels };
}

/** Whether GitHub takes the body; it does not if people wrote so much that no room is left. */
export function fitsInBody({ body }: IssueReport): boolean {
  return byteLength(body) <= MAX_BODY;
}

/** @param budget bytes of the table of places; 0: without it */
function sectionOf({ leak, marker }: IssueInput, previous: string, budget: number): string {
  const { tasks, exceptions, misuse, prevention } = issueStepsFor(leak.kind, adviceFor(leak));
  const { noun } = REMEDIES[leak.kind];
  const places = leak.locations.map(({ place }) => place);
  return blocks(
    ...introduction(leak),
    factsOf(leak),
    NEVER_PASTE,
    isPossible(leak) ? "### If it is yours, do this now" : "### Do this now",
    numberedTasks(tasks, previous),
    exceptions.join(" "),
    `### ${undoingTitle(places)}`,
    whyItIsNotEnough({ name: `the ${noun}`, kinds: [leak.kind] }),
    (leak.past ?? null) === null ? null : REWRITING_IS_OPTIONAL,
    "### Look for misuse",
    list(misuse),
    leak.locationCount > 1 ? placesTitle(leak) : null,
    leak.locationCount > 1 && budget > 0 ? locationTable(leak, budget) : null,
    mobileAppWarning(leak.locations.map(({ path }) => path)),
    "### Prevent the next leak",
    list(prevention),
    howToClose({ done: `the ${noun} is ${endedWord(leak.kind)}`, noLeak: "it is not a leak after all" }),
    issueMarker(marker),
  );
}

/** Can be triaged from a list: kind, key and account. Without the last four characters, readers would not know which key to roll. */
function titleOf(leak: LeakRecord): string {
  const { redacted, account, kind } = leak;
  const which = `${redacted}${account === null ? "" : ` (${account})`}`;
  return isPossible(leak)
    ? `Possible leak: ${kindTitle({ ...leak, confidence: "high" })} ${which}`
    : `${REMEDIES[kind].verb} the leaked ${kindTitle(leak)} ${which}`;
}

/** What to click, and what it is about: the first ten seconds. */
function introduction(leak: LeakRecord): readonly string[] {
  const { action, how, danger, page, url, urgency } = adviceFor(leak);
  return isPossible(leak)
    ? [
        "### First: is this a Stripe credential?",
        `${how} Then close this issue as not planned.`,
        `**${action}:** ${link(page, url)}`,
      ]
    : [`### ${action}: ${link(page, url)}`, urgency === "roll" ? `${how} ${danger}` : how];
}

function placesTitle({ locationCount, countIsLeast }: LeakRecord): string {
  return `### Where it was found (${countIsLeast ? "at least " : ""}${count(locationCount, "place")}, the newest first)`;
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}
