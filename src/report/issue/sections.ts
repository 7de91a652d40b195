import type { Place } from "../../domain/index.ts";
import { blocks } from "../markdown.ts";
import { undoingDoesNotHelp } from "../words/place-words.ts";

/** Sentences that both forms of issue share. */

/** @param places of the credentials; none where the places are not to be told */
export function whyRolling(places: readonly Place[]): string {
  return `${undoingDoesNotHelp(places)}, and neither does rewriting history: clones, forks, caches and pull request refs keep what was there. What ends this leak is a rolled key.`;
}

/** What closing does and does not do: in this version nothing acts on a closed issue, and nothing must say so. */
export function howItEnds({ keys }: { readonly keys: "one" | "many" }): string {
  const rolled = keys === "one" ? "when the key is rolled" : "when **every** key is rolled";
  return blocks(
    "### How this issue ends",
    [
      `- **Close as completed** ${rolled}.`,
      "- **Close as not planned** when it is no leak after all.",
      "- A commit or pull request that closes it (`Fixes #…`) proves nothing: a changed file ends no leak. Open it again until the key is rolled.",
      "- Closing it clears no red check. What does is an allow rule for the fingerprint, in `.github/rollcall.yml` on the default branch, with the reason and a last day at most a year away; then **Re-run** the check.",
    ].join("\n"),
  );
}

export const PLACES_ARE_PRIVATE = "Where it stands is not listed here, because anybody can read this issue.";

/** The hidden line of a body by which an issue is found again. It counts only in an issue that this app wrote. */
export function issueMarker(marker: string): string {
  return `<!-- rollcall:${marker} -->`;
}

/** Every marker of an issue's body. */
export function markersOf(body: string): string[] {
  return [...body.matchAll(/^<!-- rollcall:([0-9a-f]{8,64}) -->$/gm)].map((match) => match[1] ?? "");
}
