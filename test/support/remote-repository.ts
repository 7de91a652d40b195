import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { CommitContent } from "../../src/source/index.ts";
import type { GitLimits, GitMirrors, GitSource } from "../../src/source/git/index.ts";
import { createGitMirrors } from "../../src/source/git/index.ts";
import type { HistoryCommit, HistoryFile } from "./git-history.ts";
import { git, temporaryDirectory, writeHistory } from "./git-history.ts";

export const NEVER = new AbortController().signal;

export interface RemoteRepository {
  /** Folder of the repository that is fetched from. */
  readonly remote: string;
  /** Folder of the mirrors. */
  readonly directory: string;
  readonly mirrors: GitMirrors;
  readonly source: GitSource;
  /** Ids of the commits of the history, in order. */
  readonly commits: readonly string[];
  remove(): void;
}

/** A repository to fetch from over `file://`, served as GitHub serves: filters and any object by id. */
export function remoteRepository(
  history: readonly HistoryCommit[],
  limits: Partial<GitLimits> = {},
): RemoteRepository {
  const temporary = temporaryDirectory();
  const remote = join(temporary.path, "remote.git");
  const commits = writeHistory(remote, history);
  git(remote, ["config", "uploadpack.allowFilter", "true"]);
  git(remote, ["config", "uploadpack.allowAnySHA1InWant", "true"]);
  const directory = join(temporary.path, "mirrors");
  const mirrors = createGitMirrors({ directory, environment: process.env, protocols: ["file"], limits });
  const source = mirrors.open({ id: 7, url: pathToFileURL(remote).href, token: async () => null });
  return { remote, directory, mirrors, source, commits, remove: () => temporary.remove() };
}

function text(content: string): HistoryFile {
  return { mode: "100644", bytes: Buffer.from(content) };
}

/** Linear history from trees written as `{path: content}`. */
export function linear(trees: readonly Record<string, string | HistoryFile | null>[]): HistoryCommit[] {
  return trees.map((tree, index) => ({ parents: index === 0 ? [] : [index - 1], tree: treeOf(tree) }));
}

export function treeOf(tree: Record<string, string | HistoryFile | null>): Map<string, HistoryFile | null> {
  return new Map(
    Object.entries(tree).map(([path, file]) => [path, typeof file === "string" ? text(file) : file]),
  );
}

export async function readAll(
  source: GitSource,
  commits: readonly string[],
  signal = NEVER,
): Promise<CommitContent[]> {
  const contents: CommitContent[] = [];
  for await (const content of source.read(commits, signal)) contents.push(content);
  return contents;
}

/** Commits in a row, each of which changes a file in a folder and replaces one at the top. */
export function chain(length: number): ReturnType<typeof linear> {
  return linear(
    Array.from({ length }, (_, index) => ({
      "dir/f": `${index}\n`,
      [`other${index % 3}`]: `${index}\n`,
      same: "same\n",
    })),
  );
}

/** The id of a commit by its place, from the end where negative. */
export function at(repository: RemoteRepository, index: number): string {
  return repository.commits.at(index) ?? "";
}

/** The id of no object. */
export const NOWHERE = "12345678".repeat(5);
