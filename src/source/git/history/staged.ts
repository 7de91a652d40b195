/** What the index holds that the commit below it does not: the content of the next commit. */
import { runGit } from "../process/git-process.ts";
import type { FileChange } from "./changes.ts";
import type { HistoryRepository } from "./history-repository.ts";
import { gitLines, resolveCommit } from "./refs.ts";

/** Bytes of the list. */
const MAX_OUTPUT = 256 * 1024 ** 2;
const SUBMODULE = "160000";

export interface StagedChanges {
  /** Added, changed and removed files. While a merge is committed, those that differ from both sides. */
  readonly changes: readonly FileChange[];
  readonly submodules: readonly string[];
  /** The commits below; none before the first one. */
  readonly parents: readonly string[];
}

/** Only the index is read, not the working tree. */
export async function listStaged(repository: HistoryRepository, signal: AbortSignal): Promise<StagedChanges> {
  const parents: string[] = [];
  for (const name of ["HEAD", "MERGE_HEAD"]) {
    const commit = await resolveCommit(repository, name, signal);
    if (commit !== null) parents.push(commit);
  }
  const empty = await gitLines(repository, ["hash-object", "-t", "tree", "--stdin"], signal);
  const below = parents.length > 0 ? parents : empty;
  const lists: (readonly StagedEntry[])[] = [];
  for (const tree of below) lists.push(await listAgainst(repository, tree, signal));
  const [first = [], ...others] = lists.map((list) => new Map(list.map((entry) => [entry.path, entry])));
  const entries = [...first.values()].flatMap((entry) => {
    const sides = others.map((other) => other.get(entry.path));
    return sides.includes(undefined) ? [] : [{ ...entry, sides: sides.flatMap((side) => side ?? []) }];
  });
  return {
    changes: entries
      .filter(({ mode }) => mode !== SUBMODULE)
      .map(({ path, before, after, sides }) => ({
        path,
        after,
        before: [before, ...sides.map((side) => side.before)],
      })),
    submodules: entries.filter(({ mode }) => mode === SUBMODULE).map(({ path }) => path),
    parents,
  };
}

interface StagedEntry {
  readonly path: string;
  readonly mode: string;
  readonly before: string;
  readonly after: string;
}

/** `:100644 100644 ID ID M`, then the path: https://git-scm.com/docs/git-diff-index#_raw_output_format */
async function listAgainst(
  repository: HistoryRepository,
  tree: string,
  signal: AbortSignal,
): Promise<readonly StagedEntry[]> {
  const args = [
    "diff-index",
    "--cached",
    "--raw",
    "-z",
    "--no-renames",
    "--no-abbrev",
    "--ignore-submodules=none",
  ] as const;
  const call = {
    args: [...args, tree, "--"] as [string, ...string[]],
    environment: repository.environment,
    timeLimit: null,
    signal,
  };
  const tokens = Buffer.from(await runGit(call, "", MAX_OUTPUT))
    .toString("latin1")
    .split("\0");
  const entries: StagedEntry[] = [];
  for (let at = 0; at + 1 < tokens.length; at += 2) {
    const [, mode = "", before = "", after = ""] = (tokens[at] ?? "").split(" ");
    entries.push({ path: tokens[at + 1] ?? "", mode, before, after });
  }
  return entries;
}
