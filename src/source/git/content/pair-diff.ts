import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Hunk } from "../../../diff/index.ts";
import { PatchReader } from "../../../diff/index.ts";
import { GitError } from "../process/git-error.ts";
import { GitProcess, runGit } from "../process/git-process.ts";
import type { Mirror } from "../mirror/mirror.ts";

/** A blob and the blobs it replaces. */
export interface BlobPair {
  readonly old: string;
  readonly blob: string;
}

export function pairKey(pair: BlobPair): string {
  return `${pair.old} ${pair.blob}`;
}

/**
 * Compares many pairs of blobs in two processes: both sides become the tree of one folder, with numbers for
 * names, and git compares the folders. So no name from the repository is in the patch, no blob is read that was
 * not chosen, and `--text` holds for merges too (`git diff-tree -c` shows no binary content, seen with 2.39).
 * The trees go to a directory that is removed afterwards. All blobs have to be there.
 */
export async function diffPairs(
  mirror: Mirror,
  pairs: readonly BlobPair[],
  options: { readonly timeLimit: number; readonly signal: AbortSignal },
): Promise<Map<string, readonly Hunk[]>> {
  const unique = [...new Map(pairs.map((pair) => [pairKey(pair), pair])).values()];
  const hunks = new Map<string, readonly Hunk[]>();
  if (unique.length === 0) return hunks;
  const scratch = await mkdtemp(join(mirror.path, "scratch", "trees-")).catch((cause: unknown) => {
    throw new GitError("mirror_gone", "The mirror was deleted", { cause });
  });
  try {
    const environment = mirror.scratchEnvironment(scratch);
    const sides = [unique.map((pair) => pair.old), unique.map((pair) => pair.blob)];
    const made = await runGit(
      {
        args: ["mktree", "--batch", "--missing"],
        environment,
        timeLimit: options.timeLimit,
        signal: options.signal,
      },
      sides.map((side) => side.map((blob, index) => `100644 blob ${blob}\t${index}\n`).join("")).join("\n"),
      4096,
    );
    const [before, after] = new TextDecoder().decode(made).trim().split("\n");
    if (before === undefined || after === undefined)
      throw new GitError("failed", "git mktree made no two trees");
    const git = new GitProcess({
      args: [
        "diff-tree",
        "-p",
        "-r",
        "-U3",
        "--text",
        "--full-index",
        "--no-renames",
        "--no-textconv",
        "--no-ext-diff",
        "--src-prefix=a/",
        "--dst-prefix=b/",
        before,
        after,
      ],
      environment,
      timeLimit: options.timeLimit,
      signal: options.signal,
    });
    git.endInput();
    const reader = new PatchReader();
    const take = (records: ReturnType<PatchReader["push"]>): void => {
      for (const record of records) {
        const pair = record.kind === "file" ? unique[Number(record.newPath)] : undefined;
        if (record.kind !== "file" || pair === undefined || record.problem !== null || record.binary)
          throw new GitError("failed", "git diff-tree wrote a patch that does not hold together");

        hunks.set(pairKey(pair), record.hunks);
      }
    };
    try {
      for await (const chunk of git.output) take(reader.push(chunk));
      take(reader.end());
      await git.done;
    } finally {
      git.kill(new GitError("aborted", "git diff-tree was not read to its end"));
    }
    return hunks;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
