import { describe, expect, it } from "vitest";
import { looksLikePatch } from "../../src/diff/index.ts";
import { bytesOf } from "../support/patch-text.ts";

const SHA = "0123456789abcdef0123456789abcdef01234567";
const DIFF = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+x\n";

describe("looksLikePatch", () => {
  it.each<[string, string, boolean]>([
    ["git diff", DIFF, true],
    ["git log -p", `commit ${SHA}\nAuthor: A\n\n    m\n\n${DIFF}`, true],
    ["git diff-tree", `${SHA}\n${DIFF}`, true],
    ["a mail", `From ${SHA} Mon Sep 17\nSubject: x\n\n${DIFF}`, true],
    ["diff -u", "--- a\tdate\n+++ b\tdate\n@@ -1 +1 @@\n-a\n+b\n", true],
    ["bare hunks", "@@ -1 +1 @@\n-a\n+b\n", true],
    ["a mode change", "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n", true],
    ["blank lines first", `\n\n${DIFF}`, true],
    ["CR LF", DIFF.replaceAll("\n", "\r\n"), true],
    ["git log without patches", `commit ${SHA}\nAuthor: A\n\n    m\n`, false],
    ["prose that quotes a diff", `Here is what I did:\n\n${DIFF}`, false],
    ["YAML", "---\na: b\n", false],
    ["plain text", "const x = 1;\n", false],
    ["nothing", "", false],
  ])("takes %s: %s", (_name, text, expected) => {
    expect(looksLikePatch(bytesOf(text))).toBe(expected);
  });
});
