import { redactText } from "../detect/index.ts";
import { outerPath } from "../domain/index.ts";
import { printable } from "./printable.ts";

/**
 * GitHub Markdown out of text that strangers wrote. Whatever could mean something to Markdown, to HTML or to GitHub
 * (mentions, references, addresses, emoji names) goes into a code span, the one place where all of them are plain text.
 */

/** Characters that one span shows. */
const MAX_SHOWN = 200;
const MAX_URL_LENGTH = 1000;

/** Any text as a code span on one line, credentials in it redacted. */
export function code(text: string, most = MAX_SHOWN): string {
  const shown = shorten(printable(redactText(text)), most);
  if (shown.trim() === "") return shown === "" ? "(empty)" : "(blank)";

  const longestRun = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longestRun + 1);
  const pad = /^[` ]|[` ]$/.test(shown) ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Letters and digits with a sentence's punctuation. `www.x` and `@x` do not match. */
const PLAIN_WORD = /^\(?(?:[\p{L}\p{M}\p{N}]+(?:['’]\p{L}+)?|\d+\.\d+)[),.;:?]{0,2}$/u;
/** The number of a list item; a commit id, which GitHub links. */
const SPECIAL_WORD = /^(?:\d+[.)]|[0-9a-f]{7,40}[),.;:?]*)$/i;

/** A sentence that may quote a stranger: plain words stay words, and everything else becomes code. */
export function prose(text: string, most = 400): string {
  const words = shorten(printable(redactText(text)), most)
    .split(/ +/)
    .filter((word) => word !== "");
  const parts: string[] = [];
  let special: string[] = [];
  for (const word of words) {
    if (PLAIN_WORD.test(word) && !SPECIAL_WORD.test(word)) {
      parts.push(...flush(special), word);
      special = [];
    } else {
      special.push(word);
    }
  }
  parts.push(...flush(special));
  return parts.join(" ");
}

/** Words as one code span; the punctuation of the sentence stays outside. */
function flush(words: readonly string[]): string[] {
  if (words.length === 0) return [];

  const [, span = "", punctuation = ""] = /^(.*?)([,.;:]{0,2})$/s.exec(words.join(" ")) ?? [];
  return span === ""
    ? [code(punctuation, Number.MAX_SAFE_INTEGER)]
    : [`${code(span, Number.MAX_SAFE_INTEGER)}${punctuation}`];
}

/** @param label Markdown that is already safe */
export function link(label: string, url: string): string {
  return `[${label}](${url})`;
}

/** The row of a table. Only code spans still hold pipes, and inside a table they are written `\|` there too. */
function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function header(cells: readonly string[]): string {
  return `${row(cells)}\n|${cells.map(() => "---").join("|")}|`;
}

/**
 * As many rows as fit, then a row that says how many do not. Rows that do not fit are not rendered.
 *
 * @param budget bytes of UTF-8 for everything, including the header
 * @param unlisted items that there are besides
 */
export function table<Item>(
  columns: readonly string[],
  items: readonly Item[],
  cellsOf: (item: Item) => readonly string[],
  budget: number,
  unlisted = 0,
): string {
  const head = header(columns);
  const space = budget - byteLength(head) - 1 - byteLength(moreRow(items.length + unlisted, columns));
  const kept = fitting(items, (item) => row(cellsOf(item)), space);
  const more = items.length - kept.length + unlisted;
  return [head, ...kept, ...(more === 0 ? [] : [moreRow(more, columns)])].join("\n");
}

function moreRow(count: number, columns: readonly string[]): string {
  return row([`and ${count} more`, ...columns.slice(1).map(() => "")]);
}

/** The lines of the first items that together fit the budget, each with its line end. */
export function fitting<Item>(
  items: readonly Item[],
  lineOf: (item: Item) => string,
  budget: number,
): readonly string[] {
  const lines: string[] = [];
  let left = budget;
  for (const item of items) {
    const line = lineOf(item);
    left -= byteLength(line) + 1;
    if (left < 0) break;

    lines.push(line);
  }
  return lines;
}

const encoder = new TextEncoder();

/** Length in UTF-8, which respects GitHub's limits whether they mean characters or bytes. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** Paragraphs and tables, separated by the empty line that Markdown needs. */
export function blocks(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== "").join("\n\n");
}

/**
 * The page of a file in a commit, at a line if one is given. Null if the address might lead elsewhere: for a redacted
 * path, and for one that a browser would resolve differently.
 */
export function fileUrl(
  repositoryUrl: string,
  commit: string,
  path: string,
  line: number | null,
): string | null {
  // A line inside an archive is none of the archive's.
  const file = outerPath(path);
  const names = file.split("/");
  const reachable =
    names.every((name) => name !== "" && name !== "." && name !== "..") &&
    !file.includes("…") &&
    file.isWellFormed() &&
    redactText(file) === file;
  if (!reachable) return null;

  const url = `${commitUrl(repositoryUrl, commit).replace("/commit/", "/blob/")}/${names.map(encodeName).join("/")}${line === null || file !== path ? "" : `#L${line}`}`;
  return url.length > MAX_URL_LENGTH ? null : url;
}

export function commitUrl(repositoryUrl: string, commit: string): string {
  return `${repositoryUrl}/commit/${encodeName(commit)}`;
}

/** Percent-encoded, with the characters that would end a Markdown link. */
function encodeName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replaceAll(
    /[!'()*~_]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function shorten(text: string, most: number): string {
  if (text.length <= most) return text;

  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most).join("")}…`;
}

/** `1 commit`, `3 commits`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? noun : plural}`;
}
