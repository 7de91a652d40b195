import { z } from "zod";
import type { Gap } from "../../domain/index.ts";
import { parsePatch, PatchError } from "../../diff/index.ts";
import type { Hunk } from "../../diff/index.ts";
import { ask, check, GitHubError } from "../../github/index.ts";
import type { GitHubClient, RepositoryName } from "../../github/index.ts";
import type { BlobRead, ChangedFile, CommitContent, CommitSource } from "../commit-source.ts";
import { readCapped } from "./read-capped.ts";

/** The id of a blob without content: SHA-1, and SHA-256 for repositories of that format. */
const EMPTY_BLOBS = new Set([
  "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
  "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
]);

/** Files of a commit in all, 300 a page: https://docs.github.com/en/rest/commits/commits#get-a-commit */
const FILES_AT_MOST = 3000;

/** Of the `link` header where a further page follows. */
const HAS_NEXT = /;\s*rel="next"/;

const fileSchema = z.object({
  sha: z.string().nullable(),
  filename: z.string(),
  status: z.string(),
  additions: z.int(),
  changes: z.int(),
  patch: z.string().optional(),
});
type RestFile = z.infer<typeof fileSchema>;

const personSchema = z.object({ name: z.string().optional(), email: z.string().optional() }).nullable();

const commitSchema = z.object({
  sha: z.string(),
  parents: z.array(z.object({ sha: z.string() })),
  commit: z.object({ message: z.string(), author: personSchema, committer: personSchema }),
  files: z.array(fileSchema).optional(),
});

const comparisonSchema = z.object({
  total_commits: z.int(),
  commits: z.array(z.object({ sha: z.string() })),
});

const tagSchema = z.object({
  tag: z.string(),
  message: z.string(),
  tagger: personSchema.optional(),
  object: z.object({ type: z.string(), sha: z.string() }),
});

/** A tag of a tag of a tag is as deep as anybody goes. */
const TAGS_AT_MOST = 5;

export type TagText =
  { readonly kind: "text"; readonly text: string } | { readonly kind: "gap"; readonly gap: Gap };

/** A source that asks for one commit a request: right for a few commits. */
export interface RestSource extends CommitSource {
  /**
   * The commits that `head` has and `base` has not, oldest first; null where GitHub cannot say or where they are more
   * than `atMost`.
   */
  compare(base: string, head: string, atMost: number): Promise<string[] | null>;
  /** Message and tagger of an annotated tag, and of those it is a tag of. */
  readTag(tag: string, signal: AbortSignal): Promise<TagText>;
  /** The content of a path in a commit; null where the commit has no such file. */
  readAt(commit: string, path: string, signal: AbortSignal): Promise<Uint8Array | null>;
}

