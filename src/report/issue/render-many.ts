import type { Kind } from "../../domain/index.ts";
import { adviceFor } from "../words/advice.ts";
import { issueStepsFor } from "../words/issue-steps.ts";
import { kindName, kindTitle, sentenceCase } from "../words/kind-title.ts";
import { blocks, byteLength, code, count, fitting, link } from "../markdown.ts";
import type { IssueReport, LeakRecord, ManyKeysIssueInput } from "./issue.ts";
import { locationText } from "./locations.ts";
import { howToClose, issueMarker, NEVER_PASTE, PLACES_ARE_PRIVATE, whyItIsNotEnough } from "./sections.ts";
import { boxMarker, taskLine, tickedTasks } from "./tasks.ts";

/** With more, markers and rows would not fit one body: open several issues. */
export const MAX_KEYS_PER_ISSUE = 200;
/** GitHub's limit of a body, with room for the sentences. */
const MAX_LIST_BYTES = 65_536 - 9_000;
/** Kinds whose steps are given. */
const MAX_KINDS_WITH_STEPS = 3;

/** One issue for the many new keys of one scope, at most `MAX_KEYS_PER_ISSUE`. Pure, as `renderIssue` is. */
export function renderManyKeysIssue(input: ManyKeysIssueInput): IssueReport {
  const { leaks, visibility } = input;
  const markers = input.markers.map(issueMarker).join("\n");
  const isPrivate = visibility === "private";
  const kinds = [...new Set(leaks.map((leak) => leak.kind))];
  const places = isPrivate ? leaks.flatMap(({ locations }) => locations.map(({ place }) => place)) : [];
  return {
    title: `Roll ${count(leaks.length, "leaked Stripe key")}`,
    body: `${blocks(
      `${count(leaks.length, "Stripe key")} were found at once. **Roll every one of them now**, and tick each one when it is done: Rollcall then counts that key as rolled.`,
      NEVER_PASTE,
      whyItIsNotEnough({ name: "the keys", kinds, places }),
      "### Do this now",
      keyList(input, MAX_LIST_BYTES - byteLength(markers)),
      isPrivate ? null : PLACES_ARE_PRIVATE,
      ...kinds.slice(0, MAX_KINDS_WITH_STEPS).map(stepsFor),
      howToClose({
        done: "**every** key is rolled",
        noLeak: "none of them is a leak",
        fingerprint: null,
      }),
      markers,
    )}\n`,
    labels: input.labels,
  };
}

function keyList({ leaks, markers, visibility, previousBody }: ManyKeysIssueInput, budget: number): string {
  const ticked = tickedTasks(previousBody);
  const boxes = new Map(leaks.map((leak, index) => [leak, boxMarker(markers[index] ?? "")]));
  const lineOf = (leak: LeakRecord): string => {
    const box = boxes.get(leak) ?? "";
    return visibility === "private"
      ? `${taskLine(`${privateTask(leak)} ${box}`, ticked)}\n  ${placesOf(leak)}`
      : taskLine(`${code(leak.redacted)}, a ${kindTitle(leak)} ${box}`, ticked);
  };
  const kept = fitting(leaks, lineOf, budget);
  const more = leaks.length - kept.length;
  return [...kept, ...(more === 0 ? [] : [`- and ${more} more, which the check lists`])].join("\n");
}

function privateTask(leak: LeakRecord): string {
  const { page, url } = adviceFor(leak);
  return `${code(leak.redacted)}, a ${kindTitle(leak)}: ${link(page, url)}`;
}

function placesOf({ locations, fingerprint }: LeakRecord): string {
  const [first] = locations;
  const more = locations.length > 1 ? ` and ${count(locations.length - 1, "more place")}` : "";
  return `${first === undefined ? "" : `Found in ${locationText(first)}${more}; `}fingerprint ${code(fingerprint)}`;
}

function stepsFor(kind: Kind): string {
  const { tasks } = issueStepsFor(kind, adviceFor({ kind, mode: "live", confidence: "high", account: null }));
  return blocks(
    `### ${sentenceCase(kindName(kind))}: step by step`,
    tasks.map((task, index) => `${index + 1}. ${task}`).join("\n"),
  );
}
