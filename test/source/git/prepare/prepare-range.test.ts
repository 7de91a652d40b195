import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { createGitMirrors } from "../../../../src/source/git/index.ts";
import { git, gitText, HISTORY } from "../../../support/git-history.ts";
import {
  at,
  chain,
  linear,
  NEVER,
  NOWHERE,
  readAll,
  remoteRepository,
  treeOf,
} from "../../../support/remote-repository.ts";
import type { RemoteRepository } from "../../../support/remote-repository.ts";

let open: RemoteRepository[] = [];
afterEach(() => {
  for (const repository of open) repository.remove();
  open = [];
});

function repositoryOf(...args: Parameters<typeof remoteRepository>): RemoteRepository {
  const repository = remoteRepository(...args);
  open.push(repository);
  return repository;
}

const ZERO = "0".repeat(40);

describe("preparing a range", () => {
  it("fetches commits and trees once and blobs once, as deep as GitHub said", async () => {
    const repository = repositoryOf(chain(30));
    const request = { include: [at(repository, -1)], exclude: [at(repository, -4)], commitCount: 3 };
    const prepared = await repository.source.prepare(request, NEVER);
    expect(prepared.commits.map(({ sha }) => sha)).toEqual(repository.commits.slice(-3).toReversed());
    expect(prepared.gaps).toEqual([]);
    expect(prepared.fetches.map(({ what, depth }) => [what, depth])).toEqual([
      ["commits", 4],
      ["blobs", null],
    ]);
    const contents = await readAll(
      repository.source,
      prepared.commits.map(({ sha }) => sha),
    );
    expect(contents.flatMap((content) => content.gaps)).toEqual([]);
    expect(contents.map((content) => content.files.map((file) => file.path))).not.toContainEqual(
      expect.arrayContaining(["same"]),
    );
  });

  it("fetches nothing a second time", async () => {
    const repository = repositoryOf(chain(5));
    const request = { include: [at(repository, -1)], exclude: [at(repository, -2)], commitCount: 1 };
    await repository.source.prepare(request, NEVER);
    expect((await repository.source.prepare(request, NEVER)).fetches).toEqual([]);
  });

  it.each([
    ["the number of commits is unknown", null],
    ["GitHub said too few", 1],
    ["GitHub said too many", 25],
  ])("finds the whole range where %s", async (_name, commitCount) => {
    const repository = repositoryOf(chain(120));
    const request = { include: [at(repository, -1)], exclude: [at(repository, -101)], commitCount };
    const prepared = await repository.source.prepare(request, NEVER);
    expect(prepared.commits.map(({ sha }) => sha)).toEqual(repository.commits.slice(-100).toReversed());
    expect(prepared.gaps).toEqual([]);
  });

  it("lists a new branch whole where nothing is excluded, its root included", async () => {
    const repository = repositoryOf(chain(3));
    const prepared = await repository.source.prepare(
      { include: [at(repository, -1)], exclude: [ZERO], commitCount: 3 },
      NEVER,
    );
    expect(prepared.commits).toHaveLength(3);
    const contents = await readAll(
      repository.source,
      prepared.commits.map(({ sha }) => sha),
    );
    expect(contents.at(-1)?.files.map((file) => file.path)).toEqual(["dir/f", "other0", "same"]);
  });

  it("reads what a force-push added, though no ref leads to what it replaced", async () => {
    const repository = repositoryOf([
      { parents: [], tree: treeOf({ f: "0\n" }) },
      { parents: [0], tree: treeOf({ f: "dropped\n" }) },
      { parents: [0], tree: treeOf({ f: "new\n" }) },
    ]);
    git(repository.remote, ["update-ref", "-d", "refs/heads/c1"]);
    const request = { include: [at(repository, 2)], exclude: [at(repository, 1)], commitCount: 1 };
    const prepared = await repository.source.prepare(request, NEVER);
    expect(prepared.commits.map(({ sha }) => sha)).toEqual([at(repository, 2)]);
  });

  it("ignores an excluded commit that no longer exists", async () => {
    const repository = repositoryOf(chain(4));
    const request = { include: [at(repository, -1)], exclude: [NOWHERE], commitCount: 1 };
    const prepared = await repository.source.prepare(request, NEVER);
    expect(prepared.commits).toHaveLength(4);
    expect(prepared.gaps).toEqual([]);
    expect(prepared.fetches.length).toBeLessThanOrEqual(3);
  });

  it("states a gap for a tip that no longer exists, and reads the others", async () => {
    const repository = repositoryOf(chain(4));
    const request = {
      include: [NOWHERE, at(repository, -1)],
      exclude: [],
      commitCount: 4,
      refs: ["refs/heads/c3"],
    };
    const prepared = await repository.source.prepare(request, NEVER);
    expect(prepared.commits).toHaveLength(4);
    expect(prepared.gaps).toMatchObject([{ reason: "unavailable", commit: NOWHERE }]);
  });

  it("reads the newest commits up to the limit and says that there are more", async () => {
    const repository = repositoryOf(chain(40), { commits: 10 });
    const prepared = await repository.source.prepare(
      { include: [at(repository, -1)], exclude: [], commitCount: null },
      NEVER,
    );
    expect(prepared.commits.map(({ sha }) => sha)).toEqual(repository.commits.slice(-10).toReversed());
    expect(prepared.gaps.map((gap) => gap.reason)).toEqual(["too_many_commits"]);
    const contents = await readAll(
      repository.source,
      prepared.commits.map(({ sha }) => sha),
    );
    expect(contents.map((content) => content.files.length)).toEqual(Array.from({ length: 10 }, () => 3));
  });

  it("states a gap where the range changes too many files", async () => {
    const repository = repositoryOf(chain(10), { files: 9 });
    const prepared = await repository.source.prepare(
      { include: [at(repository, -1)], exclude: [at(repository, -6)], commitCount: 5 },
      NEVER,
    );
    expect(prepared.commits).toHaveLength(3);
    expect(prepared.gaps).toMatchObject([{ reason: "too_many_files" }]);
  });

  it("survives a tree that names billions of paths", async () => {
    const repository = repositoryOf(linear([{ a: "a\n" }]));
    const { remote } = repository;
    let object = gitText(remote, ["hash-object", "-w", "--stdin"], "bomb\n").trim();
    for (let depth = 0; depth < 12; depth++) {
      const type = depth === 0 ? "100644 blob" : "040000 tree";
      const entries = Array.from({ length: 10 }, (_, index) => `${type} ${object}\t${index}\n`).join("");
      object = gitText(remote, ["mktree"], entries).trim();
    }
    const bomb = gitText(remote, ["commit-tree", "-p", at(repository, 0), "-m", "bomb", object]).trim();
    const tree = gitText(remote, ["rev-parse", `${at(repository, 0)}^{tree}`]).trim();
    const after = gitText(remote, ["commit-tree", "-p", at(repository, 0), "-m", "after", tree]).trim();
    const prepared = await repository.source.prepare(
      { include: [bomb, after], exclude: [at(repository, 0)], commitCount: 2 },
      NEVER,
    );
    const contents = await readAll(
      repository.source,
      prepared.commits.map(({ sha }) => sha),
    );
    const gaps = Object.fromEntries(
      contents.map((content) => [content.sha, content.gaps.map((gap) => gap.reason)]),
    );
    expect(gaps).toEqual({ [bomb]: ["too_many_files"], [after]: [] });
  });

  it("has nothing to do for a branch that was deleted", async () => {
    const repository = repositoryOf(chain(1));
    const prepared = await repository.source.prepare(
      { include: [ZERO], exclude: [at(repository, 0)], commitCount: 0 },
      NEVER,
    );
    expect(prepared).toEqual({ commits: [], gaps: [], fetches: [] });
  });

  it("lists the same commits as git, on any history, from an empty mirror", async () => {
    await fc.assert(
      fc.asyncProperty(
        HISTORY,
        fc.nat(7),
        fc.nat(7),
        fc.option(fc.nat(4)),
        async (history, head, base, commitCount) => {
          const repository = remoteRepository(history);
          try {
            const [include, exclude] = [head, base].map((index) =>
              at(repository, index % repository.commits.length),
            );
            const listed = gitText(repository.remote, ["rev-list", include ?? "", `^${exclude ?? ""}`])
              .split("\n")
              .filter((line) => line !== "");
            const request = { include: [include ?? ""], exclude: [exclude ?? ""], commitCount };
            const prepared = await repository.source.prepare(request, NEVER);
            expect(prepared.gaps).toEqual([]);
            expect(prepared.commits.map(({ sha }) => sha).toSorted()).toEqual(listed.toSorted());
            for (const content of await readAll(repository.source, listed)) expect(content.gaps).toEqual([]);
          } finally {
            repository.remove();
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe("a list that cannot be whole", () => {
  it("where the remote itself lacks a parent: a gap, and the commit without its parent is not listed", async () => {
    const repository = repositoryOf(chain(5));
    writeFileSync(join(repository.remote, "shallow"), `${at(repository, 2)}\n`);
    const range = { include: [at(repository, -1)], exclude: [], commitCount: null };
    const prepared = await repository.source.prepare(range, NEVER);
    expect(prepared.commits.map(({ sha }) => sha)).toEqual([at(repository, 4), at(repository, 3)]);
    expect(prepared.gaps).toMatchObject([{ reason: "too_many_commits" }]);
  });
});

describe("a range of which GitHub says that it is smaller than it seems", () => {
  it("gets more of what it excludes, until the long way to a common commit is here", async () => {
    // u1 and u2 are a branch. main holds u1 by a long way, and the commit before u1 by a short one.
    const commit = (...parents: number[]) => ({ parents, tree: treeOf({ a: `${parents.join()}\n` }) });
    const [root, fork, u1, u2] = [0, 1, 2, 3];
    const way = Array.from({ length: 40 }, (_, index) => commit(index === 0 ? u1 : u2 + index));
    const history = [commit(), commit(root), commit(fork), commit(u1), ...way];
    history.push(commit(history.length - 1, fork));
    const repository = repositoryOf(history);
    const range = { include: [at(repository, u2)], exclude: [at(repository, -1)], commitCount: 1 };
    const prepared = await repository.source.prepare(range, NEVER);
    expect(prepared.commits.map(({ sha }) => sha)).toEqual([at(repository, u2)]);
    expect(prepared.gaps).toEqual([]);
  });
});

describe("preparing single commits", () => {
  it("brings each with its parents, and nothing of the history before", async () => {
    const repository = repositoryOf(chain(30));
    const tip = at(repository, -1);
    const prepared = await repository.source.prepareTips([tip], [], NEVER);
    expect(prepared.commits).toMatchObject([{ sha: tip, parents: [at(repository, -2)] }]);
    expect(prepared.fetches.map(({ what, depth }) => [what, depth])).toEqual([
      ["commits", 2],
      ["blobs", null],
    ]);
    const [content] = await readAll(repository.source, [tip]);
    expect(content?.gaps).toEqual([]);
    expect((await repository.source.prepareTips([tip], [], NEVER)).fetches).toEqual([]);
  });

  it("fetches the parents of a commit at the edge of a shallow history", async () => {
    const repository = repositoryOf(chain(5));
    const range = { include: [at(repository, -1)], exclude: [at(repository, -2)], commitCount: 1 };
    await repository.source.prepare(range, NEVER);
    const edge = at(repository, -2);
    const prepared = await repository.source.prepareTips([edge], [], NEVER);
    expect(prepared.gaps).toEqual([]);
    const [content] = await readAll(repository.source, [edge]);
    expect(content?.gaps).toEqual([]);
    expect(content?.files).not.toEqual([]);
  });

  it("states a gap for a commit that the remote does not have", async () => {
    const repository = repositoryOf(chain(2));
    const prepared = await repository.source.prepareTips([NOWHERE, at(repository, 1)], [], NEVER);
    expect(prepared.commits.map(({ sha }) => sha)).toEqual([at(repository, 1)]);
    expect(prepared.gaps).toMatchObject([{ reason: "unavailable", commit: NOWHERE }]);
  });

  it("states a gap where commits change too many files", async () => {
    const repository = repositoryOf(chain(3), { files: 3 });
    const [, first = "", second = ""] = repository.commits;
    const prepared = await repository.source.prepareTips([first, second], [], NEVER);
    expect(prepared.commits.map(({ sha }) => sha)).toEqual([first]);
    expect(prepared.gaps).toMatchObject([{ reason: "too_many_files" }]);
  });
});

describe("a remote that lacks a blob", () => {
  it("leaves a gap for that file alone", async () => {
    const repository = repositoryOf(linear([{ a: "0\n" }, { a: "1\n", b: "2\n" }]));
    const lost = gitText(repository.remote, ["rev-parse", `${at(repository, 1)}:a`]).trim();
    rmSync(join(repository.remote, "objects", lost.slice(0, 2), lost.slice(2)));
    const request = { include: [at(repository, 1)], exclude: [at(repository, 0)], commitCount: 1 };
    await repository.source.prepare(request, NEVER);
    const [content] = await readAll(repository.source, [at(repository, 1)]);
    const kinds = Object.fromEntries((content?.files ?? []).map((file) => [file.path, file.content.kind]));
    expect(kinds).toEqual({ a: "gap", b: "hunks" });
  });
});

describe("a machine without git", () => {
  it("gets the advice to install it", async () => {
    const mirrors = createGitMirrors({
      directory: repositoryOf(chain(1)).directory,
      environment: { PATH: "/nowhere" },
    });
    const source = mirrors.open({ id: 8, url: "https://example.invalid/o/r.git", token: async () => null });
    const error: unknown = await source
      .prepare({ include: [NOWHERE], exclude: [], commitCount: 1 }, NEVER)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "no_git", retryable: false });
  });
});

describe("tags", () => {
  it("fetches the commits that an annotated tag marks", async () => {
    const repository = repositoryOf(chain(2));
    git(repository.remote, ["tag", "-a", "-m", "words of the tag", "v1", at(repository, 1)]);
    const tag = gitText(repository.remote, ["rev-parse", "refs/tags/v1"]).trim();
    const prepared = await repository.source.prepare(
      { include: [tag], exclude: [], commitCount: null },
      NEVER,
    );
    expect(prepared.commits).toHaveLength(2);
  });

  it("states a gap for a tag that marks no commit", async () => {
    const repository = repositoryOf(chain(1));
    const blob = gitText(repository.remote, ["rev-parse", `${at(repository, 0)}:same`]).trim();
    git(repository.remote, ["tag", "-a", "-m", "words", "v1", blob]);
    const tag = gitText(repository.remote, ["rev-parse", "refs/tags/v1"]).trim();
    const prepared = await repository.source.prepare(
      { include: [tag], exclude: [], commitCount: null },
      NEVER,
    );
    expect(prepared.gaps).toMatchObject([{ commit: tag }]);
  });
});
