import { describe, expect, test } from "vitest";
import { help } from "../../../src/cli/help.ts";
import { everyText } from "../../support/texts/index.ts";

/** Turns of phrase that need a second reading, and names that only the code uses. */
const AVOIDED = [
  /\bstands?\b/i,
  /\b(?:nobody|somebody)\b/i,
  /\bso that\b/i,
  /\bis no [a-z]/i,
  /\ball the same\b/i,
  /\bcould be had\b/i,
  /\bof its own\b/i,
  /^What (?:is|was|stays|has)\b/m,
  /\b(?:filed?|files) (?:an?|the|one) issues?\b/i,
  /\bissues? (?:is|are|was|were) filed\b/i,
  /\b(?:special_file|too_large|no_patch|api_failed|git_failed|too_many_\w+)\b/,
  /\bundefined\b|\[object|NaN|\bnull\b/,
  /[^.]\.\.(?:\s|$)/,
];

/** SARIF and YAML hold machine names next to the texts. */
const texts = [...everyText(), { name: "HELP", text: help("rollcall") }].filter(
  ({ name }) => !name.startsWith("SARIF"),
);

describe("no text that people read needs a second reading", () => {
  test.each(AVOIDED)("none matches %s", (phrase) => {
    expect(texts.filter(({ text }) => phrase.test(text)).map(({ name }) => name)).toEqual([]);
  });

  test("no sentence is said twice in one text", () => {
    const repetitive = texts.filter(({ name, text }) => {
      const [check = ""] = text.split("\n\n[annotation");
      const paragraphs = check.split("\n").filter((line) => /^[A-Z*].*\.$/.test(line));
      return name.startsWith("CHECK") && new Set(paragraphs).size < paragraphs.length;
    });
    expect(repetitive.map(({ name }) => name)).toEqual([]);
  });
});
