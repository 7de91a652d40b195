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
/**
 * Git holds all changes of a commit before it writes the first, about 300 bytes each, and a small tree that repeats itself
 * names billions.
 */
const MEMORY_BYTES = 400e6;
/** Files of one tree that are listed unless the caller says otherwise. */
const MAX_FILES = 5_000_000;

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
  readonly budget: ChangeBudget;
  readonly signal: AbortSignal;
}

/** What may be spent on the changes of many commits, by all who read them at once. */
export interface ChangeBudget {
  /** Changes that count. */
  changes: number;
  /** When reading ends, by `performance.now()`. */
  readonly until: number;
}

export interface UnreadChanges {
  /** Commits whose changes git could not list. */
  readonly failed: readonly string[];
  /** Commits that change more files than git has memory for. */
  readonly tooLarge: readonly string[];
  /** The rest, where the budget was spent or too many commits failed. */
  readonly givenUp: readonly string[];
}

/** Returns the commits whose changes are not known. */
export async function readChanges(request: ChangeRequest): Promise<UnreadChanges> {
  const { commits } = request;
  const failed: string[] = [];
  const tooLarge: string[] = [];
  for (let from = 0; from < commits.length;) {
    const { seen, end } = await runDiffTree(request, commits.slice(from));
    from += seen;
    if (end === "complete") break;
    if (end === "spent" || failed.length + tooLarge.length >= MAX_FAILURES)
      return { failed, tooLarge, givenUp: commits.slice(from) };
    (end === "too large" ? tooLarge : failed).push(...commits.slice(from, from + 1));
    from += 1;
  }
  return { failed, tooLarge, givenUp: [] };
}

/** How git ended, and after how many commits. One whose changes came in part counts as not seen. */
interface DiffTreeEnd {
  readonly seen: number;
  readonly end: "complete" | "failed" | "too large" | "spent";
}

async function runDiffTree(
  { repository, wants, take, budget, signal }: ChangeRequest,
  commits: readonly string[],
): Promise<DiffTreeEnd> {
  const { environment } = repository;
  const timeLimit = Math.max(1, Math.min(budget.until - performance.now(), MAX_TIMER_MS));
  const git = new GitProcess({ args: ARGS, environment, timeLimit, memoryLimit: MEMORY_BYTES, signal });
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
    if (budget.changes <= 0) {
      git.kill(new GitError("timeout", "There are more changes than are looked at"));
      break;
    }
    const tokens = (
      rest + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString("latin1")
    ).split("\0");
    rest = tokens.pop() ?? "";
    for (const token of tokens) {
      if (entry !== null) {
        const change = parseEntry(entry, token);
        if (wants(change)) {
          changes.push(change);
          budget.changes -= 1;
        }
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
  return await git.done.then(
    () => ({ seen, end: "complete" }),
    (error: unknown) => {
      if (!(error instanceof GitError)) throw error;
      if (error.code === "failed") return { seen, end: "failed" };
      if (error.code === "out_of_memory") return { seen, end: "too large" };
      if (error.code === "timeout") return { seen: Math.max(0, seen - 1), end: "spent" };
      throw error;
    },
  );
}

/** Node's timers hold no more. */
const MAX_TIMER_MS = 2 ** 31 - 1;

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

/**
 * The files of a tree or commit: path, byte for byte, and id.
 *
 * @param maxFiles after so many, reading ends
 * @throws GitError `too_many_bytes` if there are more
 */
export async function listFiles(
  repository: HistoryRepository,
  tree: string,
  take: (path: string, id: string) => void,
  signal: AbortSignal,
  maxFiles = MAX_FILES,
): Promise<void> {
  const git = new GitProcess({
    args: ["ls-tree", "-r", "-z", "--full-tree", tree],
    environment: repository.environment,
    timeLimit: null,
    signal,
  });
  git.endInput();
  let rest = "";
  let files = 0;
  for await (const chunk of git.output) {
    if (files > maxFiles) {
      git.kill(new GitError("too_many_bytes", `There are more than ${maxFiles} files`));
      break;
    }
    const entries = (rest + Buffer.from(chunk).toString("latin1")).split("\0");
    rest = entries.pop() ?? "";
    files += entries.length;
    for (const entry of entries) {
      const tab = entry.indexOf("\t");
      take(entry.slice(tab + 1), entry.slice(0, tab).split(" ")[2] ?? "");
    }
  }
  await git.done;
}
