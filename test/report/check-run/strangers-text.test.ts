import * as fc from "fast-check";
import MarkdownIt from "markdown-it";
import { expect, test } from "vitest";
import { atHead, judged, madeFinding, OLDER, rendered } from "../../support/reported.ts";

test("no text of a repository becomes a mention, a link of its own or HTML", () => {
  const markdown = new MarkdownIt({ html: true, linkify: true });
  const piece = fc.constantFrom(
    "@octocat",
    "#1",
    "`",
    "|",
    "\n",
    "<img src=x>",
    "https://evil.example",
    " ",
    "a/",
  );
  const path = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(path, path, fc.boolean(), (one, two, gone) => {
      const found = [one, two].map((each) => {
        const finding = madeFinding({ path: each, commit: OLDER });
        return gone ? { finding, head: null, headRead: true, dropped: false } : atHead(finding);
      });
      for (const shown of [found, found.slice(1)]) {
        const { summary, text } = rendered(judged(shown));
        const tokens = [summary, text ?? ""]
          .flatMap((each) => markdown.parse(each, {}))
          .flatMap((token) => [token, ...(token.children ?? [])]);
        const open = tokens.filter(({ type }) => type === "text").map(({ content }) => content);
        const targets = tokens.flatMap((token) =>
          token.type === "link_open" ? [token.attrGet("href")] : [],
        );
        expect(open.join("\n")).not.toMatch(/@octocat|#1|evil\.example/);
        expect(
          targets.filter((target) => !/^https:\/\/(?:github|dashboard\.stripe)\.com\//.test(`${target}`)),
        ).toEqual([]);
        expect(tokens.filter(({ type }) => type.startsWith("html"))).toEqual([]);
      }
    }),
  );
});
