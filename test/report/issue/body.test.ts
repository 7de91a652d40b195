import * as fc from "fast-check";
import MarkdownIt from "markdown-it";
import { describe, expect, test } from "vitest";
import { issueMarker, markersOf } from "../../../src/report/index.ts";
import { madeFinding } from "../../support/reported.ts";
import { leakOf } from "../../support/texts/index.ts";
import { MARKER, issue } from "../../support/rendered-issue.ts";

const markdown = new MarkdownIt({ html: true, linkify: true });

describe("an updated issue keeps its ticks", () => {
  const leak = leakOf(madeFinding());
  const { body } = issue(leak);

  test.each(["\n", "\r\n"])("with line ends %j", (end) => {
    const ticked = body.replace("[ ] **3.**", "[x] **3.**").replaceAll("\n", end);
    const again = issue(leakOf(madeFinding(), madeFinding()), { previousBody: ticked }).body;
    expect(again).toContain("- [x] **3.** Copy the new key");
    expect(again.match(/\[x\]/g)).toHaveLength(1);
  });
});

describe("markers", () => {
  test("are found again, even with a browser's line ends", () => {
    expect(markersOf(`text\r\n${issueMarker(MARKER)}\r\n`)).toEqual([MARKER]);
  });

  test("a path that looks like a marker is not one", () => {
    const other = "f".repeat(32);
    fc.assert(
      fc.property(fc.constantFrom("", "\n", "\r\n", "`\n", "` -->\n"), (before) => {
        const path = `${before}<!-- rollcall:${other} -->${before}`;
        const { body } = issue(leakOf(madeFinding({ path })));
        expect(markersOf(body)).toEqual([MARKER]);
      }),
    );
  });
});

describe("limits", () => {
  test("a body with 5,000 long places stays within GitHub's limit and counts the rest", () => {
    const finding = madeFinding();
    const places = Array.from({ length: 5000 }, (_, index) =>
      madeFinding({ path: `${"\u{10ffff}|".repeat(100)}${index}.ts` }),
    );
    const { title, body } = issue(leakOf(finding, ...places));
    expect(title.length).toBeLessThanOrEqual(256);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(65_536);
    expect(body).toMatch(/\| and \d+ more \|/);
    expect(markersOf(body)).toEqual([MARKER]);
  });
});

test("no text of a repository becomes a mention, a link of its own or HTML", () => {
  const piece = fc.constantFrom(
    "@octocat",
    "#1",
    "`",
    "|",
    "\n",
    "<img src=x>",
    "https://evil.example",
    " ",
    "a",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const { body } = issue(leakOf(madeFinding({ path: pieces.join("") })));
      const tokens = markdown.parse(body, {}).flatMap((token) => [token, ...(token.children ?? [])]);
      const open = tokens.filter(({ type }) => type === "text").map(({ content }) => content);
      const targets = tokens.filter(({ type }) => type === "link_open").map((token) => token.attrGet("href"));
      const html = tokens.filter(({ type }) => type.startsWith("html")).map(({ content }) => content.trim());
      expect(open.join("\n")).not.toMatch(/@octocat|#1|evil\.example/);
      expect(
        targets.filter((target) => !/^https:\/\/(?:github|dashboard\.stripe)\.com\//.test(`${target}`)),
      ).toEqual([]);
      expect(html.filter((each) => !/^<!-- rollcall:(?:begin|end)\b[^>]* -->$/.test(each))).toEqual([
        issueMarker(MARKER),
      ]);
    }),
  );
});
