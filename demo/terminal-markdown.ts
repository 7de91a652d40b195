/**
 * Prints the Markdown of checks and issues in a terminal: wrapped words, lists, tables as lists. Control characters of
 * names from a repository are shown as text and never reach the terminal.
 */
import stringWidth from "fast-string-width";
import type { Token } from "markdown-it";
import { createMarkdown, TASK } from "./markdown.ts";
import { printable } from "../src/report/index.ts";
import type { Paint } from "./paint.ts";

export interface TerminalOptions {
  readonly paint: Paint;
  /** Columns. */
  readonly width: number;
  /** Whether the address of a link is worth a reader's time; its text is always shown. */
  readonly showsAddress: (address: string) => boolean;
}

/** Markdown as lines of text for a terminal: words wrapped, a table's rows as lists of `column  value`. */
export function markdownLines(source: string, options: TerminalOptions): string[] {
  const lines: string[] = [];
  let indent = "";
  let bullet: string | null = null;
  let cells: string[] = [];
  let header: string[] = [];
  const orders: (number | null)[] = [];
  const put = (text: string, hanging = ""): void => {
    lines.push(...wrapped(text, options.width, `${indent}${bullet ?? ""}`, `${indent}${hanging}`));
    bullet = bullet === null ? null : " ".repeat(bullet.length);
  };
  let style: Parameters<Paint>[0] | null = null;
  for (const token of createMarkdown().parse(source, {})) {
    switch (token.type) {
      case "heading_open":
        style = "bold";
        break;
      case "th_open":
      case "td_open":
        cells.push("");
        break;
      case "inline":
        if (cells.length > 0) cells[cells.length - 1] = inlineText(token, options);
        else put(inlineText(token, options, style), bullet === null ? "" : " ".repeat(bullet.length));
        break;
      case "heading_close":
      case "paragraph_close":
        style = null;
        if (!token.hidden) lines.push("");
        break;
      case "bullet_list_open":
      case "ordered_list_open":
        orders.push(token.type === "ordered_list_open" ? 1 : null);
        break;
      case "bullet_list_close":
      case "ordered_list_close":
        orders.pop();
        if (orders.length === 0) lines.push("");
        break;
      case "list_item_open": {
        const order = orders.at(-1) ?? null;
        indent = "  ".repeat(orders.length - 1);
        bullet = order === null ? "- " : `${order}. `;
        if (order !== null) orders[orders.length - 1] = order + 1;
        break;
      }
      case "list_item_close":
        indent = "";
        bullet = null;
        break;
      case "tr_close":
        if (header.length === 0) header = cells;
        else lines.push(...rowLines(header, cells, options), "");
        cells = [];
        break;
      case "table_close":
        header = [];
        break;
      case "fence":
      case "code_block":
        for (const line of token.content.trimEnd().split("\n"))
          lines.push(`    ${options.paint("cyan", printable(line))}`);
        lines.push("");
        break;
      case "html_block":
        if (!token.content.trimStart().startsWith("<!--")) put(printable(token.content));
        break;
    }
  }
  while (lines.at(-1) === "") lines.pop();
  return lines;
}

function rowLines(header: readonly string[], cells: readonly string[], options: TerminalOptions): string[] {
  const wide = Math.max(...header.map((name) => stringWidth(name)));
  return cells.flatMap((cell, index) => {
    if (cell === "") return [];
    const name = header[index] ?? "";
    const label = `${options.paint("dim", name)}${" ".repeat(wide - stringWidth(name))}  `;
    return wrapped(cell, options.width, label, " ".repeat(wide + 2));
  });
}

function inlineText(
  token: Token,
  { paint, showsAddress }: TerminalOptions,
  whole: Parameters<Paint>[0] | null = null,
): string {
  const links: string[] = [];
  let text = "";
  let strong = 0;
  for (const child of token.children ?? []) {
    switch (child.type) {
      case "text": {
        const shown = printable(child.content);
        text += strong > 0 ? paint("bold", shown) : shown;
        break;
      }
      case "code_inline":
        text += paint("cyan", printable(child.content));
        break;
      case "strong_open":
        strong += 1;
        break;
      case "strong_close":
        strong -= 1;
        break;
      case "link_open":
        links.push(String(child.attrGet("href") ?? ""));
        break;
      case "link_close": {
        const address = links.pop() ?? "";
        if (child.info !== "auto" && showsAddress(address))
          text += ` <${paint("underline", printable(address))}>`;
        break;
      }
      case TASK:
        text += child.info === "x" ? "[x] " : "[ ] ";
        break;
      case "softbreak":
      case "hardbreak":
        text += " ";
        break;
      case "html_inline":
        if (!child.content.startsWith("<!--")) text += printable(child.content);
        break;
      default:
        text += printable(child.content);
    }
  }
  return whole === null ? text : paint(whole, text);
}

/** Breaks at spaces. Escapes for colour have no width; a style that spans a break goes on in the next line. */
export function wrapped(text: string, width: number, first: string, rest: string): string[] {
  const lines: string[] = [];
  let line = first;
  let filled = false;
  for (const word of text.split(" ")) {
    const longer = filled ? `${line} ${word}` : `${line}${word}`;
    if (filled && stringWidth(longer) > width) {
      lines.push(line);
      line = `${rest}${word}`;
    } else {
      line = longer;
    }
    filled = true;
  }
  return [...lines, line];
}
