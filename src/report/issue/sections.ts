import type { Kind, Place } from "../../domain/index.ts";
import { blocks } from "../markdown.ts";
import { undoingDoesNotHelp } from "../words/place-words.ts";
import { REMEDIES, VERB_FORMS } from "../words/remedies.ts";

/** Sentences that every form of issue shares. */

export const NEVER_PASTE =
  "**Never paste the secret** into this issue, a chat, an email or a support form: Stripe never asks for it.";

/** What one issue is about, in a sentence. */
export interface IssueSubject {
  /** `the key`, `the keys`. */
  readonly name: string;
  readonly kinds: readonly Kind[];
}

/** `Deleting the line does not help`, by where the credentials are. */
export function undoingTitle(places: readonly Place[]): string {
  return undoingDoesNotHelp(places);
}

/** Follows the title. */
export function whyItIsNotEnough({ name, kinds }: IssueSubject): string {
  const { gerund, first } = endingOf(kinds);
  return `Neither does rewriting history: clones, forks, caches and pull request refs keep ${name}. Only ${gerund} ${name} ends the leak. If in doubt, ${first} first and investigate in parallel. Stripe may notify you about a leaked key or roll it for you, but promises neither.`;
}

/** What people ask next about a key in an old commit. */
export const REWRITING_IS_OPTIONAL =
  "Roll first. Whether you then also rewrite the history is up to you: a rolled key in an old commit does no harm. [GitHub says how](https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository), and what it breaks.";

function endingOf(kinds: readonly Kind[]): { readonly gerund: string; readonly first: string } {
  const [only, ...others] = new Set(kinds.map((kind) => REMEDIES[kind].verb));
  return only === undefined || others.length > 0
    ? { gerund: "rolling or revoking", first: "roll or revoke" }
    : { gerund: VERB_FORMS[only].gerund, first: only.toLowerCase() };
}

interface Closing {
  /** When to close it as completed: `the key is rolled`. */
  readonly done: string;
  /** When to close it as not planned: `it is not a leak`. */
  readonly noLeak: string;
}

/** What closing does. */
export function howToClose({ done, noLeak }: Closing): string {
  return blocks(
    "### How to close this issue",
    [
      `- **Close as completed** once ${done}. That needs the role \`attest_role\` of the configuration, by default write. The checks that show it turn green by themselves.`,
      `- **Close as not planned** if ${noLeak}, and say why in a comment. That needs the role \`dismiss_role\`, by default maintain.`,
      "- If a commit, a pull request or an app closes it (`Fixes #…`), Rollcall reopens it: a changed file does not end a leak.",
    ].join("\n"),
  );
}

/** The hidden line of a body by which an issue is found again. It counts only in an issue that this app wrote. */
export function issueMarker(marker: string): string {
  return `<!-- rollcall:${marker} -->`;
}

/** Every marker of an issue's body. */
export function markersOf(body: string): string[] {
  return [...body.matchAll(/^<!-- rollcall:([0-9a-f]{8,64}) -->$/gm)].map((match) => match[1] ?? "");
}
