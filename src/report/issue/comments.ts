/** What Rollcall says in comments of private issues about places: new ones, and where an issue goes on. */
import { blocks, count, link } from "../markdown.ts";
import type { LeakLocation } from "./issue.ts";
import { locationText } from "./locations.ts";
import { mentionTeam } from "./mentions.ts";
import { partsOf, withSection } from "./own-section.ts";

/** With more, the list in the issue has to do. */
const MAX_SHOWN = 5;

/**
 * New places of the leaks of an issue: one comment for all.
 *
 * @param newest the newest places, of which the first are shown
 * @param added how many are new since the comment's day began
 */
export function newPlacesComment(newest: readonly LeakLocation[], added: number): string {
  const shown = newest.slice(0, Math.min(MAX_SHOWN, added));
  const more = added - shown.length;
  return blocks(
    `Found in **${count(added, "more place")}**. A leaked key stays leaked: roll it rather than removing it from there.`,
    [
      ...shown.map(
        (location) =>
          `- ${locationText(location)} of ${link(location.repository.fullName, location.repository.url)}`,
      ),
      ...(more > 0 ? [`- and ${more.toLocaleString("en-US")} more, listed above`] : []),
    ].join("\n"),
  );
}

/** Asks the teams that CODEOWNERS names, because GitHub assigns no team to an issue. */
export function teamsComment(teams: readonly string[]): string | null {
  const mentions = teams.flatMap((team) => mentionTeam(`@${team}`) ?? []);
  return mentions.length === 0
    ? null
    : `${mentions.join(", ")}: CODEOWNERS names you for the file that holds this key. Please assign this issue to a person.`;
}

/**
 * The last comment of an issue whose leaks go on in others.
 *
 * @param urls of those, if any
 */
export function movedComment(urls: readonly string[]): string {
  return `${whereItGoesOn(urls)} Rollcall closes this issue; that says nothing about the key.`;
}

/**
 * The body of such an issue in a private place: people's text stays, and Rollcall's section with its marker goes, because
 * an issue is found again by it.
 */
export function movedBody(previousBody: string, urls: readonly string[]): string {
  return withSection(partsOf(previousBody), whereItGoesOn(urls));
}

function whereItGoesOn(urls: readonly string[]): string {
  if (urls.length === 0) return "This leak is now followed elsewhere.";
  const more = urls.length > MAX_SHOWN ? ` and ${urls.length - MAX_SHOWN} more` : "";
  return `This goes on in ${urls.slice(0, MAX_SHOWN).join(", ")}${more}.`;
}

/** What takes the place of an issue with details in a repository that has become public. */
export const WITHDRAWN_TITLE = "This issue has moved";
export const WITHDRAWN_BODY =
  "This repository has become public, so Rollcall has withdrawn what this issue said. Its edit history still shows the former text to everybody. **Please delete this issue** (**Delete issue**, at the bottom of the right column, for administrators).\n";
