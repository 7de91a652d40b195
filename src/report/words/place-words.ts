import type { Finding, Place } from "../../domain/index.ts";

/** The words for one place of a commit. */
interface PlaceWords {
  /** Follows "leaked", where no line of the head shows the credential: `in a commit message`. */
  readonly within: string;
  readonly withinMany: string;
  /** What people try first, and what does not help. */
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
    within: "in a commit's author",
    withinMany: "in commit authors",
    undoing: "Correcting the author",
  },
  tag_message: { within: "in a tag message", withinMany: "in tag messages", undoing: "Recreating the tag" },
  tag_name: { within: "in a tag name", withinMany: "in tag names", undoing: "Deleting the tag" },
  ref_name: {
    within: "in a branch or tag name",
    withinMany: "in branch or tag names",
    undoing: "Deleting the branch or tag",
  },
};

/** For findings that are on no line of the head; null where they are in different sorts of place. */
export function withinOf(findings: readonly Pick<Finding, "place" | "commit">[]): string | null {
  const only = onlyPlace(findings.map(({ place }) => place));
  const one = new Set(findings.map(({ commit }) => commit)).size === 1;
  return only === null ? null : PLACE_WORDS[only][one ? "within" : "withinMany"];
}

/** `Deleting the line does not help`: names what people would try, by where the credential is. */
export function undoingDoesNotHelp(places: readonly Place[]): string {
  const only = onlyPlace(places);
  return `${only === null ? "Removing it from the repository" : PLACE_WORDS[only].undoing} does not help`;
}

function onlyPlace(places: readonly Place[]): Place | null {
  const [first, ...others] = new Set(places);
  return first === undefined || others.length > 0 ? null : first;
}
