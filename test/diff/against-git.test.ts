import * as fc from "fast-check";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Hunk, PatchFile } from "../../src/diff/index.ts";
import { git, gitText, HISTORY, temporaryDirectory, writeHistory } from "../support/git-history.ts";
import { readPatch } from "../support/patch-text.ts";

const temporary = temporaryDirectory();
let count = 0;
afterAll(() => temporary.remove());

/** What git itself says of one file of one commit, read from its NUL-separated output. */
interface RawFile {
  readonly path: string;
  readonly oldBlobs: readonly string[];
  readonly blob: string;
  readonly mode: string;
}

function rawFiles(directory: string, commit: string, flags: readonly string[]): RawFile[] {
  const out = git(directory, [
    "diff-tree",
    "-r",
    "-c",
    "--root",
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-commit-id",
    ...flags,
    commit,
  ]);
  const fields = new TextDecoder("utf-8", { ignoreBOM: true }).decode(out).split("\0").slice(0, -1);
  const files: RawFile[] = [];
  while (fields.length > 0) {
    const head = fields.shift() ?? "";
    const parts = head.replace(/^:+/, "").split(" ");
    const parents = head.length - head.replace(/^:+/, "").length;
    const status = parts.at(-1) ?? "";
    // The combined format names the new path alone.
    if (parents === 1 && /^[RC]/.test(status)) fields.shift();
    files.push({
      path: fields.shift() ?? "",
      oldBlobs: parts.slice(parents + 1, parents * 2 + 1),
      blob: parts[parents * 2 + 1] ?? "",
      mode: parts[parents] ?? "",
    });
  }
  return files;
}

function linesOf(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes).toString("latin1");
  return text === "" ? [] : text.split(/(?<=\n)/);
}

function blobLines(directory: string, blob: string): string[] {
  return /^0+$/.test(blob) ? [] : linesOf(git(directory, ["cat-file", "blob", blob]));
}

/** Numbers of the lines that `git diff` of two blobs calls added, from the headers of hunks without context. */
function addedByGit(directory: string, oldBlob: string, newBlob: string): number[] {
  const nothing = gitText(directory, ["hash-object", "-w", "--stdin"], "").trim();
  const [a, b] = [oldBlob, newBlob].map((blob) => (/^0+$/.test(blob) ? nothing : blob));
  const out = gitText(directory, ["diff", "--text", "-U0", a ?? "", b ?? ""]);
  return out.split("\n").flatMap((line) => {
    const match = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (match === null) return [];
    return Array.from({ length: Number(match[2] ?? 1) }, (_, offset) => Number(match[1]) + offset);
  });
}

function numbers(hunks: readonly Hunk[]): number[] {
  return hunks.flatMap((hunk) =>
    hunk.added.flatMap(({ first, last }) =>
      Array.from({ length: last - first + 1 }, (_, offset) => first + offset),
    ),
  );
}

function checkFile(directory: string, file: PatchFile, raw: RawFile): void {
  expect(file.problem).toBe(null);
  if (raw.mode === "160000" || raw.oldBlobs.includes("1".repeat(40))) return;
  const lines = blobLines(directory, raw.blob);
  // Git shows no binary content of a merge, whatever --text says (seen with 2.39).
  if (raw.oldBlobs.length > 1 && file.binary) return;
  for (const hunk of file.hunks) {
    const text = linesOf(hunk.text);
    const isCombined = raw.oldBlobs.length > 1;
    const expected = lines.slice(hunk.newStart - 1, hunk.newStart - 1 + text.length);
    // Git's combined format does not say that the last line has no line end.
    if (isCombined && expected.at(-1)?.endsWith("\n") === false) expected.push(`${expected.pop() ?? ""}\n`);
    expect(text).toEqual(expected);
  }
  const [first, ...others] = raw.oldBlobs.map((blob) => addedByGit(directory, blob, raw.blob));
  const against = (first ?? []).filter((line) => others.every((each) => each.includes(line)));
  expect(numbers(file.hunks)).toEqual(against);
}

describe("against git", () => {
  it.each([
    ["combined, without renames", ["--no-renames"]],
    ["with renames", ["-M"]],
  ])("reports the lines that git adds, in generated histories (%s)", (_name, flags) => {
    fc.assert(
      fc.property(HISTORY, fc.integer({ min: 1, max: 4000 }), (history, size) => {
        const directory = join(temporary.path, String(count++));
        const commits = writeHistory(directory, history);
        for (const commit of commits) {
          const out = git(directory, [
            "diff-tree",
            "-r",
            "-c",
            "--root",
            "-p",
            "--text",
            "--full-index",
            ...flags,
            commit,
          ]);
          const records = readPatch(out, size);
          const files = records.filter((record) => record.kind === "file");
          const raw = rawFiles(directory, commit, flags);
          // A merge that only moves a file shows nothing of it.
          const kept = raw.filter(
            (file) =>
              file.mode !== "000000" &&
              (file.oldBlobs.length === 1 || file.oldBlobs.some((blob) => blob !== file.blob)),
          );
          expect(files.filter((file) => file.newPath !== null).map((file) => file.newPath)).toEqual(
            // A file that becomes a symlink or a submodule is shown as removed and added.
            expect.arrayContaining(kept.map((file) => file.path)),
          );
          for (const rawFile of kept) {
            const found = files.filter((file) => file.newPath === rawFile.path);
            expect(found).toHaveLength(1);
            const typeChanged = files.some((file) => file.newPath === null && file.oldPath === rawFile.path);
            const [file] = found;
            if (file !== undefined && !typeChanged) checkFile(directory, file, rawFile);
          }
          expect(
            records.filter((record) => record.kind === "text").every((record) => record.bytes.length <= 42),
          ).toBe(true);
        }
      }),
      { numRuns: 20 },
    );
  });
});
