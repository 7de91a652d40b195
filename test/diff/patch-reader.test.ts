import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PatchFile, PatchRecord } from "../../src/diff/index.ts";
import { readable, readPatch, textOf } from "../support/patch-text.ts";

const SHA = "0123456789abcdef0123456789abcdef01234567";

function files(records: readonly PatchRecord[]): PatchFile[] {
  return records.filter((record) => record.kind === "file");
}

function texts(records: readonly PatchRecord[]): string[] {
  return records.filter((record) => record.kind === "text").map((record) => textOf(record.bytes));
}

function only(patch: string): PatchFile {
  const [file, ...rest] = files(readPatch(patch));
  expect(rest).toEqual([]);
  if (file === undefined) throw new Error("the patch holds no file");
  return file;
}

describe("PatchReader: files", () => {
  it.each<[string, string, Partial<PatchFile>]>([
    [
      "a new file",
      "diff --git a/x b/x\nnew file mode 100644\nindex 0000000..587be6b\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+x\n",
      { oldPath: null, newPath: "x", change: "added", mode: "100644", blob: "587be6b", problem: null },
    ],
    [
      "an empty new file",
      "diff --git a/x y b/x y\nnew file mode 100755\nindex 0000000..e69de29\n",
      { oldPath: null, newPath: "x y", change: "added", mode: "100755", hunks: [] },
    ],
    [
      "a removed file",
      "diff --git a/x b/x\ndeleted file mode 100644\nindex 587be6b..0000000\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n",
      { oldPath: "x", newPath: null, change: "removed", blob: null, hunks: [] },
    ],
    [
      "a mode change",
      "diff --git a/b b/x b/b b/x\nold mode 100644\nnew mode 100755\n",
      { oldPath: "b b/x", newPath: "b b/x", change: "changed", mode: "100755", hunks: [] },
    ],
    [
      "a pure rename",
      "diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n",
      { oldPath: "x", newPath: "y", change: "renamed", hunks: [] },
    ],
    [
      "a rename with an edit",
      "diff --git a/x b/y\nsimilarity index 90%\nrename from x\nrename to y\nindex 587be6b..587be6c 100644\n--- a/x\n+++ b/y\n@@ -0,0 +1 @@\n+x\n",
      { oldPath: "x", newPath: "y", change: "renamed", mode: "100644", blob: "587be6c" },
    ],
    [
      "a copy",
      "diff --git a/x b/y\nsimilarity index 100%\ncopy from x\ncopy to y\n",
      { oldPath: "x", newPath: "y", change: "copied" },
    ],
    [
      "a quoted name",
      'diff --git "a/we\\"ird\\t\\303\\251\\nname" "b/we\\"ird\\t\\303\\251\\nname"\nnew file mode 100644\n',
      { newPath: 'we"ird\té\nname' },
    ],
    [
      "a quoted name that is no UTF-8",
      'diff --git "a/\\377" "b/\\377"\n--- "a/\\377"\n+++ "b/\\377"\n@@ -0,0 +1 @@\n+x\n',
      { newPath: "\uFFFD" },
    ],
    [
      "a name with a space and its tab",
      "diff --git a/x y b/x y\n--- a/x y\t\n+++ b/x y\t\n@@ -0,0 +1 @@\n+x\n",
      { newPath: "x y" },
    ],
    [
      "a binary file",
      "diff --git a/x b/x\nindex 587be6b..587be6c 100644\nBinary files a/x and b/x differ\n",
      { newPath: "x", binary: true, hunks: [], blob: "587be6c" },
    ],
    [
      "a binary patch",
      "diff --git a/x b/x\nindex 587be6b..587be6c 100644\nGIT binary patch\nliteral 4\nLcmZQzWMT#Y01f~L\n\nliteral 3\nKcmZQzWMTvW00IC2\n\n",
      { newPath: "x", binary: true, hunks: [] },
    ],
    [
      "a submodule",
      `diff --git a/s b/s\nindex 587be6b..587be6c 160000\n--- a/s\n+++ b/s\n@@ -1 +1 @@\n-Subproject commit ${SHA}\n+Subproject commit ${SHA}\n`,
      { newPath: "s", mode: "160000" },
    ],
    [
      "names without prefixes",
      "diff --git src/x src/x\n--- src/x\n+++ src/x\n@@ -0,0 +1 @@\n+x\n",
      { oldPath: "src/x", newPath: "src/x" },
    ],
    [
      "a patch of diff -u",
      "--- old/x\t2020-12-06 10:00:00\n+++ new/x\t2020-12-06 10:00:01\n@@ -1 +1 @@\n-a\n+b\n",
      { oldPath: "old/x", newPath: "new/x", problem: null },
    ],
    ["bare hunks", "@@ -1 +1 @@\n-a\n+b\n", { oldPath: null, newPath: null, problem: null }],
    [
      "headers that end in CR LF",
      "diff --git a/x b/x\r\nindex 587be6b..587be6c 100644\r\n--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n",
      { newPath: "x", blob: "587be6c", problem: null },
    ],
  ])("reads %s", (_name, patch, expected) => {
    expect(only(patch)).toMatchObject(expected);
  });

  it("takes a line of a combined diff as added when it is added against every parent", () => {
    const file = only(
      `diff --cc f\nindex d6babc3,d8ff773..e055089\n--- a/f\n+++ b/f\n@@@ -1,4 -1,5 +1,5 @@@\n  one\n- ours\n -theirs\n -more\n++both\n +from ours\n+ from theirs\n  end\n`,
    );
    expect(file.problem).toBe(null);
    expect(file.blob).toBe("e055089");
    expect(readable(file.hunks)).toEqual([
      { start: 1, text: "one\nboth\nfrom ours\nfrom theirs\nend\n", added: "2-2" },
    ]);
  });

  it("reads several files of several commits, and the text between them", () => {
    const other = SHA.split("").reverse().join("");
    const file = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+x\n";
    const records = readPatch(
      `commit ${SHA} (HEAD)\nAuthor: A\n\n    message\n\n${file}${file}\ncommit ${other}\n\n    second\n${file}`,
    );
    expect(records.map((record) => [record.kind, record.commit])).toEqual([
      ["text", SHA],
      ["file", SHA],
      ["file", SHA],
      ["text", SHA],
      ["text", other],
      ["file", other],
    ]);
    expect(texts(records)[0]).toContain("    message\n");
  });

  it("recognizes the end of a mail", () => {
    const records = readPatch(
      `From ${SHA} Mon Sep 17 00:00:00 2001\nSubject: x\n---\n x | 1 +\n\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+x\n-- \n2.39.5\n`,
    );
    expect(files(records)).toMatchObject([{ commit: SHA, newPath: "x", problem: null }]);
    expect(texts(records)[1]).toBe("-- \n2.39.5\n");
  });

  it("does not mistake an indented message for a diff", () => {
    const records = readPatch(
      `commit ${SHA}\n\n    diff --git a/x b/x\n    --- a/x\n    +++ b/x\n    @@ -1,9 +0,0 @@\n    -hidden\n\ndiff --git a/y b/y\n--- a/y\n+++ b/y\n@@ -0,0 +1 @@\n+y\n`,
    );
    expect(files(records).map((file) => file.newPath)).toEqual(["y"]);
    expect(texts(records).join("")).toContain("-hidden");
  });

  it.each([
    ["too few lines", "@@ -0,0 +1,9 @@\n+one\n", "fewer"],
    ["too many lines", "@@ -0,0 +1 @@\n+one\n+two\n", "more"],
  ])("says that a hunk has %s, and drops none of them", (_name, hunk, problem) => {
    const next = "diff --git a/y b/y\n--- a/y\n+++ b/y\n@@ -0,0 +1 @@\n+y\n";
    const records = readPatch(`diff --git a/x b/x\n--- a/x\n+++ b/x\n${hunk}${next}`);
    const [x, y] = files(records);
    expect(x?.problem).toContain(problem);
    expect(y).toMatchObject({ newPath: "y", problem: null });
    const seen = [
      ...files(records).flatMap((file) => readable(file.hunks).map((each) => each.text)),
      ...texts(records),
    ];
    for (const word of hunk.match(/one|two/g) ?? []) expect(seen.join("")).toContain(word);
  });

  it("gives a file as soon as the next one begins", async () => {
    const { PatchReader } = await import("../../src/diff/index.ts");
    const reader = new PatchReader();
    const file = new TextEncoder().encode("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+x\n");
    expect(reader.push(file)).toEqual([]);
    expect(reader.push(file)).toHaveLength(1);
    expect(reader.end()).toHaveLength(1);
  });
});

