import { isComplete } from "../../domain/index.ts";
import type { Coverage } from "../../domain/index.ts";
import type { LeftToHistory, Verdict } from "../../policy/index.ts";
import { gapText } from "../words/gap-text.ts";
import { leftKeys } from "../words/past-words.ts";
import { kindTitle } from "../words/kind-title.ts";
import { withinOf } from "../words/place-words.ts";
import { URGENCIES } from "../words/urgency.ts";
import type { Urgency } from "../words/urgency.ts";
import { count } from "../markdown.ts";
import { urgencyOfCredential } from "./credentials.ts";
import type { Credential, ShownFindings } from "./credentials.ts";

/**
 * The title of a check run. It is all that a pull request's list of checks shows, so it names the most pressing finding
 * first and never reads as green while anything is unread.
 */

const MAX_TITLE_LENGTH = 255;

/** The whole verdict in one line: what leaked, whether everything was read, and whether this is only a trial. */
export function titleOf(verdict: Verdict, { leaks, settled, withheld }: ShownFindings): string {
  const byUrgency = Map.groupBy(leaks, urgencyOfCredential);
  const unlikely = byUrgency.get("unlikely") ?? [];
  const found = URGENCIES.filter((urgency) => urgency !== "unlikely")
    .map((urgency) => ({ urgency, credentials: byUrgency.get(urgency) ?? [] }))
    .filter(({ credentials }) => credentials.length > 0)
    .map(({ urgency, credentials }, index) =>
      index > 0
        ? alsoPhrase(urgency, credentials)
        : `${firstPhrase(urgency, credentials)}${withinPhrase(credentials)}`,
    );
  const notes = [
    ...(withheld.length === 0 || found.length === 0 ? [] : ["more that is not shown in public"]),
    ...(isComplete(verdict.coverage) || found.length + withheld.length === 0 ? [] : ["scan incomplete"]),
    ...(unlikely.length === 0 ? [] : [count(unlikely.length, "uncertain match", "uncertain matches")]),
    ...(verdict.leftToHistory === null ? [] : [leftPhrase(verdict.leftToHistory)]),
    ...(verdict.configurationProblems.length === 0 ? [] : ["a mistake in rollcall.yml"]),
    ...(verdict.configuration.mode === "observe" ? ["observing only"] : []),
  ];
  const main =
    found.length > 0
      ? found.join(", ")
      : withheld.length > 0
        ? withheldPhrase(withheld)
        : nothingFound(verdict.coverage, settled);
  return [main, ...notes].join("; ").slice(0, MAX_TITLE_LENGTH);
}

/** The most pressing that there are. */
function firstPhrase(urgency: Exclude<Urgency, "unlikely">, credentials: readonly Credential[]): string {
  const names = new Set(credentials.map(({ first }) => kindTitle(first.finding)));
  const [name = ""] = names;
  const number = credentials.length;
  switch (urgency) {
    case "roll": {
      const live = credentials.every(({ first }) => first.finding.mode === "live") ? "live " : "";
      return `${names.size === 1 ? count(number, name) : count(number, `${live}Stripe credential`)} leaked`;
    }
    case "compare":
      return `${names.size === 1 ? count(number, name) : count(number, "possible Stripe credential")} leaked`;
    case "minor":
      return `${names.size === 1 ? count(number, name) : count(number, "minor Stripe credential")} found`;
    case "replace":
      return `${count(number, "Stripe test key")} found`;
  }
}

/** No number and no kind: both would help whoever looks for the key. */
function withheldPhrase(withheld: readonly Credential[]): string {
  const fails = withheld.some(({ first }) => first.effect === "failure");
  return `${fails ? "A Stripe key leaked" : "Something minor was found"}, and the details are not public`;
}

/** What follows the most pressing ones. */
function alsoPhrase(urgency: Exclude<Urgency, "unlikely">, { length }: readonly Credential[]): string {
  switch (urgency) {
    case "roll":
    case "compare":
      return count(length, "possible leak");
    case "minor":
      return count(length, "minor finding");
    case "replace":
      return count(length, "test key");
  }
}

/** Where they are, if no line of the head holds any of them: that is why the diff looks clean. */
function withinPhrase(credentials: readonly Credential[]): string {
  const places = credentials.flatMap((credential) => credential.places);
  if (places.some(({ head, dropped }) => head !== null || dropped)) return "";

  const within = withinOf(places.map(({ finding }) => finding));
  return within === null ? "" : ` ${within}`;
}

function nothingFound(coverage: Coverage, settled: readonly Credential[]): string {
  if (!isComplete(coverage)) return `Scan incomplete: ${unreadPhrase(coverage)}`;

  const commits = count(coverage.commits, "commit");
  const known = settled.filter(({ first }) => first.disposition !== "ignored");
  return known.length === 0
    ? `No Stripe keys in ${commits}`
    : `No new Stripe keys in ${commits}, ${known.length} already handled`;
}

/** "No Stripe keys in 1 commit; 2 live keys from before it have no issue". */
function leftPhrase(left: LeftToHistory): string {
  return `${leftKeys(left)} from before ${left.keys > 1 ? "have" : "has"} no issue`;
}

function unreadPhrase({ gaps }: Coverage): string {
  const files = gaps.filter((gap) => gap.path !== null).length;
  const commits = new Set(
    gaps.filter((gap) => gap.path === null && gap.commit !== null).map((gap) => gap.commit),
  ).size;
  const general = gaps.find((gap) => gap.path === null && gap.commit === null);
  if (general !== undefined) return gapText(general);

  const parts = [
    ...(files === 0 ? [] : [`${count(files, "file")} could not be read`]),
    ...(commits === 0 ? [] : [`${count(commits, "commit")} could not be read completely`]),
  ];
  return parts.join(", ");
}
