import * as fc from "fast-check";
import MarkdownIt from "markdown-it";
import { describe, expect, test } from "vitest";
import { code, fileUrl, link, prose, table } from "../../src/report/markdown.ts";
import { printable } from "../../src/report/printable.ts";
import { madeSecret } from "../support/reported.ts";

/** As GitHub reads it: tables, HTML, and addresses that turn into links by themselves. */
const markdown = new MarkdownIt({ html: true, linkify: true });

interface Rendered {
  /** Text of each cell of each row. */
  readonly rows: readonly (readonly string[])[];
  /** Text outside code, which GitHub searches for mentions, references and addresses. */
  readonly open: string;
  /** Names of all tokens that are neither text nor code. */
  readonly others: readonly string[];
}

function render(text: string): Rendered {
  const rows: string[][] = [];
  const open: string[] = [];
  const others: string[] = [];
  for (const token of markdown.parse(text, {})) {
    if (token.type === "tr_open") rows.push([]);
    if (token.type !== "inline") others.push(token.type);
    if (token.type === "inline") {
      const children = token.children ?? [];
      rows.at(-1)?.push(children.map((child) => child.content).join(""));
      for (const child of children) {
        if (child.type === "text") open.push(child.content);
        else if (child.type !== "code_inline") others.push(child.type);
      }
    }
  }
  return { rows, open: open.join("\n"), others };
}

function tableOf(columns: readonly string[], rows: readonly (readonly string[])[], budget = 60_000): string {
  return table(columns, rows, (cells) => cells, budget);
}

/** What means something to Markdown, HTML, GitHub or a terminal; separated by spaces. */
const PIECES = [
  ...String.raw`a ${"`"} ${"`"}${"`"} | \ \| < > <!-- --> <b> &amp; &#64; * _ [x](y) ![ ~~ $x$ 1. - # = ' " ( ) { }`.split(
    " ",
  ),
  ..."@octocat @acme/team #1 GH-1 deadbeef :tada: https://evil.example www.evil.example a@b.example".split(
    " ",
  ),
  ..."mailto:a@b.example 💥".split(" "),
  ..." ,\n,\r\n,\t,\u202E,\u200B,\u001B[31m,\uD800,\u0000".split(","),
];

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((parts) => parts.join("")),
);

describe("code", () => {
  test.each([
    ["plain", "`plain`"],
    ["a`b", "``a`b``"],
    ["`", "`` ` ``"],
    [" padded ", "`  padded  `"],
    ["", "(empty)"],
    ["  ", "(blank)"],
    ["a\nb", "`a\\nb`"],
    ["\u202Egnp.exe", "`\\u{202e}gnp.exe`"],
    ["a".repeat(300), `\`${"a".repeat(200)}…\``],
  ])("%j", (text, expected) => {
    expect(code(text)).toBe(expected);
  });

  test("any text stays in its table cell, as text and as code", () => {
    fc.assert(
      fc.property(hostile, hostile, (first, second) => {
        const { rows, open, others } = render(
          tableOf(
            ["a", "b"],
            [
              [code(first), code(second)],
              [code("x"), code("y")],
            ],
          ),
        );
        const shown = (text: string): string => {
          const visible = printable(text);
          return visible === "" ? "(empty)" : visible.trim() === "" ? "(blank)" : visible;
        };
        expect(rows).toEqual([
          ["a", "b"],
          [shown(first), shown(second)],
          ["x", "y"],
        ]);
        expect(open).not.toMatch(/[@#<`]|:\/\/|www\./);
        expect(others.filter((type) => !/^(?:table|thead|tbody|tr|th|td)_/.test(type))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test("a credential is redacted even where the text is cut off", () => {
    const { text } = madeSecret();
    for (const before of [0, 100, 190, 199])
      expect(code(`${"a/".repeat(before / 2)}${text}`)).not.toContain(text.slice(8, 24));
  });
});

describe("prose", () => {
  test.each([
    ["account closed", "account closed"],
    ["mode must be enforce or observe.", "mode must be enforce or observe."],
    ["ask @octocat about #12", "ask `@octocat` about `#12`"],
    ["see https://evil.example now", "see `https://evil.example` now"],
    ["allow[2].modes[1] must be test", "`allow[2].modes[1]` must be test"],
    ["1. first", "`1`. first"],
    ["until 2027-01-31, or #12; else", "until `2027-01-31`, or `#12`; else"],
    ["commit deadbeef", "commit `deadbeef`"],
    ["it's done (really)!", "it's done `(really)!`"],
  ])("%j", (text, expected) => {
    expect(prose(text)).toBe(expected);
  });

  test("a stranger's text is never Markdown, a mention, a reference or a link", () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 6 }), (words) => {
        const text = words.join(" ");
        const { rows, open, others } = render(tableOf(["a"], [[prose(text)]]));
        expect(rows).toHaveLength(2);
        expect(open.replace(/^a\n/, "")).not.toMatch(/[@#<>`*_[\]|~$&]|:\/\/|www\.|GH-|:\w+:/);
        expect(others.filter((type) => !/^(?:table|thead|tbody|tr|th|td)_/.test(type))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  test("does not begin a list, heading or quote", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { others } = render(prose(text));
        expect(others.filter((type) => !type.startsWith("paragraph_"))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("fileUrl", () => {
  const at = (path: string): string | null => fileUrl("https://github.com/acme/shop", "c0ffee", path, 3);

  test.each([
    ["src/pay.ts", "https://github.com/acme/shop/blob/c0ffee/src/pay.ts#L3"],
    ["a b/(c)#d?.ts", "https://github.com/acme/shop/blob/c0ffee/a%20b/%28c%29%23d%3F.ts#L3"],
    ["a.zip!src/pay.ts", "https://github.com/acme/shop/blob/c0ffee/a.zip"],
    ["a.zip!../../evil", "https://github.com/acme/shop/blob/c0ffee/a.zip"],
    ["../../evil", null],
    ["a/./b", null],
    ["a//b", null],
    ["", null],
    ["a/\uD800", null],
    ["redacted/sk_live_…abcd", null],
    ["a".repeat(2000), null],
  ])("%j", (path, expected) => {
    expect(at(path)).toBe(expected);
  });

  test("a path that holds a key is not linked", () => {
    expect(at(`backup/${madeSecret().text}.env`)).toBeNull();
  });

  test("a link leads to its address only", () => {
    fc.assert(
      fc.property(hostile, (path) => {
        const url = at(path);
        fc.pre(url !== null);
        const html = markdown.renderInline(link(code(path), url));
        expect(html.match(/<a /g)).toHaveLength(1);
        expect(html).toContain(`href="${url}"`);
      }),
    );
  });
});
