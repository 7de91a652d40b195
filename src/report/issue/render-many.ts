import type { Kind } from "../../domain/index.ts";
import { activityNote } from "../words/activity.ts";
import { adviceFor } from "../words/advice.ts";
import { issueStepsFor } from "../words/issue-steps.ts";
import { kindName, kindTitle, sentenceCase } from "../words/kind-title.ts";
import { blocks, byteLength, code, commitUrl, count, fitting, link } from "../markdown.ts";
import { dayOf } from "../words/past-words.ts";
import type { IssueReport, LeakPast, LeakRecord, ManyKeysIssueInput } from "./issue.ts";
import { locationText } from "./locations.ts";
import { FRAME_BYTES, MAX_BODY, partsOf, roomFor, withSection } from "./own-section.ts";
import {
  howToClose,
  issueMarker,
  NEVER_PASTE,
  REWRITING_IS_OPTIONAL,
  undoingTitle,
  whyItIsNotEnough,
} from "./sections.ts";
import { boxMarker, taskLine, tickedTasks } from "./tasks.ts";

/** With more, markers and rows would not fit one body: open several issues. */
export const MAX_KEYS_PER_ISSUE = 200;
/** Everything but the list and the markers. */
const MAX_SENTENCES_BYTES = 9_000;
/** GitHub's limit of a body, with room for the sentences. */
const MAX_LIST_BYTES = MAX_BODY - MAX_SENTENCES_BYTES;
/** Kinds whose steps are given. */
const MAX_KINDS_WITH_STEPS = 3;

/**
 * One issue for the many new keys of one scope, at most `MAX_KEYS_PER_ISSUE`, for a private repository. Pure, as
 * `renderIssue` is.
 */
export function renderManyKeysIssue(input: ManyKeysIssueInput): IssueReport {
  const { leaks } = input;
  const parts = partsOf(input.previousBody);
  const markers = input.markers.map(issueMarker).join("\n");
  const kinds = [...new Set(leaks.map((leak) => leak.kind))];
  const places = leaks.flatMap(({ locations }) => locations.map(({ place }) => place));
  const room = Math.min(MAX_LIST_BYTES, roomFor(parts) - FRAME_BYTES - MAX_SENTENCES_BYTES);
  const section = blocks(
    `${count(leaks.length, "Stripe key")} were found at once. **Roll every one of them now**, and tick each one when it is done: Rollcall then counts that key as rolled.`,
    NEVER_PASTE,
    "### Do this now",
    keyList(input, parts.section, Math.max(0, room - byteLength(markers))),
    `### ${undoingTitle(places)}`,
    whyItIsNotEnough({ name: "the keys", kinds }),
    leaks.every(({ past = null }) => past === null) ? null : REWRITING_IS_OPTIONAL,
    ...kinds.slice(0, MAX_KINDS_WITH_STEPS).map(stepsFor),
    howToClose({ done: "**every** key is rolled", noLeak: "none of them is a leak" }),
    markers,
  );
  return {
    title: `Roll ${count(leaks.length, "leaked Stripe key")}`,
    body: withSection(parts, section),
    labels: input.labels,
  };
}

function keyList({ leaks, markers }: ManyKeysIssueInput, previous: string, budget: number): string {
  const ticked = tickedTasks(previous);
  const boxes = new Map(leaks.map((leak, index) => [leak, boxMarker(markers[index] ?? "")]));
  const lineOf = (leak: LeakRecord): string =>
    `${taskLine(`${privateTask(leak)} ${boxes.get(leak) ?? ""}`, ticked)}\n  ${placesOf(leak)}`;
  const kept = fitting(leaks, lineOf, budget);
  const more = leaks.length - kept.length;
  return [...kept, ...(more === 0 ? [] : [`- and ${more} more, which the check lists`])].join("\n");
}

function privateTask(leak: LeakRecord): string {
  const { page, url } = adviceFor(leak);
  return `${code(leak.redacted)}, a ${kindTitle(leak)}: ${link(page, url)}`;
}

/** What may change: a tick belongs to the text of its task, so this is below it. */
function placesOf({
  locations,
  locationCount,
  fingerprint,
  activity = null,
  past = null,
}: LeakRecord): string {
  const [first] = locations;
  const note = activity === null ? null : activityNote(activity);
  const more = locationCount > 1 ? ` and ${count(locationCount - 1, "more place")}` : "";
  return `${first === undefined ? "" : `Found in ${locationText(first)}${more}; `}${past === null ? "" : pastNote(past)}fingerprint ${code(fingerprint)}${note === null ? "" : `; ${note}`}`;
}

/** `in history since 2019-03-04, commit bbbbbbb; ` */
function pastNote({ location: { commit, repository }, origin, isAtTip }: LeakPast): string {
  const within =
    commit === null ? "" : `commit ${link(code(commit.slice(0, 7)), commitUrl(repository.url, commit))}`;
  const since = [dayOf(origin), within].filter((part) => part !== "").join(", ");
  return `${since === "" ? "in history" : `in history since ${since}`}${isAtTip ? ", **still at the tip**" : ""}; `;
}

function stepsFor(kind: Kind): string {
  const { tasks } = issueStepsFor(kind, adviceFor({ kind, mode: "live", confidence: "high", account: null }));
  return blocks(
    `### ${sentenceCase(kindName(kind))}: step by step`,
    tasks.map((task, index) => `${index + 1}. ${task}`).join("\n"),
  );
}
