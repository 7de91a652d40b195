import { afterEach, describe, expect, it } from "vitest";
import type { ChangedFile, CommitContent } from "../../../src/source/index.ts";
import type { HistoryCommit, HistoryFile } from "../../support/git-history.ts";
import { readable } from "../../support/patch-text.ts";
import { linear, NEVER, readAll, remoteRepository, treeOf } from "../../support/remote-repository.ts";
import type { RemoteRepository } from "../../support/remote-repository.ts";

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

async function readHistory(
  history: readonly HistoryCommit[],
  limits: Parameters<typeof remoteRepository>[1] = {},
) {
  const repository = repositoryOf(history, limits);
  const tip = repository.commits.at(-1) ?? "";
  const prepared = await repository.source.prepare({ include: [tip], exclude: [], commitCount: null }, NEVER);
  const contents = await readAll(
    repository.source,
    prepared.commits.map(({ sha }) => sha),
  );
  return { repository, prepared, contents, last: contents.find((content) => content.sha === tip) };
}

function files(content: CommitContent | undefined): Record<string, ChangedFile> {
  return Object.fromEntries((content?.files ?? []).map((file) => [file.path, file]));
}

function shown(file: ChangedFile | undefined): unknown {
  if (file?.content.kind === "hunks") return readable(file.content.hunks);
  if (file?.content.kind === "whole") {
    const { bytes, hunks } = file.content;
    return { whole: Buffer.from(bytes).toString("latin1"), hunks: hunks === null ? null : readable(hunks) };
  }
  return file?.content.kind === "gap" ? file.content.gap.reason : file?.content.kind;
}

describe("reading a commit", () => {
  const before = {
    same: "same\n",
    edited: "1\n2\n3\n4\n5\n6\n7\n8\n",
    removed: "gone\n",
    moved: "stays as it is\n".repeat(20),
    edited_moved: "many lines that stay\n".repeat(30),
    mode: "x\n",
    link: "was a file\n",
    binary: "a\u0000b\nc\n",
  };
  const after: Record<string, string | HistoryFile | null> = {
    same: "same\n",
    edited: "1\n2\n3\n4\nfive\n6\n7\n8",
    "moved to": before.moved,
    edited_moved_to: `${before.edited_moved}one more\n`,
    mode: { mode: "100755", bytes: Buffer.from("x\n") },
    link: { mode: "120000", bytes: Buffer.from("target/of the link") },
    binary: "a\u0000b\nc\nd\n",
    submodule: null,
    empty: "",
    new: "one\ntwo\n",
    no_end: "one\r\ntwo",
    lfs: "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
    utf16: { mode: "100644", bytes: Buffer.from("\ufeffa\nb\n", "utf16le") },
  };

  it.each<[string, unknown]>([
    ["edited", [{ start: 2, text: "2\n3\n4\nfive\n6\n7\n8", added: "5-5,8-8" }]],
    ["removed", "none"],
    ["moved to", "none"],
    ["mode", "none"],
    ["submodule", "none"],
    ["empty", "none"],
    ["link", [{ start: 1, text: "target/of the link", added: "1-1" }]],
    ["new", [{ start: 1, text: "one\ntwo\n", added: "1-2" }]],
    ["no_end", [{ start: 1, text: "one\r\ntwo", added: "1-2" }]],
    ["binary", { whole: "a\u0000b\nc\nd\n", hunks: [{ start: 1, text: "a\u0000b\nc\nd\n", added: "3-3" }] }],
    ["utf16", { whole: Buffer.from("\ufeffa\nb\n", "utf16le").toString("latin1"), hunks: null }],
  ])("shows a file that is %s correctly", async (path, expected) => {
    const { last } = await readHistory(linear([before, after]));
    expect(last?.gaps).toEqual([]);
    expect(shown(files(last)[path])).toEqual(expected);
  });

  it("follows a file that was renamed and edited, and reports the new lines alone", async () => {
    const { last } = await readHistory(linear([before, after]));
    const file = files(last)["edited_moved_to"];
    expect(file?.content).toMatchObject({ kind: "hunks", hunks: [{ added: [{ first: 31, last: 31 }] }] });
    expect(files(last)).not.toHaveProperty("edited_moved");
  });

  it.each([
    ["submodule", "submodule"],
    ["link", "symlink"],
    ["lfs", "lfs_pointer"],
    ["new", undefined],
  ])("reports the form of %s as %s", async (path, form) => {
    const { last } = await readHistory(linear([before, after]));
    expect(files(last)[path]?.form).toBe(form);
  });

  it("gives message, people and every other header that a person wrote", async () => {
    const { last, contents } = await readHistory([
      { parents: [], tree: treeOf({ a: "a\n" }), message: "first" },
      { parents: [0], tree: treeOf({ a: "b\n" }), message: "subject\n\ndiff --git a/x b/x\n\nbody é\n" },
    ]);
    expect(contents.map((content) => content.parents.length)).toEqual([1, 0]);
    expect(last?.message).toBe("subject\n\ndiff --git a/x b/x\n\nbody é\n");
    expect(last?.people).toContain("author Ada Example <ada@example.com>");
    expect(last?.people).toContain("committer Ada Example <ada@example.com>");
  });

  it("finds what only a conflict resolution added, by comparison with every parent", async () => {
    const { last } = await readHistory([
      { parents: [], tree: treeOf({ f: "1\n2\n3\n" }) },
      { parents: [0], tree: treeOf({ f: "1\nours\n3\n", g: "g\n" }) },
      { parents: [0], tree: treeOf({ f: "1\ntheirs\n3\n" }) },
      { parents: [1, 2], tree: treeOf({ f: "1\nours\ntheirs\nonly here\n3\n", g: "g\n" }) },
    ]);
    expect(last?.files.map((file) => file.path)).toEqual(["f"]);
    expect(shown(files(last)["f"])).toEqual([
      { start: 1, text: "1\nours\ntheirs\nonly here\n3\n", added: "4-4" },
    ]);
  });

  it("reads binary content that only a merge has", async () => {
    const { last } = await readHistory([
      { parents: [], tree: treeOf({}) },
      { parents: [], tree: treeOf({ other: "x" }) },
      { parents: [0, 1], tree: treeOf({ other: "x", evil: "\u0000secret" }) },
    ]);
    expect(shown(files(last)["evil"])).toEqual({ whole: "\u0000secret", hunks: null });
  });

  it("reads a merge of 40 parents", async () => {
    const roots = Array.from({ length: 40 }, (_, index) => ({
      parents: [],
      tree: treeOf({ f: `${index}\n` }),
    }));
    const { last } = await readHistory([
      ...roots,
      { parents: roots.map((_, at) => at), tree: treeOf({ f: "all\n" }) },
    ]);
    expect(last?.parents).toHaveLength(40);
    expect(shown(files(last)["f"])).toEqual([{ start: 1, text: "all\n", added: "1-1" }]);
  });

  it("ignores the attributes of the repository", async () => {
    const attributes = "* -diff -text working-tree-encoding=UTF-16 filter=x diff=x\n";
    const { last } = await readHistory(
      linear([
        { ".gitattributes": attributes, f: "a\n" },
        { ".gitattributes": attributes, f: "a\nb\n" },
      ]),
    );
    expect(shown(files(last)["f"])).toEqual([{ start: 1, text: "a\nb\n", added: "2-2" }]);
  });
});

