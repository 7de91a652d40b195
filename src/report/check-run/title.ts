import { isComplete } from "../../policy/index.ts";
import type { Coverage, Verdict } from "../../policy/index.ts";
import { gapText } from "../gap-text.ts";
import { kindTitle } from "../kind-title.ts";
import { count } from "../markdown.ts";
import { classOf } from "./credentials.ts";
import type { Class, Credential, ShownFindings } from "./credentials.ts";

const LONGEST_TITLE = 255;

/** The whole verdict in one line: what leaked, whether everything was read, and if it is only a trial. */
export function titleOf(verdict: Verdict, { leaks, settled, withheld }: ShownFindings): string {
  const all = [...leaks, ...withheld];
  const found = (["leaked", "possible", "test"] as const)
    .map((each) =>
      phraseOf(
        each,
        all.filter(({ first }) => classOf(first) === each),
      ),
    )
    .filter((phrase) => phrase !== null);
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

function phraseOf(each: Exclude<Class, "uncertain">, credentials: readonly Credential[]): string | null {
  const names = new Set(credentials.map(({ first }) => kindTitle(first.finding)));
  const [name] = names;
  if (name === undefined) {
    return null;
  }
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
