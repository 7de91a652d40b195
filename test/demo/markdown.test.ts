import { expect, test } from "vitest";
import { createMarkdown } from "../../demo/markdown.ts";
import { createPaint } from "../../demo/paint.ts";
import { html } from "../../demo/page/html.ts";
import { markdownLines } from "../../demo/terminal-markdown.ts";

test.each([
  ["a tag", "Hello <script>alert(1)</script>", "<p>Hello &lt;script&gt;alert(1)&lt;/script&gt;</p>\n"],
  ["a block of HTML", "<div onclick=x>\nText\n</div>", "<p>&lt;div onclick=x&gt;\nText\n&lt;/div&gt;</p>\n"],
  ["a comment", "Text\n\n<!-- rollcall:0123 -->\n", "<p>Text</p>\n"],
  ["a comment with a tag behind it", "<!-- a --><b>", "<p>&lt;!-- a --&gt;&lt;b&gt;</p>\n"],
  ["a picture from elsewhere", "![seen](https://example.org/x.png)", "<p>seen</p>\n"],
  ["an address that runs code", "[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"],
])("on the page, %s is harmless", (_, source, rendered) => {
  expect(createMarkdown().render(source)).toBe(rendered);
});

test("task lists show which boxes are ticked", () => {
  const rendered = createMarkdown().render("- [ ] open\n- [x] done\n- none\n");
  expect(rendered.match(/<input[^>]*>/g)).toEqual([
    '<input type="checkbox" class="task-list-item-checkbox" disabled>',
    '<input type="checkbox" class="task-list-item-checkbox" disabled checked>',
  ]);
  expect(rendered).toContain('<ul class="contains-task-list">');
});

test("links are rewritten or removed", () => {
  const markdown = createMarkdown((address) => (address.startsWith("https://") ? address : null));
  expect(markdown.renderInline("[a](https://a.example) [b](http://b.example)")).toBe(
    '<a href="https://a.example">a</a> <a>b</a>',
  );
});

test("values in a template are escaped, nested HTML is not", () => {
  expect(html`<p title="${'"><b>'}">${html`<i>${"&"}</i>`}${"\u{202e}x"}</p>`.text).toBe(
    '<p title="&#34;&#62;&#60;b&#62;"><i>&#38;</i>\\u{202e}x</p>',
  );
});

const options = {
  paint: createPaint(false),
  width: 40,
  showsAddress: (address: string) => address.includes("stripe"),
};

test.each([
  ["a heading", "### Do it", ["Do it"]],
  ["bold and code", "**now** `x|y`", ["now x|y"]],
  ["a link", "[keys](https://stripe.com/k)", ["keys <https://stripe.com/k>"]],
  ["a link to nowhere worth it", "[keys](http://localhost/k)", ["keys"]],
  ["a task list", "- [ ] one\n- [x] two", ["- [ ] one", "- [x] two"]],
  ["an ordered list", "1. one\n2. two", ["1. one", "2. two"]],
  ["a comment", "a\n\n<!-- b -->", ["a"]],
  ["a tag", "a <b>", ["a <b>"]],
  ["code", "```js\nlet a;\nlet b;\n```", ["    let a;", "    let b;"]],
  [
    "a table",
    "| Found | Do |\n|---|---|\n| `x` | roll |\n| y | |",
    ["Found  x", "Do     roll", "", "Found  y"],
  ],
  [
    "a long paragraph",
    "one two three four five six seven eight nine ten",
    ["one two three four five six seven eight", "nine ten"],
  ],
  [
    "a long item",
    "- one two three four five six seven eight nine",
    ["- one two three four five six seven", "  eight nine"],
  ],
])("in a terminal, %s reads well", (_, source, lines) => {
  expect(markdownLines(source, options)).toEqual(lines);
});

test.each([
  "\u{1b}[2J",
  "`\u{1b}]0;x\u{7}`",
  "[\u{9b}31m](http://x)",
  "```\n\u{1b}[2J\n```",
  "<b \u{1b}[2J>",
])("no escape sequence from a repository reaches the terminal: %j", (source) => {
  for (const line of markdownLines(source, options)) expect(line).not.toMatch(/\p{Cc}/u);
});