describe("limits of reading", () => {
  it("leaves a gap for a blob over the limit, and reads the rest", async () => {
    const { last } = await readHistory(linear([{ big: "x".repeat(3000), small: "s\n" }]), {
      blobBytes: 2048,
    });
    expect(shown(files(last)["big"])).toBe("too_large");
    expect(shown(files(last)["small"])).toEqual([{ start: 1, text: "s\n", added: "1-1" }]);
  });

  it("counts a file as new throughout where it is too large to compare", async () => {
    const { last } = await readHistory(linear([{ f: "1\n2\n" }, { f: `1\n2\n${"x".repeat(100)}\n` }]), {
      diffBytes: 50,
    });
    expect(files(last)["f"]?.content).toMatchObject({
      kind: "hunks",
      hunks: [{ added: [{ first: 1, last: 3 }] }],
    });
  });

  it("leaves a gap for a commit with too many files, and reads the others", async () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, `${index}\n`]));
    const { contents } = await readHistory(
      linear([{ a: "a\n" }, { a: "a\n", ...many }, { a: "b\n", ...many }]),
      {
        filesPerCommit: 20,
      },
    );
    expect(contents.map((content) => content.gaps.map((gap) => gap.reason))).toEqual([
      [],
      ["too_many_files"],
      [],
    ]);
    expect(shown(files(contents[0])["a"])).toEqual([{ start: 1, text: "b\n", added: "1-1" }]);
  });

  it("gives a commit with much content in parts", async () => {
    const half = "x".repeat(9 * 1024 ** 2);
    const { contents } = await readHistory(linear([{ a: `${half}1`, b: `${half}2`, c: `${half}3` }]));
    expect(
      contents.map((part) => [part.files.map((file) => file.path), part.more ?? false, part.message !== ""]),
    ).toEqual([
      [["a"], true, true],
      [["b"], true, false],
      [["c"], false, false],
    ]);
  });
});
