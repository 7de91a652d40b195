import type { JudgedFinding } from "../../policy/index.ts";
import { adviceFor } from "../words/advice.ts";
import type { Advice } from "../words/advice.ts";
import { kindName, lowerCase, sentenceCase } from "../words/kind-title.ts";
import { undoingDoesNotHelp } from "../words/place-words.ts";
import { endedWord } from "../words/remedies.ts";
import { URGENCIES } from "../words/urgency.ts";
import { blocks, code, link } from "../markdown.ts";
import type { CheckRunInput } from "./check-run.ts";
import { urgencyOfCredential } from "./credentials.ts";
import type { Credential } from "./credentials.ts";
import { shortCommit } from "./places.ts";

/**
 * The head of a check's summary: the one thing to do, and why nothing less is enough. Its words come from `words/`; this
 * file decides which of several credentials they are about and how several are put together. It lists no facts of a
 * credential: `facts.ts` does.
 */

/** With more ways than this at once, the links in the table have to do. */
const MAX_WAYS = 3;

export interface FirstAction {
  readonly action: string;
  /** Why nothing less is enough; null if nothing has to be said. */
  readonly why: string | null;
}

export function firstAction(leaks: readonly Credential[], input: CheckRunInput): FirstAction {
  const byUrgency = Map.groupBy(leaks, urgencyOfCredential);
  const urgency = URGENCIES.find((each) => byUrgency.has(each));
  const pressing = urgency === undefined ? [] : (byUrgency.get(urgency) ?? []);
  const action = blocks(headingOf(pressing), howOf(pressing, leaks.length), blockingNote(pressing, input));
  const mustEnd = urgency === "roll" || urgency === "compare";
  return { action, why: mustEnd ? whyItIsNotEnough(pressing, input) : null };
}

function headingOf(pressing: readonly Credential[]): string {
  const all = pressing.map(({ first }) => adviceFor(first.finding));
  const [only] = all;
  if (only === undefined) return "";

  const pages = new Set(all.map(({ url }) => url));
  const action = all.length === 1 ? only.action : actionForAll(all, only);
  return `### ${action}${pages.size === 1 ? `: ${link(only.page, only.url)}` : ""}`;
}

function actionForAll(all: readonly Advice[], first: Advice): string {
  const these = `these ${all.length} ${nounOf(all)}`;
  switch (first.urgency) {
    case "roll":
      return all.every(({ verb }) => verb === first.verb)
        ? `${first.verb.replace(" it", "")} ${these} now`
        : `Roll or revoke ${these} now`;
    case "compare":
      return `Check now whether ${these} are yours`;
    case "minor":
    case "replace":
      return `Take ${these} out of the code`;
    case "unlikely":
      return `Check whether these ${all.length} are Stripe credentials`;
  }
}

/** `keys`, or `credentials` if they are of different kinds. */
function nounOf(all: readonly Advice[]): string {
  const [noun, ...others] = new Set(all.map((each) => each.noun));
  return noun === undefined || others.length > 0 ? "credentials" : `${noun}s`;
}

/**
 * How to do it; for several, once for each way, with the kinds it applies to.
 *
 * @param of number of credentials in the summary, less pressing ones among them
 */
function howOf(pressing: readonly Credential[], of: number): string {
  const findings = pressing.map(({ first }) => first.finding);
  const ways = Map.groupBy(findings, (finding) => adviceFor(finding).how);
  const [only] = findings;
  if (only === undefined) return "";

  const { how, danger, urgency, verb } = adviceFor(only);
  if (findings.length === 1) {
    const whole = urgency === "roll" ? `${how} ${danger}` : how;
    return of === 1 ? whole : `For ${code(only.redacted)}: ${lowerCase(whole)}`;
  }
  if (ways.size === 1)
    return `For each ${findings.length === of ? "of them" : `**${verb}** in the table`}: ${lowerCase(how)}`;

  const items = [...ways].slice(0, MAX_WAYS).map(([way, subjects]) => {
    const kinds = [...new Set(subjects.map(({ kind }) => kindName(kind).replace("Stripe ", "")))];
    return `- **${sentenceCase(kinds.join(", "))}:** ${way}`;
  });
  return blocks("Each link in the table opens the right page.", items.join("\n"));
}

