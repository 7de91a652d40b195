import { parseCommit } from "../../../objects/index.ts";
import type { CommitObject, ObjectType } from "../../../objects/index.ts";
import { GitError } from "../process/git-error.ts";
import { GitProcess } from "../process/git-process.ts";
import type { HistoryRepository } from "./history-repository.ts";

const LINE_FEED = 0x0a;
/** Damaged objects that are left out; after that the rest is. Each costs a process. */
const MAX_FAILURES = 200;

/** Reads commits. Those that are not there are left out. */
export async function readCommits(
  repository: HistoryRepository,
  ids: Iterable<string>,
  take: (id: string, commit: CommitObject) => void,
  signal: AbortSignal,
): Promise<void> {
  const takeBytes = (id: string, bytes: Uint8Array): void => take(id, parseCommit(bytes));
  await readObjectBytes(repository, { ids, type: "commit", take: takeBytes }, signal);
}

export interface BytesRequest {
  readonly ids: Iterable<string>;
  /** Objects of another type are left out. */
  readonly type: ObjectType;
  /** The bytes are valid during the call. */
  readonly take: (id: string, bytes: Uint8Array) => void;
}

/** Reads objects that are small enough to hold. Those that are not there, or damaged, are left out. */
export async function readObjectBytes(
  repository: HistoryRepository,
  request: BytesRequest,
  signal: AbortSignal,
): Promise<void> {
  const ids = [...request.ids];
  let failures = 0;
  for (let from = 0; from < ids.length && failures <= MAX_FAILURES; failures++) {
    const { seen, isComplete } = await runBatch(repository, { ...request, ids: ids.slice(from) }, signal);
    if (isComplete) return;
    // Git ends at an object that is damaged.
    from += seen + 1;
  }
}

async function runBatch(
  repository: HistoryRepository,
  { ids, type: wanted, take }: BytesRequest,
  signal: AbortSignal,
): Promise<{ readonly seen: number; readonly isComplete: boolean }> {
  const git = new GitProcess({
    args: ["cat-file", "--batch", "--buffer"],
    environment: repository.environment,
    timeLimit: null,
    signal,
  });
  git.endInput([...ids].map((id) => `${id}\n`).join(""));
  let seen = 0;
  let parts: Buffer[] = [];
  let held = 0;
  // Chunks are joined once an object is there as a whole: joining with each would copy a large tree a thousand times.
  let needed = 0;
  for await (const chunk of git.output) {
    parts.push(Buffer.from(chunk));
    held += chunk.length;
    if (held < needed) continue;
    const bytes = Buffer.concat(parts);
    needed = 0;
    let at = 0;
    for (;;) {
      const end = bytes.indexOf(LINE_FEED, at);
      if (end === -1) break;
      const [id = "", type = "", size = ""] = bytes.toString("latin1", at, end).split(" ");
      const isThere = /^\d+$/.test(size);
      const after = isThere ? end + 1 + Number(size) + 1 : end + 1;
      if (after > bytes.length) {
        needed = after - at;
        break;
      }
      if (isThere && type === wanted) take(id, bytes.subarray(end + 1, after - 1));
      seen += 1;
      at = after;
    }
    parts = [bytes.subarray(at)];
    held = bytes.length - at;
  }
  const isComplete = await git.done.then(
    () => true,
    (error: unknown) => {
      if (error instanceof GitError && error.code === "failed") return false;
      throw error;
    },
  );
  return { seen, isComplete };
}
