import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { markersOf } from "../../../src/report/index.ts";
import { byteLength } from "../../../src/report/markdown.ts";
import { fitsInBody } from "../../../src/report/issue/render.ts";
import { madeFinding } from "../../support/reported.ts";
import { leakOf } from "../../support/texts/index.ts";
import { MARKER, issue } from "../../support/rendered-issue.ts";

const leak = leakOf(madeFinding());
const grown = leakOf(madeFinding({ path: "new/place.ts" }), madeFinding());

/** Lines that people write, with either line end. */
const piece = fc.constantFrom(
  "@ann did it",
  "- [x] done",
  "- [x] **1.** x",
  "<!-- note -->",
  "> quoted",
  "",
  "ä\u{1f511}",
);
const text = fc
  .tuple(fc.array(piece, { maxLength: 6 }), fc.constantFrom("\n", "\r\n"))
  .map(([lines, end]) => lines.map((line) => line + end).join(""));

describe("people's edits outside of Rollcall's section", () => {
  test("survive every update, to the byte", () => {
    fc.assert(
      fc.property(text, text, (above, below) => {
        const edited = above + issue(leak).body + below;
        const { body } = issue(grown, { previousBody: edited });
        expect(body.startsWith(above)).toBe(true);
        expect(body.endsWith(below)).toBe(true);
        expect(body).toBe(above + issue(grown).body + below);
        expect(issue(grown, { previousBody: body }).body).toBe(body);
      }),
    );
  });

  test("survive in an issue that a browser saved with its own line ends", () => {
    const edited = `Above\r\n${issue(leak).body.replaceAll("\n", "\r\n")}Below\r\n`;
    expect(issue(grown, { previousBody: edited }).body).toBe(`Above\r\n${issue(grown).body}Below\r\n`);
  });

  test.each(["begin", "end"])("survive if a person removed the line `%s`", (which) => {
    const line = issue(leak)
      .body.split("\n")
      .find((each) => each.startsWith(`<!-- rollcall:${which}`));
    const edited = `Mine\n${issue(leak).body.replace(`${line ?? "none"}\n`, "")}Mine too\n`;
    const once = issue(grown, { previousBody: edited }).body;
    expect(once).toContain("Mine\n");
    expect(once).toContain("Mine too\n");
    expect(markersOf(once)).toEqual([MARKER]);
    expect(issue(grown, { previousBody: once }).body).toBe(once);
  });

  test("survive if a person removed all of Rollcall's section", () => {
    const { body } = issue(leak, { previousBody: "Only mine\n" });
    expect(body).toBe(`${issue(leak).body}Only mine\n`);
  });

  test("an issue of the first version, which had no such lines, is replaced up to its marker", () => {
    const former = `Roll it.\n\n<!-- rollcall:${MARKER} -->\nBelow\n`;
    expect(issue(leak, { previousBody: former }).body).toBe(`${issue(leak).body}Below\n`);
  });

  test("a tick outside of the section ticks nothing in it", () => {
    const edited = `${issue(leak).body.replace("- [ ] **3.**", "- [x] **3.**")}- [x] **1.** mine\n`;
    expect(issue(leak, { previousBody: edited }).body).toBe(edited);
  });

  test("leave the list of places less room, and never make the body too long for GitHub", () => {
    const places = Array.from({ length: 1000 }, (_, index) =>
      madeFinding({ path: `src/long/path/${index}.ts` }),
    );
    const many = leakOf(madeFinding(), ...places);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 56_000 }), (length) => {
        const report = issue(many, { previousBody: `${issue(many).body}${"x".repeat(length)}` });
        expect(byteLength(report.body)).toBeLessThanOrEqual(65_535);
        expect(fitsInBody(report)).toBe(true);
        expect(report.body.endsWith("x".repeat(length))).toBe(true);
      }),
      { numRuns: 20 },
    );
    expect(fitsInBody(issue(many, { previousBody: "x".repeat(64_000) }))).toBe(false);
  });
});