/** Whether a finding that is not urgent blocks, and what decides that. */
function blockingNote(pressing: readonly Credential[], { verdict }: CheckRunInput): string | null {
  const [only] = pressing;
  if (only === undefined || urgencyOfCredential(only) !== "replace") return null;

  const setting = "`test_keys` in `.github/rollcall.yml` on the default branch";
  if (verdict.configuration.testKeys === "fail")
    return `This check fails because ${setting} is set to \`fail\`.`;

  return only.first.effect === "neutral"
    ? `Test keys do not fail this check. To change that, set ${setting} to \`fail\`.`
    : null;
}

/** Why taking it out is not enough, and what clears the check in the end. */
function whyItIsNotEnough(leaks: readonly Credential[], input: CheckRunInput): string {
  const places = leaks.flatMap((leak) => leak.places.map(({ finding }) => finding.place));
  const hidden = leaks.filter(isHidden);
  const why =
    hidden.length > 0
      ? olderCommits(hidden, leaks.length, input)
      : `${undoingDoesNotHelp(places)}: every clone, fork and cache keeps ${theLeaks(leaks)}.`;
  return input.verdict.conclusion === "failure" ? `${why} ${clearing(leaks)}` : why;
}

function clearing(leaks: readonly Credential[]): string {
  const [past = "", ...others] = new Set(leaks.map(({ first }) => endedWord(first.finding.kind)));
  const done = others.length === 0 ? past : "rolled or revoked";
  const one = leaks.length === 1;
  const [is, issues] = one ? ["is", "its issue"] : ["are", "their issues"];
  const orNot = leaks.every((leak) => urgencyOfCredential(leak) === "compare")
    ? `, or ${one ? "turns" : "turn"} out not to be yours`
    : "";
  return `Once ${theLeaks(leaks)} ${is} ${done}${orNot}, closing ${issues} clears this check: see **After rolling** below. You do not have to rewrite history.`;
}

function theLeaks(leaks: readonly Credential[]): string {
  const advice = leaks.map(({ first }) => adviceFor(first.finding));
  const [only] = advice;
  return `the ${only !== undefined && advice.length === 1 ? only.noun : nounOf(advice)}`;
}

/** Whether it is in files of older commits only, where no line of the diff shows it. */
function isHidden({ places }: Credential): boolean {
  return places.every(({ finding, head }) => finding.place === "content" && head === null);
}

const STILL_THERE = "everyone who can read this repository can still fetch that commit";

function olderCommits(hidden: readonly Credential[], of: number, { repository }: CheckRunInput): string {
  const [only] = hidden;
  if (only === undefined || of > 1) {
    const which = hidden.length === of ? "these keys" : `${hidden.length} of these keys`;
    return `The diff does not show ${which}: the table names the earlier commits that hold ${hidden.length === 1 ? "it" : "them"}. Everyone who can read this repository can still fetch those commits, so removing a key in a later commit does not help.`;
  }
  return olderCommit(only.first, repository.url);
}

function olderCommit({ finding, headRead, dropped }: JudgedFinding, repositoryUrl: string): string {
  const commit =
    finding.commit === null ? "an earlier commit" : `commit ${shortCommit(repositoryUrl, finding.commit)}`;
  if (dropped)
    return `**The branch looks clean, but the key has leaked.** A force-push removed ${commit} from the branch, but it holds the key, and ${STILL_THERE}.`;

  return headRead
    ? `**The diff looks clean, but the key has leaked.** ${code(finding.path ?? "")} no longer holds it, but ${commit} does, and ${STILL_THERE}.`
    : `**The diff may look clean, but the key has leaked.** It is in ${commit}, and ${STILL_THERE}, whatever a later commit removed.`;
}
