import { blocks } from "../markdown.ts";

/** Sentences that both forms of issue share. */

export const WHY_ROLLING =
  "Deleting the line does not help, and neither does rewriting history: clones, forks, caches and pull request refs keep the old commits. What ends this leak is a rolled key.";

export const HOW_IT_ENDS = blocks(
  "### How this issue ends",
  [
    "- **Close as completed** when the key is rolled.",
    "- **Close as not planned** when it is no leak after all.",
    "- A commit or pull request that closes it (`Fixes #…`) proves nothing: a changed file ends no leak. Open it again until the key is rolled.",
  ].join("\n"),
);

export const PLACES_ARE_PRIVATE = "Where it stands is not listed here, because anybody can read this issue.";

/** The hidden line of a body by which an issue is found again. It counts only in an issue that this app wrote. */
export function issueMarker(marker: string): string {
  return `<!-- rollcall:${marker} -->`;
}

/** Every marker of an issue's body. */
export function markersOf(body: string): string[] {
  return [...body.matchAll(/^<!-- rollcall:([0-9a-f]{8,64}) -->$/gm)].map((match) => match[1] ?? "");
}
