import { GitError } from "../process/git-error.ts";
import { GitProcess } from "../process/git-process.ts";
import type { Mirror } from "../mirror/mirror.ts";
import type { RawChange, RawCommit } from "./tree-diff.ts";

const NUL = 0;
const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * The changed paths of commits with one parent, renames found. Git reads the content of what was removed and
 * added for it: all of that has to be here. A commit that changes nothing is left out.
 */
export async function* readRenames(
  commits: readonly string[],
  options: { readonly mirror: Mirror; readonly timeLimit: number; readonly signal: AbortSignal },
): AsyncGenerator<Extract<RawCommit, { kind: "changes" }>> {
  const git = new GitProcess({
    args: ["diff-tree", "--stdin", "-r", "--root", "--raw", "-z", "--no-abbrev", "-M50%", "-l400"],
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
      if (head.startsWith(":")) {
        changes.push(parseChange(fields));
        continue;
      }
      if (sha !== null) yield { kind: "changes", sha, changes };
      sha = head;
      changes = [];
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
      wanted = / R\d*$/.test(field) ? 2 : 1;
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

/** `:OLD_MODE MODE OLD_BLOB BLOB STATUS` and the paths (git-diff, "Raw output format"). */
function parseChange(fields: readonly [string, ...string[]]): RawChange {
  const [head, ...paths] = fields;
  const [oldMode = "", mode = "", oldBlob = "", blob = "", status = ""] = head.slice(1).split(" ");
  const score = /^R(\d+)$/.exec(status)?.[1];
  return {
    path: paths.at(-1) ?? "",
    old: [{ mode: oldMode, blob: oldBlob }],
    mode,
    blob,
    renamed: score === undefined ? null : Number(score),
  };
}
