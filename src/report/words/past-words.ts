import type { Finding, Origin } from "../../domain/index.ts";
import type { LeftToHistory } from "../../policy/index.ts";
import { code, count } from "../markdown.ts";

/** The words for where a finding of a history came in, as Markdown. */

/** Branches that are named. */
const MAX_BRANCHES = 5;

/** A finding that is in no file of a commit, by the object that holds it. */
export function looseName({ commit }: Pick<Finding, "commit">): string {
  return commit === null ? "a file that belongs to no commit" : "a git note";
}

/** `2019-03-04`; empty if it is not known. */
export function dayOf({ date }: Pick<Origin, "date">): string {
  return date === null ? "" : date.slice(0, 10);
}

/** The name without the address, which is too long for the cell of a table. */
export function authorName({ author }: Pick<Origin, "author">): string {
  if (author === null) return "";
  const name = author.replace(/\s*<[^<>]*>\s*$/, "");
  return code(name === "" ? author : name);
}

/** Branches that have the commit, or the ref that leads to it: `in main, v2 and more`. */
export function reachOf({ branches, hasMoreBranches, ref, source }: Origin): string {
  if (branches.length > 0) {
    const more = branches.length > MAX_BRANCHES || hasMoreBranches ? " and more" : "";
    return `in ${branches
      .slice(0, MAX_BRANCHES)
      .map((name) => code(name))
      .join(", ")}${more}`;
  }
  if (source === "ref") return "";
  return ref === null ? "in no branch" : `only in ${code(ref)}`;
}

/** The subject of a sentence: `2 live keys`, `at least 5 live keys`, `perhaps a live key`. */
export function leftKeys({ keys, mayBeMore }: LeftToHistory): string {
  if (keys === 0) return "perhaps a live key";
  return `${mayBeMore ? "at least " : ""}${count(keys, "live key")}`;
}
