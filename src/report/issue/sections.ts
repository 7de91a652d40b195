import type { Kind, Place } from "../../domain/index.ts";
import { blocks, code } from "../markdown.ts";
import { undoingDoesNotHelp } from "../words/place-words.ts";
import { verbForms } from "../words/remedies.ts";

/** Sentences that every form of issue shares. */

export const NEVER_PASTE =
  "If in doubt, do this first and investigate in parallel. Never paste the secret into this issue, a chat, an email or a support form: Stripe never asks for it.";

export const PLACES_ARE_PRIVATE =
  "This issue is public, so it does not say where the secret was found. Rollcall's check on the pushed commit says more.";

/** @param places of the credentials; empty where they must not be told */
export function whyItIsNotEnough(places: readonly Place[], kinds: readonly Kind[]): string {
  return `${undoingDoesNotHelp(places)}, and neither does rewriting history: clones, forks, caches and pull request refs keep it. ${onlyWay(kinds)} Stripe may notify you about a leaked key or roll it for you, but promises neither.`;
}

function onlyWay(kinds: readonly Kind[]): string {
  const [only, ...others] = new Set(kinds.map((kind) => verbForms(kind).gerund));
  return only === undefined || others.length > 0
    ? "Only rolling or revoking it ends the leak."
    : `Only ${only} it ends the leak.`;
}

/**
 * What closing does and does not do: in this version nothing acts on a closed issue, and nothing must say so.
 *
 * @param fingerprint null where it must not be shown, or there are several
 */
export function howToClose(done: string, fingerprint: string | null): string {
  const named = fingerprint === null ? "its fingerprint" : `the fingerprint ${code(fingerprint)}`;
  return blocks(
    "### How to close this issue",
    [
      `- **Close as completed** once ${done}.`,
      "- **Close as not planned** if it is not a leak after all.",
      "- If a commit or pull request closes it (`Fixes #…`), reopen it: a changed file does not end a leak.",
      `- Closing it does not clear a red check. To clear the check, add an allow rule for ${named} to \`.github/rollcall.yml\` on the default branch, with a reason and an end date at most a year away. Then **Re-run** the check.`,
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
