import type { JudgedFinding } from "../../policy/index.ts";
import { kindName } from "../words/kind-title.ts";
import { blocks, code, link } from "../markdown.ts";
import { undoingDoesNotHelp } from "../words/place-words.ts";
import { rollingOf } from "../words/rolling-steps.ts";
import type { CheckRunInput } from "./check-run.ts";
import { classOf, isTest } from "./credentials.ts";
import type { Credential } from "./credentials.ts";
import { shortCommit } from "./places.ts";

/** More ways than this at once, and the links have to speak for themselves. */
const MOST_WAYS = 3;

/** The one thing to do, in a heading, and why nothing less will do, where there is a reason. */
export interface FirstAction {
  readonly action: string;
  readonly why: string | null;
}

export function firstAction(leaks: readonly Credential[], input: CheckRunInput): FirstAction {
  const urgent = leaks.filter(({ first }) => classOf(first) === "leaked" && first.effect === "failure");
  if (urgent.length > 0) {
    return { action: rollNow(urgent), why: whyRolling(urgent, input) };
  }
  const possible = leaks.filter(({ first }) => classOf(first) === "possible");
  if (possible.length > 0) {
    return { action: compareFirst(possible), why: whyRolling(possible, input) };
  }
  const test = leaks.find(({ first }) => isTest(first.finding) && first.effect !== "none");
  if (test !== undefined) {
    return { action: testKey(test), why: null };
  }
  const action = leaks.some(({ first }) => first.effect !== "none")
    ? "### Keep it out of the code\n\nWhat was found is short-lived or works on one machine only, so this check does not block. It still belongs in no repository."
    : "Nothing to act on. What is listed looks a little like a Stripe key and is probably none.";
  return { action, why: null };
}

function rollNow(urgent: readonly Credential[]): string {
  const rollings = urgent.map(({ first }) => rollingOf(first.finding));
  const [only] = rollings;
  if (only !== undefined && urgent.length === 1) {
    return `### ${only.verb} now: ${link(only.page, only.url)}\n\n${only.how} ${only.danger}`;
  }
  const pages = new Set(rollings.map(({ url }) => url));
  const heading =
    only !== undefined && pages.size === 1
      ? `### Roll these ${urgent.length} now: ${link(only.page, only.url)}`
      : `### Roll these ${urgent.length} now`;
  return blocks(heading, howMany(urgent));
}

/** One sentence where the same is to be done for all, otherwise one for each way, with the kinds that it is for. */
function howMany(urgent: readonly Credential[]): string {
  const ways = Map.groupBy(
    urgent.map(({ first }) => first.finding),
    (finding) => rollingOf(finding).how,
  );
  const [how = ""] = ways.keys();
  if (ways.size === 1) {
    const each = `${how.charAt(0).toLowerCase()}${how.slice(1)}`;
    return `For each of them: ${each}`;
  }
  const items = [...ways].slice(0, MOST_WAYS).map(([way, findings]) => {
    const kinds = [...new Set(findings.map(({ kind }) => kindName(kind).replace("Stripe ", "")))].join(", ");
    return `- **${kinds.charAt(0).toUpperCase()}${kinds.slice(1)}:** ${way}`;
  });
  return blocks("Each link in the table opens the right page.", items.join("\n"));
}

function compareFirst(possible: readonly Credential[]): string {
  const pages = new Map(
    possible.map(({ first }) => rollingOf(first.finding)).map(({ page, url }) => [url, page]),
  );
  const [first] = pages;
  const [url, page] = first ?? ["", ""];
  const what =
    possible.length === 1 ? "Is it a Stripe key? Compare its" : "Are these Stripe keys? Compare their";
  const where = pages.size === 1 ? link(page, url) : "pages in the table";
  return `### ${what} last four characters with the ${where}\n\n${possible.length === 1 ? "If it is there, roll it now. If it is not, ask whoever wrote it what it opens, and replace it there." : "Roll now what is there. Of what is not, ask whoever wrote it what it opens, and replace it there."}`;
}

/** Why taking it out is not enough, and what clears the check in the end. */
function whyRolling(leaks: readonly Credential[], input: CheckRunInput): string {
  const places = leaks.flatMap((leak) => leak.places.map(({ finding }) => finding.place));
  const hidden = leaks.filter(isHidden);
  const why =
    hidden.length > 0
      ? olderCommits(hidden, leaks.length, input)
      : `${undoingDoesNotHelp(places)}: every clone, fork and cache keeps ${leaks.length === 1 ? "the key" : "the keys"}.`;
  return input.verdict.conclusion === "failure" ? `${why} ${clearing(leaks)}` : why;
}

function clearing(leaks: readonly Credential[]): string {
  const rolled = leaks.every(({ first }) => rollingOf(first.finding).verb === "Roll it");
  const [it, rule] =
    leaks.length === 1 ? ["it is", "an allow rule clears it"] : ["they are", "allow rules clear them"];
  return `Once ${rolled ? `${it} rolled` : "that is done"}, ${rule} from this check: see **After rolling** in the details. History need not be rewritten.`;
}

/** Whether it stands in files of older commits only, so that no line of the diff shows it. */
function isHidden({ places }: Credential): boolean {
  return places.every(({ finding, head }) => finding.place === "content" && head === null);
}

const STILL_THERE = "everybody who can read this repository can still fetch that commit";

function olderCommits(hidden: readonly Credential[], of: number, { repository }: CheckRunInput): string {
  const [only] = hidden;
  if (only === undefined || of > 1) {
    const which =
      hidden.length === of ? "No line of the diff" : `For ${hidden.length} of these no line of the diff`;
    return `${which} is marked: ${hidden.length === 1 ? "it stands" : "they stand"} in earlier commits, which the table names. Everybody who can read this repository can still fetch those, so a later commit that takes a key out does not help.`;
  }
  return olderCommit(only.first, repository.url);
}

function olderCommit({ finding, headRead, dropped }: JudgedFinding, repositoryUrl: string): string {
  const commit =
    finding.commit === null ? "an earlier commit" : `commit ${shortCommit(repositoryUrl, finding.commit)}`;
  if (dropped) {
    return `**The branch looks clean, the key is leaked all the same.** A force-push took ${commit} off the branch, but it holds the key, and ${STILL_THERE}.`;
  }
  return headRead
    ? `**The diff looks clean, the key is leaked all the same.** ${code(finding.path ?? "")} no longer holds it, but ${commit} does, and ${STILL_THERE}.`
    : `**The diff may look clean, the key is leaked all the same.** It stands in ${commit}, and ${STILL_THERE}, whatever a later one took out.`;
}

function testKey({ first }: Credential): string {
  const setting =
    first.effect === "neutral"
      ? "so this check does not block. `test_keys: fail` in `.github/rollcall.yml` on the default branch makes it block."
      : "and `test_keys: fail` in `.github/rollcall.yml` makes this check fail for it.";
  return `### Take the test key out of the code\n\nIt opens test data only, ${setting} Replace it when you can, and read the next one from the environment.`;
}
