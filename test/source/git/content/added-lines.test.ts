import { describe, expect, it } from "vitest";
import { parsePatch } from "../../../../src/diff/index.ts";
import {
  addedAgainstAll,
  countsLinesLikeGit,
  wholeHunk,
} from "../../../../src/source/git/content/added-lines.ts";

describe("addedAgainstAll", () => {
  it.each<[string, string[], string]>([
    ["one parent", ["@@ -1 +1,3 @@\n a\n+b\n+c"], "2-3"],
    ["the same lines against both", ["@@ -1 +1,2 @@\n a\n+b", "@@ -1 +1,2 @@\n a\n+b"], "2-2"],
    ["an overlap", ["@@ -0,0 +1,4 @@\n+a\n+b\n+c\n+d", "@@ -1,2 +1,4 @@\n a\n+b\n+c\n d"], "2-3"],
    ["lines from one parent each", ["@@ -1 +1,2 @@\n+a\n b", "@@ -1 +1,2 @@\n a\n+b"], ""],
    [
      "three parents",
      ["@@ -0,0 +1,3 @@\n+a\n+b\n+c", "@@ -1 +1,3 @@\n+a\n b\n+c", "@@ -1 +1,3 @@\n a\n+b\n+c"],
      "3-3",
    ],
  ])("with %s", (_name, patches, expected) => {
    const hunks = addedAgainstAll(patches.map((patch) => parsePatch(patch)));
    expect(
      hunks
        .flatMap((hunk) => hunk.added)
        .map(({ first, last }) => `${first}-${last}`)
        .join(","),
    ).toBe(expected);
  });
});

describe("whole files", () => {
  it.each([
    ["a\nb\n", 2],
    ["a\nb", 2],
    ["a", 1],
    ["\n", 1],
  ])("counts the lines of %j", (text, last) => {
    expect(wholeHunk(Buffer.from(text)).added).toEqual([{ first: 1, last }]);
  });

  it.each<[string, Uint8Array, boolean]>([
    ["UTF-16 with ordinary line ends", Buffer.from("\ufeffab\ncd\n", "utf16le"), true],
    ["UTF-16 with a character that has byte 10", Buffer.from("\ufeffab\n\u0a05\u010a\n", "utf16le"), false],
    ["binary", Buffer.from("\u0000abcdefghij\nabc\u0000\n"), true],
  ])("says whether git counts the lines of %s as a reader does", (_name, bytes, expected) => {
    expect(countsLinesLikeGit(bytes)).toBe(expected);
  });
});
