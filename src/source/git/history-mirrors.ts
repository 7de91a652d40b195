/**
 * Full mirrors of this process, one folder each, named by the repository's numeric id. Fetching checks the limit and the
 * free space before and while bytes arrive. What was fetched is kept, so the next fetch brings only what is new, until the
 * space is needed or the repository is removed.
 */
import { mkdir, readdir, rm, stat, statfs } from "node:fs/promises";
import { join, resolve } from "node:path";
import { KeyedLock } from "../keyed-lock.ts";
import { assertUrl } from "./git-mirrors.ts";
import type { GitRepository } from "./git-mirrors.ts";
import { Fetcher } from "./mirror/fetcher.ts";
import { FullMirror } from "./mirror/full-mirror.ts";
import { listRefs } from "./mirror/list-refs.ts";
import type { RefTip } from "./mirror/list-refs.ts";
import { directoryBytes } from "./mirror/mirror.ts";
import type { Remote } from "./mirror/remote.ts";
import { GitError } from "./process/git-error.ts";
import { GIT_LIMITS } from "./process/limits.ts";
import type { GitLimits } from "./process/limits.ts";

export interface HistoryMirrorsOptions {
  /** Folder of all mirrors; created if missing. Safe to delete at any time. */
  readonly directory: string;
  /** Bytes that all mirrors together may take; one repository may take them all. */
  readonly maxBytes: number;
  /** Environment of this process; PATH, proxies and certificate files are passed to git, nothing else. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly protocols?: readonly ("https" | "http" | "file")[];
  readonly limits?: Partial<GitLimits>;
  /** Told of bytes that came from GitHub. */
  readonly fetched?: (bytes: number) => void;
  /** Bytes that may be written to the disk of the folder; for tests. */
  readonly freeBytes?: (directory: string) => Promise<number>;
}

/** A history on this machine. */
export interface FetchedHistory {
  readonly gitDirectory: string;
  /** Ids that the refs name, each once. */
  readonly tips: readonly string[];
  /** Bytes that the fetch brought. */
  readonly fetchedBytes: number;
}

export interface HistoryMirror {
  /**
   * The refs of the remote that count: all but GitHub's trial merges of pull requests.
   * @throws GitError
   */
  listRefs(signal: AbortSignal): Promise<readonly RefTip[]>;
  /**
   * Fetches everything that these refs lead to, and keeps it here while `read` reads it.
   *
   * @param sizeBytes how large GitHub says the repository is; null: unknown
   * @throws GitError `too_many_bytes` where it is larger than the limit, `disk_full` where the disk has no room for it
   */
  fetch<Result>(
    refs: readonly RefTip[],
    of: { readonly defaultBranch: string; readonly sizeBytes: number | null },
    signal: AbortSignal,
    read: (history: FetchedHistory) => Promise<Result>,
  ): Promise<Result>;
  /** Deletes what is here of the repository. */
  remove(): Promise<void>;
}

export interface HistoryMirrors {
  open(repository: GitRepository): HistoryMirror;
  /** Ids of the repositories that have a mirror here. */
  ids(): Promise<readonly number[]>;
  remove(id: number): Promise<void>;
  /** Removes those unused for longest until the others are within the limit. */
  evict(): Promise<void>;
}

/** Space on the disk that is left to the database and the rest. */
const RESERVED_BYTES = 1024 ** 3;
/** More packs than this make every look-up slow: the mirror is fetched again. */
const MAX_PACKS = 50;
/** A whole history takes longer than a push, and gives way to it. */
const HISTORY_LIMITS: GitLimits = { ...GIT_LIMITS, fetchTime: 3_600_000, idleTime: 120_000, niceness: 15 };
/** GitHub's trial merge of an open pull request: its parents are read, and nobody wrote it. */
const TRIAL_MERGE = /^refs\/pull\/\d+\/merge$/;

