import { isComplete } from "../../domain/index.ts";
import type { Coverage } from "../../domain/index.ts";
import type { Verdict } from "../../policy/index.ts";
import { gapText } from "../words/gap-text.ts";
import { kindTitle } from "../words/kind-title.ts";
import { count } from "../markdown.ts";
import { withinOf } from "../words/place-words.ts";
import { classOf } from "./credentials.ts";
import type { Class, Credential, ShownFindings } from "./credentials.ts";

const LONGEST_TITLE = 255;

/** The whole verdict in one line: what leaked, whether everything was read, and if it is only a trial. */
export function titleOf(verdict: Verdict, { leaks, settled, withheld }: ShownFindings): string {
  const all = [...leaks, ...withheld];
  const found = (["leaked", "possible", "test"] as const)
    .map((each) => ({ each, credentials: all.filter(({ first }) => classOf(first) === each) }))
    .filter(({ credentials }) => credentials.length > 0)
    .map(({ each, credentials }, index) =>
      index > 0
        ? alsoPhrase(each, credentials)
        : `${phraseOf(each, credentials)}${withinPhrase(credentials)}`,
    );
  const uncertain = all.filter(({ first }) => classOf(first) === "uncertain");
  const notes = [
    ...(isComplete(verdict.coverage) || found.length === 0 ? [] : ["scan incomplete"]),
    ...(uncertain.length === 0 ? [] : [count(uncertain.length, "uncertain match", "uncertain matches")]),
    ...(verdict.configurationProblems.length === 0 ? [] : ["a mistake in rollcall.yml"]),
    ...(verdict.configuration.mode === "observe" ? ["observing only"] : []),
  ];
  const main = found.length > 0 ? found.join(", ") : nothingFound(verdict.coverage, settled);
  return [main, ...notes].join("; ").slice(0, LONGEST_TITLE);
}

/** Of the weightiest class that there is. */
function phraseOf(each: Exclude<Class, "uncertain">, credentials: readonly Credential[]): string {
  const names = new Set(credentials.map(({ first }) => kindTitle(first.finding)));
  const [name = ""] = names;
  const number = credentials.length;
  switch (each) {
    case "test":
      return `${count(number, "Stripe test key")} found`;
    case "possible":
      return names.size === 1
        ? `${count(number, name)} leaked`
        : `${count(number, "possible Stripe credential")} leaked`;
    case "leaked": {
      const live = credentials.every(({ first }) => first.finding.mode === "live") ? "live " : "";
      return `${names.size === 1 ? count(number, name) : count(number, `${live}Stripe credential`)} leaked`;
    }
  }
}

/** Of the classes behind it, for which the kind is known from the first. */
function alsoPhrase(each: Exclude<Class, "uncertain">, { length }: readonly Credential[]): string {
  return each === "test" ? count(length, "test key") : count(length, "possible one");
}

/** Where they stand, if none of them stands on a line of the head: it is why the diff looks clean. */
function withinPhrase(credentials: readonly Credential[]): string {
  const places = credentials.flatMap((credential) => credential.places);
  if (places.some(({ head, dropped }) => head !== null || dropped)) {
    return "";
  }
  const within = withinOf(places.map(({ finding }) => finding));
  return within === null ? "" : ` ${within}`;
}

function nothingFound(coverage: Coverage, settled: readonly Credential[]): string {
  if (!isComplete(coverage)) {
    return `Scan incomplete: ${unreadPhrase(coverage)}`;
  }
  const commits = count(coverage.commits, "commit");
  const known = settled.filter(({ first }) => first.disposition !== "ignored");
  return known.length === 0
    ? `No Stripe keys in ${commits}`
    : `No new Stripe keys in ${commits}, ${known.length} already dealt with`;
}

function unreadPhrase({ gaps }: Coverage): string {
  const files = gaps.filter((gap) => gap.path !== null).length;
  const commits = new Set(
    gaps.filter((gap) => gap.path === null && gap.commit !== null).map((gap) => gap.commit),
  ).size;
  const general = gaps.find((gap) => gap.path === null && gap.commit === null);
  if (general !== undefined) {
    return gapText(general);
  }
  const parts = [
    ...(files === 0 ? [] : [`${count(files, "file")} could not be read`]),
    ...(commits === 0 ? [] : [`${count(commits, "commit")} could not be read in full`]),
  ];
  return parts.join(", ");
}