describe("PatchReader: any input", () => {
  const line = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        "diff --git a/x b/x",
        'diff --git "a/\\t" "b/\\t"',
        "diff --cc x",
        "--- a/x",
        "+++ b/x",
        "--- /dev/null",
        "@@ -1,2 +1,2 @@",
        "@@ -0,0 +1 @@",
        "@@@ -1 -1 +1,2 @@@",
        "+plus",
        "-minus",
        " space",
        "++",
        "",
        "\\ No newline at end of file",
        "rename from x",
        "rename to y",
        "index 1234567..89abcde 100644",
        "new file mode 100644",
        "Binary files a/x and b/x differ",
        "GIT binary patch",
        "literal 4",
        `commit ${SHA}`,
        "\r",
      ),
    },
    { weight: 1, arbitrary: fc.string() },
  );
  const patch = fc.array(line, { maxLength: 40 }).map((lines) => lines.join("\n"));

  it("gives the same records however the bytes are cut", () => {
    fc.assert(
      fc.property(patch, fc.integer({ min: 1, max: 20 }), (text, size) => {
        expect(readPatch(text, size)).toEqual(readPatch(text));
      }),
      { numRuns: 300 },
    );
  });

  it("drops no line that begins with a plus sign", () => {
    fc.assert(
      fc.property(patch, fc.nat(39), (text, at) => {
        const lines = text.split("\n");
        lines.splice(at, 0, "+marker of the test");
        const records = readPatch(lines.join("\n"));
        const seen = records.some((record) =>
          record.kind === "text"
            ? textOf(record.bytes).includes("marker of the test")
            : record.hunks.some((hunk) => textOf(hunk.text).includes("marker of the test")),
        );
        expect(seen).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
