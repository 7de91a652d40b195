import type { Gap, Scope } from "../domain/index.ts";
import { GitError } from "../source/index.ts";
import type { BlobRead, CommitContent, GitSource, Preparation, PrepareRequest } from "../source/index.ts";
import type { Listing, ScopeSource } from "./read-scope.ts";

/** What of a scope git is asked for. */
export interface GitScopeRequest {
  readonly scope: Scope;
  /** Number of commits by the delivery, so that one fetch is deep enough; null where it does not say. */
  readonly count: number | null;
  /** Commits whose history needs no second look: what scanned refs hold, for a ref that is new. */
  readonly known: readonly string[];
  /** Which of the listed commits have to be read; only their content is fetched. */
  readonly needed: (commits: readonly string[]) => Promise<readonly string[]>;
}

/** A failure of the network is tried once more at once: a whole scan is at stake. */
const ATTEMPTS = 2;

/** One scope by way of git: fetched when it is first asked for, and then only read. */
export function createGitScope(git: GitSource, request: GitScopeRequest): ScopeSource {
  const { scope } = request;
  const tip = scope.kind === "push" ? scope.after : scope.head;
  let listing: Promise<Listing> | null = null;

  function list(signal: AbortSignal): Promise<Listing> {
    listing ??= prepare(git, { ...rangeOf(request, tip), needed: request.needed }, signal);
    return listing;
  }

  return {
    list,
    async listDropped(signal) {
      if (scope.kind !== "push" || scope.before === null) return { commits: [], gaps: [] };
      const range = {
        include: [scope.before],
        exclude: [tip],
        expectedCommits: null,
        needed: request.needed,
      };
      const dropped = await prepare(git, range, signal);
      // GitHub may have thrown away what nothing holds any more: then nobody else can fetch it either.
      return { ...dropped, gaps: dropped.gaps.filter((gap) => gap.reason !== "unavailable") };
    },
    async *read(commits, signal): AsyncGenerator<CommitContent> {
      const { gaps } = await list(signal);
      const left = new Set(commits);
      try {
        const failure = gaps.find((gap) => gap.reason === "git_failed" || gap.reason === "timeout");
        for await (const content of git.read(commits, signal)) {
          yield failure === undefined ? content : explained(content, failure);
          if (content.more !== true) left.delete(content.sha);
        }
      } catch (error) {
        if (!(error instanceof GitError || signal.aborted)) throw error;
        const why = gaps[0]?.detail ?? (error instanceof GitError ? error.code : "");
        // First the one that was being read: this is the end of its parts.
        for (const sha of left) yield unread(sha, signal.aborted ? "timeout" : "git_failed", why);
      }
    },
    async readBlob(blob, at, signal): Promise<BlobRead> {
      try {
        return await git.readBlob(blob, at, signal);
      } catch (error) {
        if (!(error instanceof GitError)) throw error;
        return { kind: "gap", gap: { reason: "git_failed", ...at, detail: error.code } };
      }
    },
  };
}

/** Where the remote serves the tip, should it not give it by id, and what is left out of the range. */
function rangeOf(request: GitScopeRequest, tip: string): Omit<PrepareRequest, "needed"> {
  const { scope, count: expectedCommits } = request;
  switch (scope.kind) {
    case "push":
      return {
        include: [tip],
        exclude: scope.before === null ? request.known : [scope.before],
        expectedCommits,
      };
    case "pull_request":
      return {
        include: [tip],
        refs: [`refs/pull/${scope.number}/head`],
        exclude: [scope.base],
        expectedCommits,
      };
    case "merge_group":
      return { include: [tip], exclude: [scope.base], expectedCommits };
  }
}

/** Oldest first. A range that cannot be had is a gap of the list. */
async function prepare(git: GitSource, request: PrepareRequest, signal: AbortSignal): Promise<Listing> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return listed(await git.prepare(request, signal));
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      if (error.retryable && attempt < ATTEMPTS && !signal.aborted) continue;
      const reason: Gap["reason"] = error.code === "timeout" || signal.aborted ? "timeout" : "git_failed";
      return { commits: [], gaps: [{ reason, commit: null, path: null, detail: `git: ${error.code}` }] };
    }
  }
}

function listed({ commits, gaps }: Preparation): Listing {
  return { commits: commits.map((commit) => commit.sha).toReversed(), gaps };
}

/** What is not here because the fetch failed is said to be so, and not to be gone. */
function explained(content: CommitContent, { reason, detail }: Gap): CommitContent {
  const gaps = content.gaps.map((gap) => (gap.reason === "unavailable" ? { ...gap, reason, detail } : gap));
  return { ...content, gaps };
}

function unread(sha: string, reason: Gap["reason"], detail: string): CommitContent {
  const gap: Gap = { reason, commit: sha, path: null, detail };
  return { sha, parents: [], message: "", people: "", files: [], gaps: [gap] };
}
