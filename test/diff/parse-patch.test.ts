import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePatch, PatchError, touchesAdded } from "../../src/diff/index.ts";
import { bytesOf, readable } from "../support/patch-text.ts";

function errorOf(patch: string): unknown {
  try {
    parsePatch(patch);
    return null;
  } catch (error) {
    return error;
  }
}

describe("parsePatch", () => {
  it.each<[string, string, ReturnType<typeof readable>]>([
    ["an empty patch", "", []],
    ["a new file", "@@ -0,0 +1,2 @@\n+a\n+b", [{ start: 1, text: "a\nb\n", added: "1-2" }]],
    [
      "context, removed and added lines",
      "@@ -3,3 +3,4 @@ function x()\n a\n-b\n+c\n+d\n e",
      [{ start: 3, text: "a\nc\nd\ne\n", added: "4-5" }],
    ],
    [
      "two hunks",
      "@@ -1 +1,2 @@\n a\n+b\n@@ -9,2 +10 @@\n-x\n-y\n+z",
      [
        { start: 1, text: "a\nb\n", added: "2-2" },
        { start: 10, text: "z\n", added: "10-10" },
      ],
    ],
    ["only removed lines", "@@ -1,2 +0,0 @@\n-a\n-b", []],
    [
      "no newline at the end of the new file",
      "@@ -0,0 +1 @@\n+a\n\\ No newline at end of file",
      [{ start: 1, text: "a", added: "1-1" }],
    ],
    [
      "no newline at the end of the old file only",
      "@@ -1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b",
      [{ start: 1, text: "a\nb\n", added: "1-2" }],
    ],
    [
      "no newline at the end of both",
      "@@ -1,2 +1,2 @@\n-a\n+b\n c\n\\ No newline at end of file",
      [{ start: 1, text: "b\nc", added: "1-1" }],
    ],
    [
      "lines that end in CR LF",
      "@@ -0,0 +1,2 @@\n+a\r\n+b\r",
      [{ start: 1, text: "a\r\nb\r\n", added: "1-2" }],
    ],
    ["a lone CR inside a line", "@@ -0,0 +1 @@\n+a\r+b", [{ start: 1, text: "a\r+b\n", added: "1-1" }]],
    [
      "content that looks like a header",
      "@@ -1,2 +1,3 @@\n @@ -1 +1 @@\n+++ b/other\n+@@ -1 +1 @@\n--- a/other",
      [{ start: 1, text: "@@ -1 +1 @@\n++ b/other\n@@ -1 +1 @@\n", added: "2-3" }],
    ],
    [
      "an empty context line without its space",
      "@@ -1,2 +1,3 @@\n a\n\n+b",
      [{ start: 1, text: "a\n\nb\n", added: "3-3" }],
    ],
    [
      "ranges that do not touch",
      "@@ -1,2 +1,4 @@\n+a\n b\n+c\n d",
      [{ start: 1, text: "a\nb\nc\nd\n", added: "1-1,3-3" }],
    ],
  ])("reads %s", (_name, patch, expected) => {
    expect(readable(parsePatch(patch))).toEqual(expected);
    expect(readable(parsePatch(bytesOf(patch)))).toEqual(expected);
  });

  it.each<[string, string, number]>([
    ["a hunk with too few lines", "@@ -1,2 +1,3 @@\n a\n+b", 4],
    ["a hunk with too many added lines", "@@ -0,0 +1 @@\n+a\n+b", 3],
    ["a hunk with too many context lines", "@@ -1 +1 @@\n a\n b", 3],
    ["a removed line over the count", "@@ -1 +1,2 @@\n-a\n-b\n+c\n+d", 3],
    ["a file header", "--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+a", 1],
    ["no header at all", "+a", 1],
    ["a header with negative numbers", "@@ --1 +1 @@\n+a", 1],
    ["a header with huge numbers", "@@ -1 +1,99999999999999999999 @@\n+a", 1],
    ["a strange sign in a hunk", "@@ -0,0 +1,2 @@\n+a\n*b", 3],
  ])("refuses %s", (_name, patch, line) => {
    const error = errorOf(patch);
    expect(error).toBeInstanceOf(PatchError);
    expect(error).toMatchObject({ code: "malformed_patch", retryable: false, line });
  });

  it("keeps bytes that are not UTF-8", () => {
    const patch = Uint8Array.of(...bytesOf("@@ -0,0 +1 @@\n+"), 0xff, 0x00, 0xc3, 0x0d);
    expect(parsePatch(patch)[0]?.text).toEqual(Uint8Array.of(0xff, 0x00, 0xc3, 0x0d, 0x0a));
  });

  it("throws only PatchError, whatever the input", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "@@ -1,2 +1,2 @@\n",
        "@@ -0,0 +1 @@\n",
        "+a\n",
        "-b\n",
        " c\n",
        "\n",
        "\\ No newline",
        "\r\n",
        "@@@",
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(errorOf(pieces.join(""))).toSatisfy((error) => error === null || error instanceof PatchError);
      }),
      { numRuns: 500 },
    );
  });

  it("takes a line of 20 MB and a million lines in time that grows with the size only", () => {
    const long = `@@ -0,0 +1 @@\n+${"x".repeat(20_000_000)}`;
    expect(parsePatch(long)[0]?.text.length).toBe(20_000_001);
    const many = `@@ -0,0 +1,1000000 @@\n${"+x\n".repeat(1_000_000)}`;
    expect(parsePatch(many)[0]?.added).toEqual([{ first: 1, last: 1_000_000 }]);
  });
});

describe("touchesAdded", () => {
  it.each([
    [1, 1, false],
    [2, 2, true],
    [1, 9, true],
    [3, 3, false],
  ])("says for %i..%i %s", (first, last, expected) => {
    expect(touchesAdded(parsePatch("@@ -1,2 +1,3 @@\n a\n+b\n c"), first, last)).toBe(expected);
  });
});
