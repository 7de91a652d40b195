/**
 * Whom a CODEOWNERS file names for a path. Its patterns are those of .gitignore without `!` and `[…]`; the last one that
 * matches counts. https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 * Paths come from strangers, so a pattern is matched in linear steps and never becomes a regular expression.
 */

/** Where GitHub looks for the file; the first counts. */
export const CODEOWNERS_PATHS = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"] as const;

/** Those whom the file names for one path. Addresses of email are left out. */
export interface CodeOwners {
  /** Logins. */
  readonly users: readonly string[];
  /** `owner/team`. */
  readonly teams: readonly string[];
}

/** Longer lines are no rules. */
const MAX_LINE = 2000;
const LOGIN = /^@([a-z\d][a-z\d-]{0,38})$/i;
const TEAM = /^@([a-z\d][a-z\d-]{0,38}\/[a-z\d][a-z\d_.-]{0,99})$/i;

/** The owners of a path; none if no rule matches, or the last that does names none. */
export function codeOwnersOf(text: string, path: string): CodeOwners {
  let owners: readonly string[] = [];
  for (const line of text.split("\n")) {
    if (line.length > MAX_LINE) continue;
    const [pattern, ...named] = wordsOf(line);
    if (pattern !== undefined && matches(pattern, path)) owners = named;
  }
  return {
    users: owners.flatMap((owner) => LOGIN.exec(owner)?.[1] ?? []),
    teams: owners.flatMap((owner) => TEAM.exec(owner)?.[1] ?? []),
  };
}

/** The words before a comment. A space in a pattern is written `\ `. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  let word = "";
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === "\\" && at + 1 < line.length) {
      at += 1;
      word += line.charAt(at);
    } else if (/\s/.test(character)) {
      if (word !== "") words.push(word);
      word = "";
    } else if (character === "#" && word === "") {
      return words;
    } else {
      word += character;
    }
  }
  return word === "" ? words : [...words, word];
}

function matches(pattern: string, path: string): boolean {
  const isFolder = pattern.endsWith("/");
  const names = pattern.replace(/^\/+/, "").replace(/\/+$/, "").split("/");
  // Without a slash before its end, a pattern matches at every depth.
  const anchored = pattern.slice(0, -1).includes("/");
  const wanted = anchored ? names : ["**", ...names];
  const given = path.split("/");
  const ends = prefixesMatching(wanted, given);
  // `docs/*` are the files of the folder, and none further down.
  const exact = names.at(-1) === "*" && anchored;
  return [...ends].some((end) => (end === given.length ? !isFolder : end < given.length && !exact));
}

/** How many names of the path the whole pattern can match, from its start. */
function prefixesMatching(pattern: readonly string[], path: readonly string[]): ReadonlySet<number> {
  let reached = new Set([0]);
  for (const name of pattern) {
    const next = new Set<number>();
    for (const at of reached) {
      if (name === "**") {
        for (let end = at; end <= path.length; end += 1) next.add(end);
        break;
      }
      const given = path[at];
      if (given !== undefined && nameMatches(name, given)) next.add(at + 1);
    }
    reached = next;
  }
  reached.delete(0);
  return reached;
}

/** `*` is any characters, `?` one. Going back only to the last star takes at most the product of both lengths. */
function nameMatches(pattern: string, name: string): boolean {
  let [at, position, star, from] = [0, 0, -1, 0];
  while (position < name.length) {
    if (pattern[at] === "*") {
      star = at;
      from = position;
      at += 1;
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === name[position])) {
      at += 1;
      position += 1;
    } else if (star !== -1) {
      at = star + 1;
      from += 1;
      position = from;
    } else {
      return false;
    }
  }
  while (pattern[at] === "*") at += 1;
  return at === pattern.length;
}
