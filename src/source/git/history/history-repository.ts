/**
 * A repository on this machine whose history is read, wherever it is: a working copy, a folder in one, a linked working
 * tree, a bare repository. Git's own search for it is not used, because that would read configuration first.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { objectFolders } from "./alternates.ts";
import { gitEnvironment } from "../process/git-environment.ts";
import { GitError } from "../process/git-error.ts";

export interface HistoryRepository {
  readonly gitDirectory: string;
  /** Environment of every call to git. */
  readonly environment: Readonly<Record<string, string>>;
  /** The folder of its objects. */
  readonly objects: string;
  /** Bytes of an object's id: 20 for SHA-1, 32 for SHA-256. */
  readonly idBytes: number;
  /** About how many objects there are; only sizes tables. */
  readonly objectEstimate: number;
  /** Commits whose parents were left out when the clone was made. */
  readonly shallow: readonly string[];
  /** Whether the clone was made without all objects, to fetch them later. */
  readonly isPartial: boolean;
}

/** Settings besides those of every call: see docs/decisions/0019-history-pipelines.md. */
const SETTINGS: readonly (readonly [string, string])[] = [
  // Along delta chains a small cache holds every base that is needed next, and stays in the processor's own.
  ["core.deltaBaseCacheLimit", "16m"],
  // A packed blob above this is written while it is unpacked, unless it is stored as a delta.
  ["core.bigFileThreshold", "16m"],
  ["log.showSignature", "false"],
];

/** The same repository with another index, such as that of a commit of some files only. */
export function withIndex(repository: HistoryRepository, file: string): HistoryRepository {
  return { ...repository, environment: { ...repository.environment, GIT_INDEX_FILE: file } };
}

/**
 * @param path the repository, or any folder in its working tree
 * @throws {GitError} `invalid_request` if there is no repository
 */
export function openHistory(
  path: string,
  inherited: Readonly<Record<string, string | undefined>>,
): HistoryRepository {
  const gitDirectory = findGitDirectory(resolve(path));
  if (gitDirectory === null)
    throw new GitError("invalid_request", "There is no git repository here; give the folder of one");

  const common = commonDirectory(gitDirectory);
  const objects = join(common, "objects");
  const environment = gitEnvironment({ inherited, gitDirectory, settings: SETTINGS });
  // Outdated, but git still obeys it, and it hides parents.
  environment["GIT_GRAFT_FILE"] = "/dev/null";
  return {
    gitDirectory,
    environment,
    objects,
    idBytes: /^\s*objectformat\s*=\s*sha256\s*$/im.test(textOf(join(common, "config"))) ? 32 : 20,
    objectEstimate: estimate(objects),
    shallow: linesOf(join(common, "shallow")),
    isPartial: isPartialClone(common),
  };
}

function findGitDirectory(start: string): string | null {
  for (let folder = start; ; folder = dirname(folder)) {
    const found = gitDirectoryOf(join(folder, ".git")) ?? gitDirectoryOf(folder);
    if (found !== null) return found;
    if (dirname(folder) === folder) return null;
  }
}

/** What a path leads to, if it is a git directory or the file that names one. */
function gitDirectoryOf(path: string): string | null {
  if (isFolder(path)) {
    const isOne =
      isFile(join(path, "HEAD")) && (isFolder(join(path, "objects")) || isFile(join(path, "commondir")));
    return isOne ? path : null;
  }
  const target = /^gitdir: (.+)/.exec(textOf(path))?.[1];
  return target === undefined ? null : gitDirectoryOf(resolve(dirname(path), target.trimEnd()));
}

/** Where a linked working tree shares objects and refs with others. */
function commonDirectory(gitDirectory: string): string {
  const common = textOf(join(gitDirectory, "commondir")).trim();
  return common === "" ? gitDirectory : resolve(gitDirectory, common);
}

/** Git marks the packs of a partial clone, and says so in its configuration. What borrows from one is no more complete. */
function isPartialClone(common: string): boolean {
  const objects = join(common, "objects");
  const isMarked = (objectFolders(objects) ?? [objects]).some((folder) =>
    namesIn(join(folder, "pack")).some((name) => name.endsWith(".promisor")),
  );
  return isMarked || /^\s*(?:partialclone|promisor)\s*=/im.test(textOf(join(common, "config")));
}

/** From the sizes of the packs' indexes: 28 bytes an object with SHA-1, more with SHA-256. */
function estimate(objects: string): number {
  let bytes = 0;
  const packs = join(objects, "pack");
  for (const name of namesIn(packs))
    if (name.endsWith(".idx")) bytes += statSync(join(packs, name), { throwIfNoEntry: false })?.size ?? 0;

  return Math.ceil(bytes / 28);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linesOf(path: string): readonly string[] {
  return textOf(path)
    .split("\n")
    .filter((line) => line !== "");
}

/** Empty where there is no such file. */
function textOf(path: string): string {
  try {
    return isFile(path) ? readFileSync(path, "utf8") : "";
  } catch {
    return "";
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
