import picomatch from "picomatch";

/**
 * Globs of allow rules, over paths that strangers choose. A path is matched name by name with few wildcards a name,
 * because the regular expression of a whole glob takes time to the power of its wildcards.
 */

const LONGEST_GLOB = 200;
/** Common file systems limit a name to 255 bytes; a longer one matches nothing, so its key is reported. */
const LONGEST_NAME = 255;
const LONGEST_PATH = 1024;
const MOST_WILDCARDS_IN_A_NAME = 2;

/** What is wrong with a glob, as the end of the sentence "`paths` …"; null for nothing. */
export function globProblem(glob: string): string | null {
  if (glob === "" || glob.length > LONGEST_GLOB) return `must be a path of 1 to ${LONGEST_GLOB} characters`;

  if (/[()[\]{}|\\!]/.test(glob)) return "understands *, ** and ? only";

  if (glob.startsWith("/") || glob.startsWith("./") || glob.includes("//"))
    return "must begin at the top of the repository, without a slash: docs/samples/**";

  if (glob.endsWith("/")) return "names a folder by its content: docs/samples/**";

  const names = glob.split("/");
  if (names.some((name) => name !== "**" && name.includes("**")))
    return "takes ** only as a whole name: docs/**/sample.env";

  if (names.some((name) => (name.match(/\*/g)?.length ?? 0) > MOST_WILDCARDS_IN_A_NAME))
    return `takes at most ${MOST_WILDCARDS_IN_A_NAME} * between two slashes`;

  return null;
}

/**
 * @param glob one without a `globProblem`; `**` stands for any number of folders, none included
 * @returns whether a path matches, from the top of the repository
 */
export function compileGlob(glob: string): (path: string) => boolean {
  const parts = glob.split("/").map((part) => (part === "**" ? null : nameMatcher(part)));
  return (path) => {
    const names = path.split("/");
    const tooLong = path.length > LONGEST_PATH || names.some((name) => name.length > LONGEST_NAME);
    return !tooLong && matchNames(parts, names);
  };
}

type NameMatcher = (name: string) => boolean;

/** @param parts null is `**`. One step back is enough: an earlier `**` can only take what a later one takes too. */
function matchNames(parts: readonly (NameMatcher | null)[], names: readonly string[]): boolean {
  let part = 0;
  let name = 0;
  let anyFolders: { readonly part: number; name: number } | null = null;
  while (name < names.length) {
    const matcher = parts[part];
    const current = names[name];
    if (matcher === null) {
      anyFolders = { part, name };
      part += 1;
    } else if (matcher !== undefined && current !== undefined && matcher(current)) {
      part += 1;
      name += 1;
    } else if (anyFolders !== null) {
      anyFolders.name += 1;
      part = anyFolders.part + 1;
      name = anyFolders.name;
    } else {
      return false;
    }
  }
  return parts.slice(part).every((rest) => rest === null);
}

function nameMatcher(part: string): NameMatcher {
  return picomatch(part, { dot: true, noextglob: true, nobrace: true, nobracket: true, nonegate: true });
}
