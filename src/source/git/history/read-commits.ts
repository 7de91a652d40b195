import { parseCommit, parseCommitLinks } from "../../../objects/index.ts";
import type { CommitObject } from "../../../objects/index.ts";
import { GitProcess } from "../process/git-process.ts";
import type { HistoryRepository } from "./history-repository.ts";

const LINE_FEED = 0x0a;

/** Reads commits. Those that are not there are left out. */
export async function readCommits(
  repository: HistoryRepository,
  ids: Iterable<string>,
  take: (id: string, commit: CommitObject) => void,
  signal: AbortSignal,
): Promise<void> {
  await readBytes(repository, ids, (id, bytes) => take(id, parseCommit(bytes)), signal);
}

/** The same for parents and times alone. */
export async function readCommitLinks(
  repository: HistoryRepository,
  ids: Iterable<string>,
  take: (id: string, links: Pick<CommitObject, "parents" | "time">) => void,
  signal: AbortSignal,
): Promise<void> {
  await readBytes(repository, ids, (id, bytes) => take(id, parseCommitLinks(bytes)), signal);
}

async function readBytes(
  repository: HistoryRepository,
  ids: Iterable<string>,
  take: (id: string, bytes: Uint8Array) => void,
  signal: AbortSignal,
): Promise<void> {
  const git = new GitProcess({
    args: ["cat-file", "--batch", "--buffer"],
    environment: repository.environment,
    timeLimit: null,
    signal,
  });
  git.endInput([...ids].map((id) => `${id}\n`).join(""));
  let rest = Buffer.alloc(0);
  for await (const chunk of git.output) {
    const bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    let at = 0;
    for (;;) {
      const end = bytes.indexOf(LINE_FEED, at);
      if (end === -1) break;
      const [id = "", type = "", size = ""] = bytes.toString("latin1", at, end).split(" ");
      if (!/^\d+$/.test(size)) {
        at = end + 1;
        continue;
      }
      const after = end + 1 + Number(size) + 1;
      if (after > bytes.length) break;
      if (type === "commit") take(id, bytes.subarray(end + 1, after - 1));
      at = after;
    }
    rest = bytes.subarray(at);
  }
  await git.done;
}
