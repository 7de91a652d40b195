import type { Finding, Place } from "../../domain/index.ts";

/** How one place of a commit is spoken of. */
interface PlaceWords {
  /** Behind "leaked", where no line of the head is to be seen: `in a commit message`. */
  readonly within: string;
  /** The same of several. */
  readonly withinMany: string;
  /** What people try first. It does not help: that is what the sentence goes on to say. */
  readonly undoing: string;
}

const PLACE_WORDS: Readonly<Record<Place, PlaceWords>> = {
  content: { within: "in an earlier commit", withinMany: "in earlier commits", undoing: "Deleting the line" },
  path: { within: "in a file name", withinMany: "in file names", undoing: "Renaming the file" },
  commit_message: {
    within: "in a commit message",
    withinMany: "in commit messages",
    undoing: "Rewording the commit",
  },
  author: {
    within: "in the author of a commit",
    withinMany: "in authors of commits",
    undoing: "Correcting the author",
  },
  tag_message: { within: "in a tag message", withinMany: "in tag messages", undoing: "Making the tag anew" },
  tag_name: { within: "in a tag name", withinMany: "in tag names", undoing: "Deleting the tag" },
  ref_name: {
    within: "in the name of a branch or tag",
    withinMany: "in names of branches or tags",
    undoing: "Deleting the branch or tag",
  },
};

/** Of findings that stand on no line of the head; null where they stand in several sorts of place. */
export function withinOf(findings: readonly Pick<Finding, "place" | "commit">[]): string | null {
  const only = onlyPlace(findings.map(({ place }) => place));
  const one = new Set(findings.map(({ commit }) => commit)).size === 1;
  return only === null ? null : PLACE_WORDS[only][one ? "within" : "withinMany"];
}

/** `Deleting the line does not help`: what would be tried, by where the credential stands. */
export function undoingDoesNotHelp(places: readonly Place[]): string {
  const only = onlyPlace(places);
  return `${only === null ? "Taking it out" : PLACE_WORDS[only].undoing} does not help`;
}

function onlyPlace(places: readonly Place[]): Place | null {
  const [first, ...others] = new Set(places);
  return first === undefined || others.length > 0 ? null : first;
}
