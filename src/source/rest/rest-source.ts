import { gapOf } from "../../domain/index.ts";
import { addressOf, ask, check, GitHubError } from "../../github/index.ts";
import type { GitHubClient, RepositoryName } from "../../github/index.ts";
import type { CommitSource } from "../commit-source.ts";
import { comparisonSchema } from "./answers.ts";
import type { RestAccess } from "./rest-access.ts";
import { readBlob } from "./read-blob.ts";
import { readCapped } from "./read-capped.ts";
import { readCommit } from "./read-commit.ts";
import { readTag } from "./read-tag.ts";
import type { TagText } from "./read-tag.ts";

/** A source that asks for one commit a request: right for a few commits. */
export interface RestSource extends CommitSource {
  /**
   * The commits that `head` has and `base` lacks, oldest first; null where GitHub cannot say or where they are more
   * than `maxCommits`.
   */
  compare(base: string, head: string, maxCommits: number): Promise<string[] | null>;
  /** Message and tagger of an annotated tag, and of the tags that it marks. */
  readTag(tag: string, signal: AbortSignal): Promise<TagText>;
  /** The content of a path in a commit; null where the commit has no such file or GitHub does not show it. */
  readAt(commit: string, path: string, signal: AbortSignal): Promise<Uint8Array | null>;
}

/**
 * Commits by REST. A refusal or wrong answer of GitHub is a gap that git may fill; only a rate limit is thrown.
 *
 * @param limits `blobBytes`: a larger blob is a gap
 */
export function createRestSource(
  octokit: GitHubClient,
  repository: RepositoryName,
  limits: { readonly blobBytes: number },
): RestSource {
  const address = addressOf(repository);
  const access: RestAccess = { octokit, address, limits };
  return {
    async *read(commits, signal) {
      for (const sha of commits) {
        try {
          yield await readCommit(access, sha, signal);
        } catch (error) {
          if (!isAnswered(error)) throw error;
          const gap = gapOf({ reason: "api_failed", commit: sha, detail: error.code });
          yield { sha, parents: [], message: "", people: "", files: [], gaps: [gap] };
        }
      }
    },
    readBlob: (blob, at, signal) => readBlob(access, blob, at, signal),
    readTag: (tag, signal) => readTag(access, tag, signal),
    async compare(base, head, maxCommits) {
      try {
        const answer = await ask("compare two commits", () =>
          octokit.rest.repos.compareCommitsWithBasehead({
            ...address,
            basehead: `${base}...${head}`,
            per_page: 100,
          }),
        );
        const compared = check("compare two commits", comparisonSchema, answer.data);
        const isWhole = compared.total_commits === compared.commits.length;
        return isWhole && compared.total_commits <= maxCommits
          ? compared.commits.map((commit) => commit.sha)
          : null;
      } catch (error) {
        if (isAnswered(error)) return null;
        throw error;
      }
    },
    async readAt(commit, path, signal) {
      try {
        return await ask("read a file", async () => {
          const answer = await octokit.rest.repos.getContent({
            ...address,
            path,
            ref: commit,
            mediaType: { format: "raw" },
            request: { signal, parseSuccessResponseBody: false },
          });
          return readCapped(answer.data, limits.blobBytes);
        });
      } catch (error) {
        if (isAnswered(error)) return null;
        throw error;
      }
    },
  };
}

/** Whether git may try after REST failed; during a rate limit the job waits. */
function isAnswered(error: unknown): error is GitHubError {
  return error instanceof GitHubError && error.code !== "rate_limited";
}
