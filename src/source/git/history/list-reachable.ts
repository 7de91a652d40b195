/** Walks of git's own over the objects that refs reach: slow on a whole history, so only for a part or in doubt. */
import { GitProcess } from "../process/git-process.ts";
import type { HistoryRepository } from "./history-repository.ts";

/** Ids of objects that are reached from `tips` and not from `known`, one a line, and of those that are missing. */
export async function listReachable(
  repository: HistoryRepository,
  tips: readonly string[],
  known: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly ids: string; readonly missing: readonly string[] }> {
  const input = [...tips, ...known.map((id) => `^${id}`)].map((line) => `${line}\n`).join("");
  const found: string[] = [];
  const missing: string[] = [];
  await walk(repository, ["--stdin"], input, signal, (line) => {
    if (line.startsWith("?")) missing.push(line.slice(1));
    else found.push(line);
  });
  return { ids: found.map((id) => `${id}\n`).join(""), missing };
}

/** Ids of objects that refs reach and that are not there. */
export async function listMissing(
  repository: HistoryRepository,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const missing: string[] = [];
  await walk(repository, ["--all"], "", signal, (line) => {
    if (line.startsWith("?")) missing.push(line.slice(1));
  });
  return missing;
}

async function walk(
  repository: HistoryRepository,
  which: readonly string[],
  input: string,
  signal: AbortSignal,
  take: (line: string) => void,
): Promise<void> {
  const git = new GitProcess({
    args: ["rev-list", "--objects", "--no-object-names", "--missing=print", ...which],
    environment: repository.environment,
    timeLimit: null,
    signal,
  });
  git.endInput(input);
  let rest = "";
  for await (const chunk of git.output) {
    const lines = (rest + Buffer.from(chunk).toString("latin1")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") take(line);
  }
  await git.done;
}
