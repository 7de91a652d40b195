import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChangedFile } from "../../../src/source/index.ts";
import { git, gitText, HISTORY } from "../../support/git-history.ts";
import { NEVER, readAll, remoteRepository } from "../../support/remote-repository.ts";

describe("against git", () => {
  function addedByGit(remote: string, oldBlob: string | undefined, newBlob: string): string {
    const nothing = gitText(remote, ["hash-object", "-w", "--stdin"], "").trim();
    const out = gitText(remote, ["diff", "--text", "-U3", oldBlob ?? nothing, newBlob]);
    let line = 0;
    const numbers: number[] = [];
    for (const each of out.split("\n")) {
      const header = /^@@ -\S+ \+(\d+)/.exec(each);
      if (header !== null) line = Number(header[1]);
      else if (line > 0 && each.startsWith("+")) numbers.push(line++);
      else if (line > 0 && each.startsWith(" ")) line++;
    }
    return numbers.join(",");
  }

  function blobAt(remote: string, commit: string, file: ChangedFile): string | undefined {
    const tree = git(remote, ["ls-tree", "-r", "-z", commit]);
    const entries = new TextDecoder("utf-8", { ignoreBOM: true }).decode(tree).split("\0");
    const kind = file.form === "symlink" ? "120000" : "100";
    return entries
      .map((entry) => /^(\d+) blob (\w+)\t([^]*)$/.exec(entry))
      .find((match) => match?.[3] === file.path && (match[1] ?? "").startsWith(kind))?.[2];
  }

  function numbers(file: ChangedFile): string | null {
    if (file.content.kind !== "hunks" && file.content.kind !== "whole") return null;
    const { hunks } = file.content;
    if (hunks === null) return null;
    return hunks
      .flatMap((hunk) => hunk.added)
      .flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, offset) => first + offset))
      .join(",");
  }

  it("reports the lines that git adds against every parent, and leaves no changed path out", async () => {
    await fc.assert(
      fc.asyncProperty(HISTORY, async (history) => {
        const repository = remoteRepository(history);
        try {
          const { remote, commits, source } = repository;
          const prepared = await source.prepare({ include: commits, exclude: [], commitCount: null }, NEVER);
          expect(prepared.gaps).toEqual([]);
          expect(prepared.commits.map(({ sha }) => sha).toSorted()).toEqual([...new Set(commits)].toSorted());
          for (const content of await readAll(source, commits)) {
            expect(content.gaps).toEqual([]);
            const raw = git(remote, [
              "diff-tree",
              "-r",
              "-c",
              "--root",
              "--name-only",
              "-z",
              "--no-commit-id",
              "--diff-filter=d",
              "-M",
              content.sha,
            ]);
            const expected = new TextDecoder("utf-8", { ignoreBOM: true })
              .decode(raw)
              .split("\0")
              .slice(0, -1);
            expect(content.files.map((file) => file.path)).toEqual(expect.arrayContaining(expected));
            for (const file of content.files) {
              expect(file.content.kind).not.toBe("gap");
              const found = numbers(file);
              const olds = content.parents.map((parent) => blobAt(remote, parent, file));
              // A file that git sees as renamed has its old side elsewhere; whole files count every line.
              if (found === null || file.blob === null || olds.length === 0 || olds.includes(undefined))
                continue;
              const sides = olds.map((old) => addedByGit(remote, old, file.blob ?? "").split(","));
              const [first, ...others] = sides;
              const against = (first ?? []).filter((line) => others.every((side) => side.includes(line)));
              expect(found).toBe(against.join(","));
            }
          }
        } finally {
          repository.remove();
        }
      }),
      { numRuns: 15 },
    );
  });
});
