import type { Gap } from "../../domain/index.ts";
import type { BlobRead, CommitContent, CommitSource } from "../commit-source.ts";
import { walkCommits } from "./objects/commit-walk.ts";
import type { CommitNode } from "./objects/commit-walk.ts";
import { Fetcher } from "./mirror/fetcher.ts";
import type { FetchReport, Remote } from "./mirror/fetcher.ts";
import { GitError } from "./process/git-error.ts";
import { parseTag } from "./objects/git-object.ts";
import type { TagObject } from "./objects/git-object.ts";
import type { KeyedLock } from "../keyed-lock.ts";
import type { GitLimits } from "./process/limits.ts";
import type { Mirror } from "./mirror/mirror.ts";
import { ObjectReader } from "./objects/object-reader.ts";
import { prepareRange } from "./mirror/prepare.ts";
import type { Preparation, PrepareRequest } from "./mirror/prepare.ts";
import { readCommits } from "./content/read-commits.ts";

export interface Prepared extends Preparation {
  /** The fetches that were made; none where all was here already. */
  readonly fetches: readonly FetchReport[];
}

type TagRead =
  { readonly kind: "tag"; readonly tag: TagObject } | { readonly kind: "gap"; readonly gap: Gap };

/** One repository's commits by way of git. `prepare` fetches; everything else only reads, and never fetches. */
export interface GitSource extends CommitSource {
  /**
   * Fetches what a range of commits needs and says which commits it has.
   * @throws GitError
   */
  prepare(request: PrepareRequest, signal: AbortSignal): Promise<Prepared>;
  /** Lists a range from what is here; commits that are not here are a gap. */
  listCommits(
    range: { readonly include: readonly string[]; readonly exclude: readonly string[] },
    limit: number,
    signal: AbortSignal,
  ): Promise<Preparation>;
  /** An annotated tag that `prepare` was given as a tip. */
  readTag(tag: string, signal: AbortSignal): Promise<TagRead>;
}

export interface GitSourceParts {
  readonly mirror: Mirror;
  readonly remote: Remote;
  readonly limits: GitLimits;
  readonly lock: KeyedLock;
  /** Called at the start of a use of the mirror; what it returns, at the end. */
  readonly use: () => () => void;
}

/** More packs than this make every look-up slow: the mirror is made anew. */
const MAX_PACKS = 200;
const MAX_TAG_BYTES = 64 * 1024 ** 2;
const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** What git-check-ref-format allows, and less. */
const REF = /^refs\/(?!.*(?:\.\.|\/\/|@\{|\.lock(?:\/|$)|\/\.|\/$|\.$))[^\s~^:?*[\\\p{Cc}]{1,400}$/u;

export function createGitSource(parts: GitSourceParts): GitSource {
  const { mirror, remote, limits, lock } = parts;

  async function withReader<T>(signal: AbortSignal, task: (reader: ObjectReader) => Promise<T>): Promise<T> {
    await assertExists(mirror);
    const release = parts.use();
    const reader = new ObjectReader(mirror, limits.readTime, signal);
    try {
      return await task(reader);
    } finally {
      reader.close();
      release();
    }
  }

  async function prepareOnce(request: PrepareRequest, signal: AbortSignal): Promise<Prepared> {
    if ((await mirror.packs()) > MAX_PACKS) await mirror.remove();
    await mirror.create();
    const fetcher = new Fetcher(mirror, remote, limits);
    const prepared = await prepareRange(request, { mirror, fetcher, limits, signal });
    await mirror.touch();
    return { ...prepared, fetches: fetcher.reports };
  }

  return {
    async prepare(request, signal) {
      assertRequest(request);
      const release = parts.use();
      try {
        return await lock.run(mirror.path, async () => {
          try {
            return await prepareOnce(request, signal);
          } catch (error) {
            if (!(error instanceof GitError) || (error.code !== "mirror_gone" && error.code !== "failed"))
              throw error;
            // Damaged, by a crash or a full disk for instance; nothing in it is worth more than a fetch.
            await mirror.remove();
            return await prepareOnce(request, signal);
          }
        });
      } finally {
        release();
      }
    },

    async listCommits(range, limit, signal) {
      for (const id of [...range.include, ...range.exclude]) assertObjectId(id);
      const walk = await withReader(signal, async (reader) => await walkCommits(reader, range, limit));
      return { commits: walk.commits, gaps: gapsOfWalk(walk, limit) };
    },

    async *read(commits: readonly string[], signal: AbortSignal): AsyncGenerator<CommitContent> {
      for (const id of commits) assertObjectId(id);
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
      assertObjectId(blob);
      const read = await withReader(signal, async (reader) => await reader.read(blob, limits.blobBytes));
      if (read.kind === "object" && read.type === "blob") return { kind: "bytes", bytes: read.bytes };
      if (read.kind === "missing") await assertExists(mirror);
      const gap: Gap =
        read.kind === "too_large"
          ? { reason: "too_large", ...at, detail: `${read.size} bytes, the limit is ${limits.blobBytes}` }
          : { reason: "unavailable", ...at, detail: "the object is not in the mirror" };
      return { kind: "gap", gap };
    },

    async readTag(tag, signal): Promise<TagRead> {
      assertObjectId(tag);
      const read = await withReader(signal, async (reader) => await reader.read(tag, MAX_TAG_BYTES));
      if (read.kind === "object" && read.type === "tag") return { kind: "tag", tag: parseTag(read.bytes) };
      const detail = read.kind === "object" ? "the object is no tag" : "the tag is not in the mirror";
      return { kind: "gap", gap: { reason: "unavailable", commit: tag, path: null, detail } };
    },
  };
}

function gapsOfWalk(
  walk: {
    readonly commits: readonly CommitNode[];
    readonly missing: readonly string[];
    readonly tooMany: boolean;
  },
  limit: number,
): Gap[] {
  const gaps: Gap[] = walk.missing.map((commit) => ({
    reason: "unavailable",
    commit,
    path: null,
    detail: "the commit is not in the mirror",
  }));
  if (walk.tooMany) {
    gaps.push({
      reason: "too_many_commits",
      commit: null,
      path: null,
      detail: `the limit is ${limit} commits`,
    });
  }
  return gaps;
}

async function assertExists(mirror: Mirror): Promise<void> {
  if (!(await mirror.exists())) {
    throw new GitError("mirror_gone", "There is no mirror of this repository (any more); prepare it first");
  }
}

function assertRequest(request: PrepareRequest): void {
  for (const id of [...request.include, ...request.exclude]) assertObjectId(id);
  for (const ref of request.refs ?? []) {
    if (!REF.test(ref)) throw new GitError("invalid_request", "A ref to fetch is not a valid name of a ref");
  }
}

function assertObjectId(id: string): void {
  if (!OBJECT_ID.test(id))
    throw new GitError("invalid_request", "An object id must be 40 or 64 hexadecimal digits");
}
