/**
 * One repository, read with git. `prepare` and `prepareTips` fetch, one call at a time for each mirror; everything else
 * only reads local objects and never fetches. Nothing that comes from a delivery reaches git unchecked.
 */
import { gapOf } from "../../domain/index.ts";
import type { BlobRead, CommitContent, CommitSource } from "../commit-source.ts";
import type { KeyedLock } from "../keyed-lock.ts";
import { readCommits } from "./content/read-commits.ts";
import { Fetcher } from "./mirror/fetcher.ts";
import type { FetchReport } from "./mirror/fetcher.ts";
import { listRefs } from "./mirror/list-refs.ts";
import type { RefTip } from "./mirror/list-refs.ts";
import type { Mirror } from "./mirror/mirror.ts";
import type { Remote } from "./mirror/remote.ts";
import { ObjectReader } from "./objects/object-reader.ts";
import type { CommitRange, Preparation } from "./prepare/commit-range.ts";
import type { PrepareContext } from "./prepare/prepare-context.ts";
import { prepareRange } from "./prepare/prepare-range.ts";
import { prepareTips } from "./prepare/prepare-tips.ts";
import { GitError } from "./process/git-error.ts";
import type { GitLimits } from "./process/limits.ts";

export interface Prepared extends Preparation {
  /** The fetches that were made; none where all was here already. */
  readonly fetches: readonly FetchReport[];
}

export interface GitSource extends CommitSource {
  /**
   * Fetches the objects that a range of commits needs, and lists its commits.
   * @throws GitError
   */
  prepare(range: CommitRange, signal: AbortSignal): Promise<Prepared>;
  /**
   * Fetches the objects that reading single commits needs, without the history that leads to them.
   * @param refs refs to ask for where the remote refuses a commit by its id
   * @throws GitError
   */
  prepareTips(commits: readonly string[], refs: readonly string[], signal: AbortSignal): Promise<Prepared>;
  /**
   * The tips of all refs of the remote, by one request.
   * @throws GitError
   */
  listRefs(signal: AbortSignal): Promise<RefTip[]>;
}

export interface GitSourceParts {
  readonly mirror: Mirror;
  readonly remote: Remote;
  readonly limits: GitLimits;
  readonly lock: KeyedLock;
  /** Environment of this process, of which git gets a few variables. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
  /** Called when a use of the mirror starts; the function it returns is called at the end. */
  readonly use: () => () => void;
}

/** More packs than this make every look-up slow: the mirror is created again. */
const MAX_PACKS = 200;
const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** A subset of what git-check-ref-format allows. */
const REF = /^refs\/(?!.*(?:\.\.|\/\/|@\{|\.lock(?:\/|$)|\/\.|\/$|\.$))[^\s~^:?*[\\\p{Cc}]{1,400}$/u;

export function createGitSource(parts: GitSourceParts): GitSource {
  const { mirror, remote, limits, lock } = parts;

  async function prepareOnce(
    work: (context: PrepareContext) => Promise<Preparation>,
    signal: AbortSignal,
  ): Promise<Prepared> {
    if ((await mirror.packs()) > MAX_PACKS) await mirror.remove();
    await mirror.create();
    const fetcher = new Fetcher(mirror, remote, limits);
    const prepared = await work({ mirror, fetcher, limits, signal });
    if (fetcher.reports.length > 0) await mirror.trimTips();
    await mirror.touch();
    return { ...prepared, fetches: fetcher.reports };
  }

  async function prepareLocked(
    work: (context: PrepareContext) => Promise<Preparation>,
    signal: AbortSignal,
  ): Promise<Prepared> {
    const release = parts.use();
    try {
      return await lock.run(mirror.path, async () => {
        try {
          return await prepareOnce(work, signal);
        } catch (error) {
          if (!(error instanceof GitError) || (error.code !== "mirror_gone" && error.code !== "failed"))
            throw error;
          // Damaged, by a crash or a full disk for instance. A fetch brings everything back.
          await mirror.remove();
          return await prepareOnce(work, signal);
        }
      });
    } finally {
      release();
    }
  }

  return {
    async prepare(range, signal) {
      assertIds([...range.include, ...range.exclude]);
      assertRefs(range.refs ?? []);
      return await prepareLocked(async (context) => await prepareRange(range, context), signal);
    },

    async prepareTips(commits, refs, signal) {
      assertIds(commits);
      assertRefs(refs);
      return await prepareLocked(async (context) => await prepareTips(commits, refs, context), signal);
    },

    async listRefs(signal) {
      return await listRefs(remote, { inherited: parts.inherited, limits, signal });
    },

    async *read(commits: readonly string[], signal: AbortSignal): AsyncGenerator<CommitContent> {
      assertIds(commits);
      await assertExists(mirror);
      const release = parts.use();
      const reader = new ObjectReader(mirror, limits.readTime, signal);
      try {
        await mirror.touch();
        yield* readCommits(commits, { mirror, reader, limits, signal });
      } finally {
        reader.close();
        release();
      }
    },

    async readBlob(blob, at, signal): Promise<BlobRead> {
      assertIds([blob]);
      await assertExists(mirror);
      const release = parts.use();
      const reader = new ObjectReader(mirror, limits.readTime, signal);
      try {
        const read = await reader.read(blob, limits.blobBytes);
        if (read.kind === "object" && read.type === "blob") return { kind: "bytes", bytes: read.bytes };
        if (read.kind === "missing") await assertExists(mirror);
        const gap =
          read.kind === "too_large"
            ? { reason: "too_large" as const, detail: `${read.size} bytes, the limit is ${limits.blobBytes}` }
            : { reason: "unavailable" as const, detail: "the object is not in the mirror" };
        return { kind: "gap", gap: gapOf({ ...at, ...gap, blob }) };
      } finally {
        reader.close();
        release();
      }
    },
  };
}

async function assertExists(mirror: Mirror): Promise<void> {
  if (!(await mirror.exists()))
    throw new GitError("mirror_gone", "The mirror of this repository is missing; prepare it first");
}

function assertIds(ids: readonly string[]): void {
  if (!ids.every((id) => OBJECT_ID.test(id)))
    throw new GitError("invalid_request", "An object id must be 40 or 64 hexadecimal digits");
}

function assertRefs(refs: readonly string[]): void {
  if (!refs.every((ref) => REF.test(ref)))
    throw new GitError("invalid_request", "A ref to fetch must be a valid name of a ref");
}
