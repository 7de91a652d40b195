import type { Repository } from "../domain/index.ts";
import type { GitHub } from "../github/index.ts";
import { readTextFile } from "../github/index.ts";
import type { UnreadableReason } from "../github/index.ts";
import { combineConfigurations, parseConfiguration, unreadableConfiguration } from "../policy/index.ts";
import type { Configuration, ConfigurationFile, ConfigurationProblem } from "../policy/index.ts";

const PATH = ".github/rollcall.yml";

/** The repository of an owner whose file holds for all of the owner's repositories. */
const OWNER_REPOSITORY = ".github";

/** How long a file that was read is good for, unless a push says that it changed. */
const FRESH_MS = 5 * 60_000;

/** Files kept in memory. */
const CACHE_SIZE = 2000;

/** A configuration may say little; more than this is not read. */
const MAX_BYTES = 64 * 1024;

/** Why a file cannot be read, as the check says it. */
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

export interface ConfigurationReader {
  /**
   * The configuration that applies to a repository. Read from the default branches only.
   *
   * @param judged `before`: the commit from before the push to the default branch that is judged; null: as it is now
   */
  read(repository: Repository, judged: { readonly before: string | null }): Promise<EffectiveConfiguration>;
  /** Forgets what is remembered of the repository's file (and of the owner's, where it is that repository). */
  forget(repository: Repository): void;
}

interface CachedFile {
  readonly text: string | null;
  readonly problem: string | null;
  readonly readAt: number;
}

export function createConfigurationReader(github: GitHub, now: () => Date): ConfigurationReader {
  const files = new Map<string, CachedFile>();
  /** What was being read when a file was forgotten may be the old one, and is not kept. */
  let forgotten = 0;

  async function file(repository: Repository, name: string): Promise<CachedFile> {
    const key = `${repository.installationId}/${repository.owner}/${name}`;
    const cached = files.get(key);
    if (cached !== undefined && now().getTime() - cached.readAt < FRESH_MS) return cached;
    const asked = forgotten;
    const fresh = await readFile(repository, name);
    if (asked !== forgotten) return fresh;
    files.delete(key);
    files.set(key, fresh);
    for (const oldest of files.keys()) {
      if (files.size <= CACHE_SIZE) break;
      files.delete(oldest);
    }
    return fresh;
  }

  async function readFile(repository: Repository, name: string): Promise<CachedFile> {
    const readAt = now().getTime();
    const octokit = await github.installation(repository.installationId);
    const request = { path: PATH, ref: null, maxBytes: MAX_BYTES };
    const file = await readTextFile(octokit, { owner: repository.owner, name }, request);
    if (file.kind === "text") return { text: file.text, problem: null, readAt };
    return { text: null, problem: file.kind === "unreadable" ? UNREADABLE[file.reason] : null, readAt };
  }

  /** A file that exists and cannot be read never counts as absent. */
  function parsed({ text, problem }: CachedFile, which: ConfigurationFile) {
    if (problem !== null) return unreadableConfiguration(which, problem);
    return text === null ? null : parseConfiguration(text, { file: which, now: now() });
  }

  return {
    async read(repository) {
      const [owner, own] = await Promise.all([
        file(repository, OWNER_REPOSITORY),
        repository.name === OWNER_REPOSITORY ? null : file(repository, repository.name),
      ]);
      return combineConfigurations({
        owner: parsed(owner, "owner"),
        repository: own === null ? null : parsed(own, "repository"),
        defaultMode: "enforce",
      });
    },
    forget(repository) {
      forgotten += 1;
      files.delete(`${repository.installationId}/${repository.owner}/${repository.name}`);
    },
  };
}
