import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { GIT_LIMITS } from "../../../../src/source/git/index.ts";
import { Mirror } from "../../../../src/source/git/mirror/mirror.ts";
import { ObjectReader } from "../../../../src/source/git/objects/object-reader.ts";
import type { RawCommit } from "../../../../src/source/git/content/tree-diff.ts";
import { TreeDiffer } from "../../../../src/source/git/content/tree-diff.ts";
import { git, gitText, HISTORY } from "../../../support/git-history.ts";
import { linear, NEVER, remoteRepository, treeOf } from "../../../support/remote-repository.ts";
import type { RemoteRepository } from "../../../support/remote-repository.ts";

let open: RemoteRepository[] = [];
afterEach(() => {
  for (const repository of open) repository.remove();
  open = [];
});

async function changesOf(
  repository: RemoteRepository,
  commits: readonly string[],
  limit = 1_000,
): Promise<RawCommit[]> {
  open.push(repository);
  await repository.source.prepare({ include: commits, exclude: [], commitCount: null }, NEVER);
  const mirror = new Mirror(join(repository.directory, "7.git"), process.env);
  const reader = new ObjectReader(mirror, 10_000, NEVER);
  try {
    const differ = new TreeDiffer(reader, { ...GIT_LIMITS, filesPerCommit: limit });
    return await Promise.all(commits.map(async (sha) => await differ.changes(sha)));
  } finally {
    reader.close();
  }
}

/** The same from git: modes, objects and path of each entry, NUL-separated and decoded. */
function rawOfGit(remote: string, commit: string): string[] {
  const out = git(remote, [
    "diff-tree",
    "-r",
    "-c",
    "--root",
    "--raw",
    "-z",
    "--no-renames",
    "--no-abbrev",
    "--no-commit-id",
    commit,
  ]);
  const fields = new TextDecoder("utf-8", { ignoreBOM: true }).decode(out).split("\0").slice(0, -1);
  return fields.flatMap((field, index) =>
    index % 2 === 0 ? [`${field.replace(/^:+/, "").replace(/ [A-Z]+$/, "")} ${fields[index + 1] ?? ""}`] : [],
  );
}

function rawOfDiffer(commit: RawCommit | undefined): string[] {
  if (commit?.kind !== "changes") return [commit?.kind ?? "nothing"];
  return commit.changes.map((change) =>
    [
      ...change.old.map((side) => side.mode),
      change.mode,
      ...change.old.map((side) => side.blob),
      change.blob,
      change.path,
    ].join(" "),
  );
}

describe("TreeDiffer", () => {
  it("lists what git lists, in any history", async () => {
    await fc.assert(
      fc.asyncProperty(HISTORY, async (history) => {
        const repository = remoteRepository(history);
        const found = await changesOf(repository, repository.commits);
        for (const [index, commit] of repository.commits.entries()) {
          expect(rawOfDiffer(found[index]).toSorted()).toEqual(
            rawOfGit(repository.remote, commit).toSorted(),
          );
        }
        repository.remove();
      }),
      { numRuns: 25 },
    );
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ["a file becomes a folder", { a: "1" }, { "a/b": "1", "a/c": "2" }],
    ["a folder becomes a file", { "a/b": "1" }, { a: "1" }],
    [
      "names that sort around a slash",
      { "a.b": "1", "a/b": "1", a0: "1" },
      { "a.b": "2", "a/b": "2", a0: "2" },
    ],
    [
      "a file next to a folder with the same beginning",
      { "a-b": "1", "a/x": "1" },
      { "a-b": "1", "a/y": "1", a0: "1" },
    ],
    ["everything removed", { a: "1", "b/c/d": "2" }, {}],
    ["nothing changed", { a: "1" }, { a: "1" }],
  ])("agrees with git where %s", async (_name, before, after) => {
    const repository = remoteRepository(linear([before, after]));
    const [, second] = await changesOf(repository, repository.commits);
    expect(rawOfDiffer(second)).toEqual(rawOfGit(repository.remote, repository.commits[1] ?? ""));
  });

  it("ends at the limit", async () => {
    const files = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`f${index}`, String(index)]));
    const repository = remoteRepository([{ parents: [], tree: treeOf(files) }]);
    expect(await changesOf(repository, repository.commits, 11)).toMatchObject([{ kind: "changes" }]);
    expect(await changesOf(repository, repository.commits, 10)).toMatchObject([{ kind: "too_many" }]);
  });

  it("survives deeply nested empty folders", async () => {
    const repository = remoteRepository(linear([{ a: "a" }]));
    let tree = gitText(repository.remote, ["mktree"], "").trim();
    for (let depth = 0; depth < 12; depth++) {
      const entries = Array.from({ length: 10 }, (_, index) => `040000 tree ${tree}\t${index}\n`).join("");
      tree = gitText(repository.remote, ["mktree"], entries).trim();
    }
    const bomb = gitText(repository.remote, ["commit-tree", "-m", "bomb", tree]).trim();
    expect(await changesOf(repository, [bomb])).toMatchObject([{ kind: "too_many" }]);
  });
});
