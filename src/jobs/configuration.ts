import type { CurrentRepository } from "../domain/index.ts";
import type { GitHub } from "../github/index.ts";
import { readTextFile } from "../github/index.ts";
import type { CommitContent } from "../source/index.ts";
import type { UnreadableReason } from "../github/index.ts";
import { combineConfigurations, parseConfiguration, unreadableConfiguration } from "../policy/index.ts";
import type {
  CheckMode,
  Configuration,
  ConfigurationFile,
  ConfigurationProblem,
  ParsedConfiguration,
} from "../policy/index.ts";

/**
 * Which configuration applies to a check: the owner's file and the repository's, each in the version that the judged push
 * could not change. Files are kept in memory by commit, and for seconds as they are now. A file that exists and cannot be
 * read is a problem that the check shows, and never counts as absent.
 */

const FOLDER = ".github";
const PATH = `${FOLDER}/rollcall.yml`;

/** The repository whose file applies to all repositories of its owner. */
export const OWNER_REPOSITORY = ".github";

/**
 * How long a file counts as fresh. After that GitHub is asked whether it changed, which does not count against the hourly
 * limit if it did not. Another process may have handled the push that changed it, so this must stay short.
 */
export const CONFIGURATION_FRESH_MS = 5_000;

/**
 * How long GitHub's answer that there is no file is carried from commit to commit. Such an answer may be wrong for a
 * moment, so it must not outlive that by much.
 */
const CARRIED_MS = 10 * 60_000;

/** Files kept in memory. */
const MAX_FILES = 2000;

const MAX_BYTES = 64 * 1024;

/** Why a file cannot be read, in the words of the check. */
const UNREADABLE: Readonly<Record<UnreadableReason, string>> = {
  directory: "a folder has its name",
  symlink: "it is a link to something that is not a file of the repository",
  submodule: "a submodule has its name",
  too_large: "it is larger than 64 KB",
  not_text: "it is not UTF-8 text",
  forbidden: "GitHub refused to show it (403)",
  gone: "GitHub refused to show it (410)",
  rejected: "GitHub refused to show it (422)",
  no_such_ref: "its commit no longer exists",
};

export interface EffectiveConfiguration {
  readonly configuration: Configuration;
  readonly problems: readonly ConfigurationProblem[];
}

/**
 * Which version of a file applies: as it is now, as of a commit, or none, because before the first push to the default
 * branch there was none.
 */
export type JudgedFrom =
  | { readonly kind: "now" }
  | { readonly kind: "commit"; readonly commit: string }
  | { readonly kind: "nothing" };

export interface ConfigurationReader {
  /**
   * The configuration that applies to a repository. Read from the default branches only.
   *
   * @param from the state from before the push to the default branch that is judged, or as it is now
   */
  read(repository: CurrentRepository, from: JudgedFrom): Promise<EffectiveConfiguration>;
  /**
   * Where the parent has no file and the commit changes nothing in its folder, the commit has none either: GitHub need not
   * be asked. Only for absent files, because one that exists may be a link to a file elsewhere.
   *
   * @param commit a commit of which all changed files are known, with its only parent
   */
  carry(repository: CurrentRepository, commit: UntouchedCommit): void;
  /** Forgets the repository's file: a push may have changed it. */
  forget(repository: CurrentRepository): void;
}

/** A commit that leaves the folder of the configuration as it is in its only parent. */
export interface UntouchedCommit {
  readonly sha: string;
  readonly parent: string;
}

/** The commit, if it is one that `carry` can take; null otherwise. */
export function untouchedCommit({ sha, parents, files, gaps, more }: CommitContent): UntouchedCommit | null {
  const [parent] = parents;
  if (parent === undefined || parents.length > 1 || gaps.length > 0 || more === true) return null;
  // The folder itself may become a link.
  const isTouched = files.some(({ path }) => path === FOLDER || path.startsWith(`${FOLDER}/`));
  return isTouched ? null : { sha, parent };
}

