import { once } from "node:events";
import { GitError, git, spawnGit } from "./process.ts";
import type { GitAt } from "./history.ts";
import { PatchSplitter } from "./patch-splitter.ts";

/** One file of a diff, in GitHub's words. */
export interface FileDiff {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: "added" | "removed" | "modified" | "renamed" | "copied" | "changed";
  readonly additions: number;
  readonly deletions: number;
  /** Object id of the new content; of the old content if the file was removed. */
  readonly blob: string;
  /** Hunks without the file header; null for binary and large files, and if there are no hunks. */
  readonly patch: string | null;
}

const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

type Entry = Omit<FileDiff, "patch"> & { readonly patches: number };

/**
 * Every file that differs between two commits, in git's order. With `from` null everything in `to` is new.
 * Like GitHub it leaves out the patch of a binary file, of a file with over 20,000 changed lines or 500 KB, and of each
 * file that would take the whole diff over 20,000 lines or 1 MB
 * (https://docs.github.com/en/repositories/creating-and-managing-repositories/repository-limits#diff-limits).
 * That the last limit applies file by file in git's order is an assumption.
 */
export async function diffFiles(at: GitAt, from: string | null, to: string): Promise<FileDiff[]> {
  const between = [from ?? EMPTY_TREE, to];
  const [entries, patches] = await Promise.all([readEntries(at, between), readPatches(at, between)]);
  let next = 0;
  return entries.map(({ patches: count, ...entry }) => {
    const own = patches.slice(next, next + count);
    next += count;
    return { ...entry, patch: count === 1 ? (own[0] ?? null) : null };
  });
}

const STATUSES: Readonly<Record<string, FileDiff["status"]>> = {
  A: "added",
  D: "removed",
  M: "modified",
  R: "renamed",
  C: "copied",
  T: "changed",
};

async function readEntries(at: GitAt, between: readonly string[]): Promise<Entry[]> {
  const { output } = await git(at.configuration, at.path, [
    "diff-tree",
    "-r",
    "-M",
    "-z",
    "--raw",
    "--numstat",
    "--no-abbrev",
    ...between,
  ]);
  const tokens = output.toString().split("\0");
  const entries: Entry[] = [];
  let index = 0;
  const take = (): string => tokens[index++] ?? "";
  while (tokens[index]?.startsWith(":") === true) {
    const [, , oldBlob = "", newBlob = "", letters = ""] = take().split(" ");
    const letter = letters.slice(0, 1);
    const renamed = letter === "R" || letter === "C";
    const previousPath = renamed ? take() : null;
    const path = take();
    const status = STATUSES[letter] ?? "changed";
    const blob = status === "removed" ? oldBlob : newBlob;
    // In the patch, a file that becomes a link or a submodule is removed and added.
    const patches = letter === "T" ? 2 : 1;
    entries.push({ path, previousPath, status, blob, additions: 0, deletions: 0, patches });
  }
  return entries.map((entry) => {
    const [added = "", deleted = "", path = ""] = take().split("\t");
    if (path === "") index += 2;
    const count = (text: string): number => (text === "-" ? 0 : Number(text));
    return { ...entry, additions: count(added), deletions: count(deleted) };
  });
}

async function readPatches(at: GitAt, between: readonly string[]): Promise<(string | null)[]> {
  const args = ["--git-dir", at.path, "diff-tree", "-r", "-M", "-p", "--full-index", ...between];
  const child = spawnGit(at.configuration, args);
  const splitter = new PatchSplitter();
  const errors: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => {
    splitter.write(chunk);
  });
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  child.stdin.end();
  await once(child, "close");
  if (child.exitCode !== 0)
    throw new GitError(args.join(" "), child.exitCode, Buffer.concat(errors).toString());
  return splitter.end();
}