/** All full mirrors of this process. */
export function createHistoryMirrors(options: HistoryMirrorsOptions): HistoryMirrors {
  const directory = resolve(options.directory);
  const { environment, maxBytes, fetched = () => {} } = options;
  const protocols = options.protocols ?? ["https"];
  const limits = { ...HISTORY_LIMITS, ...options.limits };
  const freeBytes = options.freeBytes ?? freeBytesOf;
  const lock = new KeyedLock();

  const pathOf = (id: number): string => join(directory, `${id}.git`);
  const mirrorOf = (id: number): FullMirror => new FullMirror(pathOf(id), environment);

  async function ids(): Promise<readonly number[]> {
    const names = await readdir(directory).catch(() => []);
    return names.flatMap((name) => (/^\d+\.git$/.test(name) ? [Number.parseInt(name, 10)] : []));
  }

  async function remove(id: number): Promise<void> {
    await lock.run(pathOf(id), async () => await mirrorOf(id).remove());
  }

  /** Removes those unused for longest, but not `keep`, until the others take at most this. */
  async function makeRoom(bytes: number, keep: number | null): Promise<void> {
    const graves = (await readdir(directory).catch(() => [])).filter((name) => name.startsWith(".removed-"));
    for (const name of graves) await rm(join(directory, name), { recursive: true, force: true });
    const others: { id: number; bytes: number; used: number }[] = [];
    for (const id of await ids()) {
      if (id === keep) continue;
      const used = await stat(join(pathOf(id), "used")).then(
        (file) => file.mtimeMs,
        () => 0,
      );
      others.push({ id, bytes: await directoryBytes(pathOf(id)), used });
    }
    others.sort((a, b) => a.used - b.used);
    let total = others.reduce((sum, other) => sum + other.bytes, 0);
    for (const other of others) {
      if (total <= bytes) return;
      if (lock.isHeld(pathOf(other.id))) continue;
      await remove(other.id);
      total -= other.bytes;
    }
  }

  async function fetchInto(
    mirror: FullMirror,
    remote: Remote,
    refs: readonly RefTip[],
    of: { readonly defaultBranch: string; readonly sizeBytes: number | null; readonly id: number },
    signal: AbortSignal,
  ): Promise<FetchedHistory> {
    // Whole repositories are in it, with their keys.
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if ((await mirror.packs()) > MAX_PACKS) await mirror.remove();
    const tips = [...new Set(refs.map(({ sha }) => sha))];
    await mirror.create(tips[0]?.length ?? 40);
    const here = await mirror.packBytes();
    const wanted = Math.max(0, (of.sizeBytes ?? 0) - here);
    if (here + wanted > maxBytes) throw tooLarge(maxBytes);
    await makeRoom(maxBytes - here - wanted, of.id);
    const free = (await freeBytes(directory)) - RESERVED_BYTES;
    if (free <= wanted) throw noRoom();
    const allowed = Math.min(maxBytes - here, free);
    const fetcher = new Fetcher(mirror, remote, { ...limits, fetchBytes: allowed }, fetched);
    const beyond = (cause?: unknown): GitError =>
      allowed < free ? tooLarge(maxBytes, cause) : noRoom(cause);
    try {
      if (tips.length > 0) await fetcher.history(tips, signal);
    } catch (error) {
      throw error instanceof GitError && error.code === "too_many_bytes" ? beyond(error) : error;
    }
    // Its size is looked at a few times a second while it arrives, and once when it has.
    if ((await mirror.packBytes()) - here > allowed) throw beyond();
    await mirror.writeRefs(refs, of.defaultBranch);
    return {
      gitDirectory: mirror.path,
      tips,
      fetchedBytes: fetcher.reports.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  return {
    open(repository) {
      const { id, url, token } = repository;
      if (!Number.isSafeInteger(id) || id < 0)
        throw new GitError("invalid_request", "A repository must be given by its numeric id");

      assertUrl(url, protocols);
      const currentUrl = async (): Promise<string | null> => {
        const current = (await repository.currentUrl?.()) ?? null;
        if (current !== null) assertUrl(current, protocols);
        return current;
      };
      const remote = { url, token, currentUrl, protocols };
      return {
        async listRefs(signal) {
          const refs = await listRefs(remote, { inherited: environment, limits, signal });
          return refs.filter(({ ref }) => !TRIAL_MERGE.test(ref));
        },

        async fetch(refs, { defaultBranch, sizeBytes }, signal, read) {
          const mirror = mirrorOf(id);
          const fetchOnce = async (): Promise<FetchedHistory> =>
            await fetchInto(mirror, remote, refs, { defaultBranch, sizeBytes, id }, signal);
          return await lock.run(mirror.path, async () => {
            const history = await fetchOnce().catch(async (error: unknown) => {
              if (!(error instanceof GitError)) throw error;
              // What does not fit is not kept, and a damaged mirror is fetched again.
              if (error.code !== "mirror_gone" && error.code !== "failed" && !isNoRoom(error)) throw error;
              await mirror.remove();
              if (isNoRoom(error)) throw error;
              return await fetchOnce();
            });
            const result = await read(history);
            await mirror.touch();
            return result;
          });
        },

        remove: async () => await remove(id),
      };
    },
    ids,
    remove,
    evict: async () => await makeRoom(maxBytes, null),
  };
}

function isNoRoom({ code }: GitError): boolean {
  return code === "too_many_bytes" || code === "disk_full";
}

function tooLarge(maxBytes: number, cause?: unknown): GitError {
  const limit = (maxBytes / 1e9).toLocaleString("en-US", { maximumFractionDigits: 1 });
  return new GitError("too_many_bytes", `The repository is larger than the limit of ${limit} GB`, { cause });
}

function noRoom(cause?: unknown): GitError {
  return new GitError("disk_full", "The disk has no room for the repository", { cause });
}

async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
