import { execFileSync } from "node:child_process";
import { expect, onTestFinished, test } from "vitest";
import { linear, NEVER, readAll, remoteRepository } from "../../../support/remote-repository.ts";

test("a merge is read whole, also where names that are not UTF-8 decode to the same text", async () => {
  const repository = remoteRepository(linear([{ "a.txt": "a\n" }]));
  onTestFinished(() => repository.remove());
  const person = { GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@example.org" };
  const committer = { GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@example.org" };
  const git = (args: readonly string[], input = Buffer.alloc(0)): string =>
    execFileSync("git", ["--git-dir", repository.remote, ...args], {
      input,
      env: { ...process.env, ...person, ...committer },
    })
      .toString()
      .trim();
  const blob = (text: string): string => git(["hash-object", "-w", "--stdin"], Buffer.from(text));
  const [one, two, added] = [blob("one\n"), blob("two\n"), blob("added\n")];
  /** A tree of files with one byte for a name. */
  const tree = (files: readonly (readonly [number, string])[]): string =>
    git(
      ["mktree", "-z"],
      Buffer.concat(
        files.flatMap(([name, id]) => [Buffer.from(`100644 blob ${id}\t`), Buffer.from([name, 0])]),
      ),
    );
  const commit = (id: string, ...parents: readonly string[]): string =>
    git(["commit-tree", id, "-m", "x", ...parents.flatMap((parent) => ["-p", parent])]);
  const left = commit(tree([[0xfe, one]]));
  const right = commit(tree([[0xfe, two]]));
  const merge = commit(
    tree([
      [0xfe, two],
      [0xff, added],
    ]),
    left,
    right,
  );
  await repository.source.prepare({ include: [merge], exclude: [], commitCount: null }, NEVER);
  const [content] = await readAll(repository.source, [merge]);
  expect(content?.files.map((file) => file.blob)).toEqual([added]);
});