interface CachedFile {
  readonly text: string | null;
  readonly problem: string | null;
  readonly etag: string | null;
  /** When GitHub answered. */
  readonly readAt: number;
  /** What GitHub answered about another commit. */
  readonly isCarried?: true;
}

/** One version of a file: at a commit, which never changes, or on the default branch as it is now. */
interface FileVersion {
  readonly repository: CurrentRepository;
  readonly name: string;
  readonly commit: string | null;
}

export function createConfigurationReader(
  github: GitHub,
  now: () => Date,
  defaultMode: CheckMode = "enforce",
): ConfigurationReader {
  const files = new Map<string, CachedFile>();
  /** Counts calls of `forget`: a file that was forgotten while it was being read may be outdated and is not kept. */
  let forgotten = 0;

  async function file(version: FileVersion): Promise<CachedFile> {
    const key = keyOf(version);
    const cached = files.get(key);
    // Also not if it was read under a clock that was ahead.
    const age = Math.abs(now().getTime() - (cached?.readAt ?? 0));
    if (cached !== undefined && age < freshMs(version, cached)) return cached;
    const asked = forgotten;
    const read = await readFile(version, cached ?? null);
    if (asked === forgotten) keep(key, read);
    return read;
  }

  function keep(key: string, file: CachedFile): void {
    files.delete(key);
    files.set(key, file);
    for (const oldest of files.keys()) {
      if (files.size <= MAX_FILES) break;
      files.delete(oldest);
    }
  }

  async function readFile(version: FileVersion, cached: CachedFile | null): Promise<CachedFile> {
    const { repository, name, commit } = version;
    const readAt = now().getTime();
    const octokit = await github.installation(repository.installationId);
    const request = { path: PATH, ref: commit, maxBytes: MAX_BYTES, etag: cached?.etag ?? null };
    const address = name === repository.name ? repository : { owner: repository.owner, name };
    const file = await readTextFile(octokit, address, request);
    switch (file.kind) {
      case "text":
        return { text: file.text, problem: null, etag: file.etag, readAt };
      case "unchanged":
        return cached === null ? readFile(version, null) : { ...cached, readAt };
      case "absent":
        return { text: null, problem: null, etag: null, readAt };
      case "unreadable":
        return { text: null, problem: UNREADABLE[file.reason], etag: null, readAt };
    }
  }

  /** A file that exists and cannot be read never counts as absent. */
  function parsed({ text, problem }: CachedFile, which: ConfigurationFile): ParsedConfiguration | null {
    if (problem !== null) return unreadableConfiguration(which, problem);
    return text === null ? null : parseConfiguration(text, { file: which, now: now() });
  }

  return {
    async read(repository, from) {
      const ownersOwn = repository.name === OWNER_REPOSITORY;
      const judged =
        from.kind === "nothing"
          ? null
          : { repository, name: repository.name, commit: from.kind === "commit" ? from.commit : null };
      const [owner, own] = await Promise.all([
        ownersOwn ? judged && file(judged) : file({ repository, name: OWNER_REPOSITORY, commit: null }),
        ownersOwn ? null : judged && file(judged),
      ]);
      return combineConfigurations({
        owner: owner === null ? null : parsed(owner, "owner"),
        repository: own === null ? null : parsed(own, "repository"),
        defaultMode,
      });
    },
    carry(repository, { sha, parent }) {
      const at = (commit: string): string => keyOf({ repository, name: repository.name, commit });
      const known = files.get(at(parent));
      if (known === undefined || known.text !== null || known.problem !== null || files.has(at(sha))) return;
      keep(at(sha), { ...known, isCarried: true });
    },
    forget(repository) {
      forgotten += 1;
      files.delete(keyOf({ repository, name: repository.name, commit: null }));
    },
  };
}

/** What a commit holds never changes. */
function freshMs({ commit }: FileVersion, { isCarried }: CachedFile): number {
  if (isCarried === true) return CARRIED_MS;
  return commit === null ? CONFIGURATION_FRESH_MS : Number.POSITIVE_INFINITY;
}

function keyOf({ repository, name, commit }: FileVersion): string {
  return `${repository.installationId}/${repository.owner}/${name}@${commit ?? ""}`;
}
