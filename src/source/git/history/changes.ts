/**
 * Which files commits change, by object ids, in one pass of `git diff-tree` over many commits. A merge shows only what it
 * has from none of its parents. No content is compared, and no rename looked for.
 */
import { GitError } from "../process/git-error.ts";
import { GitProcess } from "../process/git-process.ts";
import type { HistoryRepository } from "./history-repository.ts";

const ARGS = [
  "diff-tree",
  "--stdin",
  "-r",
  "-c",
  "--root",
  "--raw",
  "-z",
  "--no-renames",
  "--no-abbrev",
  "--no-ext-diff",
  "--no-textconv",
  "--always",
] as const;

/** Commits that git may fail on before the rest is given up. */
const MAX_FAILURES = 200;

export interface FileChange {
  /** Byte for byte, one character each. */
  readonly path: string;
  /** The file in each parent; zeros where it is not there. */
  readonly before: readonly string[];
  /** Zeros where the commit removes it. */
  readonly after: string;
}

export interface ChangeRequest {
  readonly repository: HistoryRepository;
  /** Ids, in the order in which they are to come. */
  readonly commits: readonly string[];
  /** Which changes count. */
  readonly wants: (change: FileChange) => boolean;
  readonly take: (commit: string, changes: readonly FileChange[]) => void;
  readonly signal: AbortSignal;
}

/** Returns the commits whose changes git could not list. */
export async function readChanges(request: ChangeRequest): Promise<readonly string[]> {
  const failed: string[] = [];
  for (let from = 0; from < request.commits.length;) {
    const { seen, isComplete } = await runDiffTree(request, request.commits.slice(from));
    from += seen;
    if (isComplete) break;
    if (failed.length >= MAX_FAILURES) return [...failed, ...request.commits.slice(from)];
    failed.push(...request.commits.slice(from, from + 1));
    from += 1;
  }
  return failed;
}

async function runDiffTree(
  { repository, wants, take, signal }: ChangeRequest,
  commits: readonly string[],
): Promise<{ readonly seen: number; readonly isComplete: boolean }> {
  const git = new GitProcess({ args: ARGS, environment: repository.environment, timeLimit: null, signal });
  git.endInput(commits.map((id) => `${id}\n`).join(""));
  let seen = 0;
  let commit = "";
  let changes: FileChange[] = [];
  const flush = (): void => {
    if (changes.length > 0) take(commit, changes);
    changes = [];
  };
  let rest = "";
  /** The line before its path. */
  let entry: string | null = null;
  for await (const chunk of git.output) {
    const tokens = (
      rest + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString("latin1")
    ).split("\0");
    rest = tokens.pop() ?? "";
    for (const token of tokens) {
      if (entry !== null) {
        const change = parseEntry(entry, token);
        if (wants(change)) changes.push(change);
        entry = null;
      } else if (token.startsWith(":")) {
        entry = token;
      } else {
        flush();
        commit = token;
        seen += 1;
      }
    }
  }
  flush();
  const isComplete = await git.done.then(
    () => true,
    (error: unknown) => {
      if (error instanceof GitError && error.code === "failed") return false;
      throw error;
    },
  );
  return { seen, isComplete };
}

/** `:100644 100644 ID ID M`, or for a merge of n parents n colons, n + 1 modes and n + 1 ids. */
function parseEntry(entry: string, path: string): FileChange {
  let parents = 1;
  while (entry[parents] === ":") parents += 1;
  // Colons, then modes of six digits and a space each.
  const ids = parents + 7 * (parents + 1);
  const digits = entry.indexOf(" ", ids) - ids;
  const idAt = (index: number): string =>
    entry.slice(ids + index * (digits + 1), ids + index * (digits + 1) + digits);
  const before = parents === 1 ? [idAt(0)] : Array.from({ length: parents }, (_, index) => idAt(index));
  return { path, before, after: idAt(parents) };
}

/** The files of a tree or commit: path, byte for byte, and id. */
export async function listFiles(
  repository: HistoryRepository,
  tree: string,
  take: (path: string, id: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const git = new GitProcess({
    args: ["ls-tree", "-r", "-z", "--full-tree", tree],
    environment: repository.environment,
    timeLimit: null,
    signal,
  });
  git.endInput();
  let rest = "";
  for await (const chunk of git.output) {
    const entries = (rest + Buffer.from(chunk).toString("latin1")).split("\0");
    rest = entries.pop() ?? "";
    for (const entry of entries) {
      const tab = entry.indexOf("\t");
      take(entry.slice(tab + 1), entry.slice(0, tab).split(" ")[2] ?? "");
    }
  }
  await git.done;
}
