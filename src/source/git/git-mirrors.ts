/**
 * All mirrors of this process, one folder each, named by the repository's numeric id: a lock for each, so one caller
 * writes at a time, and a limit on the disk they take. Knows nothing of commits.
 */
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { AccessToken } from "../../github/index.ts";
import { NO_MEASURES } from "../../measure/index.ts";
import type { Measures } from "../../measure/index.ts";
import { GitError } from "./process/git-error.ts";
import { createGitSource } from "./git-source.ts";
import type { GitSource } from "./git-source.ts";
import { KeyedLock } from "../keyed-lock.ts";
import { GIT_LIMITS } from "./process/limits.ts";
import type { GitLimits } from "./process/limits.ts";
import { directoryBytes, Mirror } from "./mirror/mirror.ts";

export interface GitMirrorsOptions {
  /** Folder of all mirrors; created if missing. Safe to delete at any time. */
  readonly directory: string;
  /** Environment of this process; PATH, proxies and certificate files are passed to git, nothing else. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Protocols that a URL may have. `http` where GitHub itself is configured so, `file` in tests. */
  readonly protocols?: readonly ("https" | "http" | "file")[];
  readonly limits?: Partial<GitLimits>;
  readonly measures?: Measures;
}

/** A repository and how to reach it. */
export interface GitRepository {
  /** GitHub's numeric id, which survives a rename. */
  readonly id: number;
  readonly url: string;
  /** The token for one call to the remote; `refused` is the one that it just refused, null at first. */
  readonly token: (refused: AccessToken | null) => Promise<AccessToken | null>;
  /** The repository's present URL, asked for when `url` redirects; null if it has no other. */
  readonly currentUrl?: () => Promise<string | null>;
  /** The name in `url` is redacted, so it leads nowhere: the current one is asked for first. */
  readonly isRedacted?: boolean;
}

interface Eviction {
  readonly removed: number;
  /** Bytes on disk that are left. */
  readonly bytes: number;
}

/** All mirrors of this process: one writer at a time for each, and a limit on their disk space. */
export interface GitMirrors {
  open(repository: GitRepository): GitSource;
  /** Removes the mirrors that were unused the longest until at most `maxBytes` are left; those in use stay. */
  evict(maxBytes: number): Promise<Eviction>;
}

export function createGitMirrors(options: GitMirrorsOptions): GitMirrors {
  const directory = resolve(options.directory);
  const { environment, measures = NO_MEASURES } = options;
  const protocols = options.protocols ?? ["https"];
  const limits: GitLimits = { ...GIT_LIMITS, ...options.limits };
  const lock = new KeyedLock();
  const users = new Map<string, number>();

  function use(path: string): () => void {
    users.set(path, (users.get(path) ?? 0) + 1);
    return () => {
      const left = (users.get(path) ?? 1) - 1;
      if (left === 0) users.delete(path);
      else users.set(path, left);
    };
  }

  return {
    open(repository) {
      if (!Number.isSafeInteger(repository.id) || repository.id < 0)
        throw new GitError("invalid_request", "A repository must be given by its numeric id");

      assertUrl(repository.url, protocols);
      const mirror = new Mirror(join(directory, `${repository.id}.git`), environment);
      const { url, token, isRedacted = false } = repository;
      const currentUrl = async (): Promise<string | null> => {
        const current = (await repository.currentUrl?.()) ?? null;
        if (current !== null) assertUrl(current, protocols);
        return current;
      };
      const remote = { url, token, currentUrl, isRedacted, protocols };
      const inherited = environment;
      return createGitSource({
        mirror,
        remote,
        limits,
        lock,
        inherited,
        use: () => use(mirror.path),
        fetched: (bytes) => measures.bytesFetched("git", bytes),
      });
    },

    async evict(maxBytes) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const names = await readdir(directory);
      for (const name of names.filter((each) => each.startsWith(".removed-")))
        await rm(join(directory, name), { recursive: true, force: true });

      const mirrors: { path: string; bytes: number; used: number }[] = [];
      for (const name of names.filter((each) => /^\d+\.git$/.test(each))) {
        const path = join(directory, name);
        const used = await stat(join(path, "used")).then(
          (file) => file.mtimeMs,
          () => 0,
        );
        mirrors.push({ path, bytes: await directoryBytes(path), used });
      }
      mirrors.sort((a, b) => a.used - b.used);
      let bytes = mirrors.reduce((sum, mirror) => sum + mirror.bytes, 0);
      let removed = 0;
      for (const mirror of mirrors) {
        if (bytes <= maxBytes) break;
        if (users.has(mirror.path) || lock.isHeld(mirror.path)) continue;
        await lock.run(mirror.path, async () => await new Mirror(mirror.path, environment).remove());
        bytes -= mirror.bytes;
        removed++;
      }
      return { removed, bytes };
    },
  };
}

/** @throws {GitError} `invalid_request` where the URL is not one of these protocols, or holds credentials */
export function assertUrl(text: string, protocols: readonly string[]): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !protocols.includes(url.protocol.slice(0, -1))) {
    throw new GitError(
      "invalid_request",
      `The URL of a repository must begin with one of: ${protocols.join(", ")}`,
    );
  }
  if (url.username !== "" || url.password !== "" || /[\s\p{Cc}]/u.test(text))
    throw new GitError("invalid_request", "The URL of a repository must not hold credentials or spaces");
}
