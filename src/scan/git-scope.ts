/**
 * One scope, read with git: fetched on first use, then only read. It decides what a failure of git means: one that may pass
 * is thrown, so the queue retries; a limit or a problem of this machine is a gap.
 */
import { gapOf, headOf } from "../domain/index.ts";
import type { Gap, Scope } from "../domain/index.ts";
import { GitError } from "../source/index.ts";
import type { BlobRead, CommitContent, CommitRange, GitSource, Preparation } from "../source/index.ts";
import { unscanned } from "./scope-request.ts";
import type { CommitRecord, Listing, ScopeRequest, ScopeSource } from "./scope-request.ts";

/** A failure of the network is tried once more at once: a whole scan is at stake. */
const MAX_ATTEMPTS = 2;

export interface GitScopeOptions {
  /** Only the content of commits that are not on record is fetched. */
  readonly record: CommitRecord;
  /**
   * There is no further attempt: every failure is a gap, so what was read is published. Default false.
   */
  readonly lastAttempt?: boolean;
}

/** The source of a scope's commits. Its methods throw GitError, always `retryable`. */
export function createGitScope(
  git: GitSource,
  request: ScopeRequest,
  { record, lastAttempt = false }: GitScopeOptions,
): ScopeSource {
  const { scope } = request;
  const head = headOf(scope);
  const refs = refsOf(scope);
  const needed = (commits: readonly string[]): Promise<readonly string[]> => unscanned(record, commits);
  /** Commits that were requested, whether or not they could be fetched. */
  const asked = new Set<string>();
  /** Why fetching failed; commits missing for that reason say so in their gaps. */
  let failure: Gap | null = null;
  let listing: Promise<Listing> | null = null;

  async function prepare(call: () => Promise<Preparation>, signal: AbortSignal): Promise<Listing> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { commits, gaps } = await call();
        const shas = commits.map((commit) => commit.sha).toReversed();
        for (const sha of shas) asked.add(sha);
        return { commits: shas, gaps };
      } catch (error) {
        if (!(error instanceof GitError)) throw error;
        if (error.retryable && !signal.aborted) {
          if (error.retry === "soon" && attempt < MAX_ATTEMPTS) continue;
          if (!lastAttempt) throw error;
        }
        const reason = error.code === "timeout" || signal.aborted ? "timeout" : "git_failed";
        failure = gapOf({ reason, detail: `git: ${error.code}` });
        return { commits: [], gaps: [failure] };
      }
    }
  }

  function prepareRange(range: Omit<CommitRange, "needed">, signal: AbortSignal): Promise<Listing> {
    return prepare(() => git.prepare({ ...range, needed }, signal), signal);
  }

  /** Whether a new fetch may repair an error while reading. */
  function isThrown(error: GitError, signal: AbortSignal): boolean {
    return error.code === "mirror_gone" && failure === null && !lastAttempt && !signal.aborted;
  }

  return {
    list(signal) {
      listing ??= prepareRange({ ...rangeOf(request, head), ...(refs.length > 0 ? { refs } : {}) }, signal);
      return listing;
    },
    async listDropped(signal) {
      if (scope.kind !== "push" || scope.before === null) return { commits: [], gaps: [] };
      const range = { include: [scope.before], exclude: [head], commitCount: null };
      const dropped = await prepareRange(range, signal);
      // GitHub may have deleted commits that no ref holds any more: then others can no longer fetch them either.
      return { ...dropped, gaps: dropped.gaps.filter((gap) => gap.reason !== "unavailable") };
    },
    async *read(commits, signal): AsyncGenerator<CommitContent> {
      const unprepared = commits.filter((sha) => !asked.has(sha));
      let gaps: readonly Gap[] = [];
      if (unprepared.length > 0) {
        const tips = await prepare(() => git.prepareTips(unprepared, refs, signal), signal);
        gaps = tips.gaps;
        for (const sha of unprepared) asked.add(sha);
      }
      const left = new Set(commits);
      try {
        for await (const content of git.read(commits, signal)) {
          yield failure === null ? content : explained(content, failure);
          if (content.more !== true) left.delete(content.sha);
        }
      } catch (error) {
        if (!(error instanceof GitError || signal.aborted)) throw error;
        if (error instanceof GitError && isThrown(error, signal)) throw error;
        const cause = failure?.detail ?? gaps[0]?.detail;
        const detail = cause ?? (error instanceof GitError ? error.code : "");
        const reason = signal.aborted ? "timeout" : "git_failed";
        // First the commit that was being read: this ends its parts.
        for (const sha of left) yield unread(gapOf({ reason, commit: sha, detail }), sha);
      }
    },
    async readBlob(blob, at, signal): Promise<BlobRead> {
      try {
        return await git.readBlob(blob, at, signal);
      } catch (error) {
        if (!(error instanceof GitError) || isThrown(error, signal)) throw error;
        return { kind: "gap", gap: gapOf({ reason: "git_failed", ...at, detail: error.code }) };
      }
    },
  };
}

/** The refs to fetch if GitHub does not serve the commits by id. */
function refsOf(scope: Scope): string[] {
  return scope.kind === "pull_request" ? [`refs/pull/${scope.number}/head`] : [];
}

function rangeOf(request: ScopeRequest, head: string): Omit<CommitRange, "needed"> {
  const { scope, commitCount } = request;
  const base = scope.kind === "push" ? scope.before : scope.base;
  return { include: [head], exclude: base === null ? request.exclude : [base], commitCount };
}

/** Says that a missing commit is missing because the fetch failed, not because it is gone. */
function explained(content: CommitContent, { reason, detail }: Gap): CommitContent {
  const gaps = content.gaps.map((gap) => (gap.reason === "unavailable" ? { ...gap, reason, detail } : gap));
  return { ...content, gaps };
}

function unread(gap: Gap, sha: string): CommitContent {
  return { sha, parents: [], message: "", people: "", files: [], gaps: [gap] };
}
