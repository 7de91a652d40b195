import { GitError } from "./git-error.ts";
import { GitProcess } from "./git-process.ts";
import type { Mirror } from "./mirror.ts";

/** One changed path of a commit, against each parent. */
export interface RawChange {
  readonly path: string;
  /** Mode and object of each parent's side; mode `000000` where it has no such path. */
  readonly old: readonly { readonly mode: string; readonly blob: string }[];
  /** Mode `000000` where the commit removes the path. */
  readonly mode: string;
  readonly blob: string;
  /** How much of the old content is left, 0 to 100, where git found that the path was renamed; null otherwise. */
  readonly renamed: number | null;
}

export type RawCommit =
  | { readonly kind: "changes"; readonly sha: string; readonly changes: readonly RawChange[] }
  /** More paths than the limit: a tree that repeats itself can name billions. */
  | { readonly kind: "too_many"; readonly sha: string };

export interface RawDiffOptions {
  readonly mirror: Mirror;
  readonly maxChanges: number;
  readonly timeLimit: number;
  readonly signal: AbortSignal;
  /** Whether git looks for renames, for which it reads the content of what was removed and added. */
  readonly renames: boolean;
}

const NUL = 0;
const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * The changed paths of commits, against all parents of a merge (a path that is as in one parent is not
 * listed), from trees alone. Every parent has to be there. A commit that changes nothing is left out.
 */
export async function* readRawDiffs(
  commits: readonly string[],
  options: RawDiffOptions,
): AsyncGenerator<RawCommit> {
  let rest = commits;
  while (rest.length > 0) {
    let stoppedAt: string | null = null;
    for await (const commit of readUntilTooMany(rest, options)) {
      yield commit;
      if (commit.kind === "too_many") stoppedAt = commit.sha;
    }
    if (stoppedAt === null) return;
    rest = rest.slice(rest.indexOf(stoppedAt) + 1);
  }
}

async function* readUntilTooMany(
  commits: readonly string[],
  options: RawDiffOptions,
): AsyncGenerator<RawCommit> {
  const git = new GitProcess({
    args: [
      "diff-tree",
      "--stdin",
      "-r",
      "-c",
      "--root",
      "--raw",
      "-z",
      "--no-abbrev",
      "--no-ext-diff",
      "--no-textconv",
      ...(options.renames ? ["-M50%", "-l400"] : ["--no-renames"]),
    ],
    environment: options.mirror.readingEnvironment(),
    timeLimit: options.timeLimit,
    signal: options.signal,
  });
  git.endInput(`${commits.join("\n")}\n`);
  let sha: string | null = null;
  let changes: RawChange[] = [];
  try {
    for await (const fields of readEntries(git.output)) {
      const [head] = fields;
      if (!head.startsWith(":")) {
        if (sha !== null) yield { kind: "changes", sha, changes };
        sha = head;
        changes = [];
        continue;
      }
      if (sha === null) throw new GitError("failed", "git diff-tree wrote a path before its commit");
      changes.push(parseChange(fields));
      if (changes.length > options.maxChanges) {
        yield { kind: "too_many", sha };
        return;
      }
    }
    await git.done;
    if (sha !== null) yield { kind: "changes", sha, changes };
  } finally {
    git.kill(new GitError("aborted", "git diff-tree was not read to its end"));
  }
}

/** Groups NUL-terminated fields: a commit id alone, or a head with its one or two paths. */
async function* readEntries(output: AsyncIterable<Uint8Array>): AsyncGenerator<[string, ...string[]]> {
  let entry: [string, ...string[]] | null = null;
  let wanted = 0;
  for await (const field of readFields(output)) {
    if (entry === null) {
      if (OBJECT_ID.test(field)) {
        yield [field];
        continue;
      }
      if (!field.startsWith(":")) throw new GitError("failed", "git diff-tree wrote something unexpected");
      entry = [field];
      // Only the format for one parent names the old path of a rename.
      wanted = /^:[^:].* [RC]\d*$/.test(field) ? 2 : 1;
      continue;
    }
    entry.push(field);
    wanted--;
    if (wanted > 0) continue;
    yield entry;
    entry = null;
  }
}

async function* readFields(output: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let pending: Uint8Array[] = [];
  for await (const chunk of output) {
    let start = 0;
    for (let end = chunk.indexOf(NUL); end !== -1; end = chunk.indexOf(NUL, start)) {
      const piece = chunk.subarray(start, end);
      yield decoder.decode(pending.length === 0 ? piece : Buffer.concat([...pending, piece]));
      pending = [];
      start = end + 1;
    }
    if (start < chunk.length) pending.push(chunk.slice(start));
  }
}

/** `:MODES… BLOBS… STATUS`, with one colon for each parent (git-diff, "Raw output format"). */
function parseChange(fields: readonly [string, ...string[]]): RawChange {
  const [head, ...paths] = fields;
  const parents = /^:+/.exec(head)?.[0].length ?? 1;
  const parts = head.slice(parents).split(" ");
  const old = Array.from({ length: parents }, (_, index) => ({
    mode: parts[index] ?? "",
    blob: parts[parents + 1 + index] ?? "",
  }));
  const score = /^R(\d+)$/.exec(parts.at(-1) ?? "")?.[1];
  return {
    path: paths.at(-1) ?? "",
    old,
    mode: parts[parents] ?? "",
    blob: parts[parents * 2 + 1] ?? "",
    renamed: parents === 1 && score !== undefined ? Number(score) : null,
  };
}