/** @param limits `blobBytes`: a larger blob is a gap */
export function createRestSource(
  octokit: GitHubClient,
  repository: RepositoryName,
  limits: { readonly blobBytes: number },
): RestSource {
  const address = { owner: repository.owner, repo: repository.name };

  async function readPage(sha: string, page: number, signal: AbortSignal) {
    const answer = await ask("read a commit", () =>
      octokit.rest.repos.getCommit({
        ...address,
        ref: sha,
        ...(page === 1 ? {} : { page }),
        request: { signal },
      }),
    );
    const commit = commitSchema.parse(answer.data);
    return { ...commit, files: commit.files ?? [], more: HAS_NEXT.test(answer.headers.link ?? "") };
  }

  async function readCommit(sha: string, signal: AbortSignal): Promise<CommitContent> {
    const first = await readPage(sha, 1, signal);
    const files = [...first.files];
    // No page size is given: were it cut to less than the first page has, the next would begin in the wrong place.
    for (let page = 2, last = first; last.more && files.length < FILES_AT_MOST; page += 1) {
      last = await readPage(sha, page, signal);
      files.push(...last.files);
    }
    const gaps: Gap[] = [];
    if (files.length >= FILES_AT_MOST) {
      gaps.push(
        gapOf("too_many_files", sha, null, `GitHub lists ${FILES_AT_MOST} files of a commit at most`),
      );
    }
    if (first.parents.length > 1) {
      gaps.push(gapOf("no_patch", sha, null, "GitHub shows a merge against its first parent only"));
    }
    const changed: ChangedFile[] = [];
    for (const file of first.parents.length > 1 ? [] : files) changed.push(await readFile(sha, file, signal));
    return {
      sha: first.sha,
      parents: first.parents.map((parent) => parent.sha),
      message: first.commit.message,
      people: [first.commit.author, first.commit.committer]
        .map((person) => `${person?.name ?? ""} <${person?.email ?? ""}>`)
        .join("\n"),
      files: changed,
      gaps,
    };
  }

  async function readFile(commit: string, file: RestFile, signal: AbortSignal): Promise<ChangedFile> {
    const { filename: path, sha: blob } = file;
    if (file.status === "removed") return { path, blob: null, content: { kind: "none" } };
    if (blob !== null && EMPTY_BLOBS.has(blob)) return { path, blob, content: { kind: "none" } };
    const hunks = file.patch === undefined ? null : hunksOf(file.patch, file.additions);
    if (hunks !== null) return { path, blob, content: { kind: "hunks", hunks } };
    if (blob === null) {
      const gap = gapOf("no_patch", commit, path, "GitHub shows neither its lines nor its content");
      return { path, blob, content: file.additions === 0 ? { kind: "none" } : { kind: "gap", gap } };
    }
    const read = await readBlob(blob, { commit, path }, signal);
    if (read.kind === "gap") return { path, blob, content: { kind: "gap", gap: read.gap } };
    // No changed lines may be a pure rename, or a text that .gitattributes keeps out of every diff (`-diff`).
    const inexact = file.status === "added" ? {} : { inexact: true as const };
    return { path, blob, content: { kind: "whole", bytes: read.bytes, hunks: null, ...inexact } };
  }

  async function readBlob(
    blob: string,
    at: { readonly commit: string; readonly path: string },
    signal: AbortSignal,
  ): Promise<BlobRead> {
    try {
      const bytes = await ask("read a file", async () => {
        const answer = await octokit.rest.git.getBlob({
          ...address,
          file_sha: blob,
          mediaType: { format: "raw" },
          request: { signal, parseSuccessResponseBody: false },
        });
        return readCapped(answer.data, limits.blobBytes);
      });
      if (bytes !== null) return { kind: "bytes", bytes };
      const limit = `${Math.round(limits.blobBytes / 1e6)} MB`;
      return { kind: "gap", gap: gapOf("too_large", at.commit, at.path, `larger than ${limit}`) };
    } catch (error) {
      if (!(error instanceof GitHubError) || error.code === "rate_limited") throw error;
      return { kind: "gap", gap: gapOf("api_failed", at.commit, at.path, error.code) };
    }
  }

  return {
    async *read(commits, signal) {
      for (const sha of commits) {
        try {
          yield await readCommit(sha, signal);
        } catch (error) {
          if (!(error instanceof GitHubError || error instanceof z.ZodError)) throw error;
          if (error instanceof GitHubError && error.code === "rate_limited") throw error;
          const detail =
            error instanceof GitHubError ? error.code : "GitHub's answer was not what it documents";
          yield {
            sha,
            parents: [],
            message: "",
            people: "",
            files: [],
            gaps: [gapOf("api_failed", sha, null, detail)],
          };
        }
      }
    },
    readBlob,
    async compare(base, head, atMost) {
      try {
        const answer = await ask("compare two commits", () =>
          octokit.rest.repos.compareCommitsWithBasehead({
            ...address,
            basehead: `${base}...${head}`,
            per_page: 100,
          }),
        );
        const { total_commits: total, commits } = comparisonSchema.parse(answer.data);
        return total === commits.length && total <= atMost ? commits.map((commit) => commit.sha) : null;
      } catch (error) {
        if (error instanceof z.ZodError) return null;
        if (error instanceof GitHubError && error.code !== "rate_limited") return null;
        throw error;
      }
    },
    async readTag(tag, signal) {
      const texts: string[] = [];
      try {
        for (let sha = tag; texts.length < TAGS_AT_MOST;) {
          const answer = await ask("read a tag", () =>
            octokit.rest.git.getTag({ ...address, tag_sha: sha, request: { signal } }),
          );
          const { message, tagger, object } = check("read a tag", tagSchema, answer.data);
          texts.push(`${message}\n${tagger?.name ?? ""} <${tagger?.email ?? ""}>`);
          if (object.type !== "tag") return { kind: "text", text: texts.join("\n") };
          sha = object.sha;
        }
        return {
          kind: "gap",
          gap: gapOf("unreadable", tag, null, `a tag of more than ${TAGS_AT_MOST} tags`),
        };
      } catch (error) {
        if (!(error instanceof GitHubError) || error.code === "rate_limited") throw error;
        return { kind: "gap", gap: gapOf("api_failed", tag, null, error.code) };
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
        if (error instanceof GitHubError && error.code !== "rate_limited") return null;
        throw error;
      }
    },
  };
}

/** Null where the patch is not one, or does not hold all lines that the file gained: the file itself is read then. */
function hunksOf(patch: string, additions: number): Hunk[] | null {
  try {
    const hunks = parsePatch(patch);
    const ranges = hunks.flatMap((hunk) => hunk.added);
    return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0) === additions ? hunks : null;
  } catch (error) {
    if (error instanceof PatchError) return null;
    throw error;
  }
}

function gapOf(reason: Gap["reason"], commit: string, path: string | null, detail: string): Gap {
  return { reason, commit, path, detail };
}
