/**
 * Reads one text file of a repository, such as the configuration. It tells a file that is absent from one that exists
 * and cannot be read: the first means defaults, the second must never loosen anything.
 */
import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import type { GitHubClient } from "./client.ts";
import { ask, check, GitHubError } from "./github-error.ts";
import { addressOf } from "./repository-name.ts";
import type { RepositoryName } from "./repository-name.ts";

/** Why a file that may exist could not be read. */
export type UnreadableReason =
  /** A folder is in its place. */
  | "directory"
  /** A link that does not lead to a file of the repository. */
  | "symlink"
  | "submodule"
  | "too_large"
  /** The bytes are not UTF-8. */
  | "not_text"
  /** 403. */
  | "forbidden"
  /** 410. */
  | "gone"
  /** 422. */
  | "rejected"
  /** There is no such commit or branch. */
  | "no_such_ref";

export type TextFile =
  | { readonly kind: "text"; readonly text: string; readonly etag: string | null }
  /** The content read earlier, with the given etag, is still current. */
  | { readonly kind: "unchanged" }
  /** The repository has no such file, or the installation does not cover the repository: GitHub answers both the same. */
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable"; readonly reason: UnreadableReason };

export interface TextFileRequest {
  readonly path: string;
  /** Branch or commit id; null for the default branch. */
  readonly ref: string | null;
  /** A larger file is unreadable. GitHub shows no content over 1 MB. */
  readonly maxBytes: number;
  /** The etag of an earlier answer, which makes this one free of charge if nothing changed. */
  readonly etag?: string | null;
}

/** https://docs.github.com/en/rest/repos/contents#get-repository-content; a folder is a list of its entries. */
const contentSchema = z.union([
  z.array(z.unknown()).transform(() => ({ type: "dir" as const })),
  z.object({ type: z.enum(["dir", "symlink", "submodule"]) }),
  z.object({
    type: z.literal("file"),
    size: z.int().nonnegative(),
    content: z.string(),
    encoding: z.string(),
  }),
]);

const DOING = "read a text file";
const UNREADABLE = { dir: "directory", symlink: "symlink", submodule: "submodule" } as const;

/**
 * The text of one file at a branch or commit, by one request.
 *
 * @throws GitHubError for what says nothing about the file: 401, limits, outages, an answer that is not one
 */
export async function readTextFile(
  octokit: GitHubClient,
  repository: RepositoryName,
  request: TextFileRequest,
): Promise<TextFile> {
  const { path, ref, maxBytes, etag = null } = request;
  const address = addressOf(repository);
  try {
    const answer = await ask(DOING, () =>
      octokit.rest.repos.getContent({
        ...address,
        path,
        ...(ref === null ? {} : { ref }),
        headers: { ...address.headers, ...(etag === null ? {} : { "if-none-match": etag }) },
      }),
    );
    const content = check(DOING, contentSchema, answer.data);
    if (content.type !== "file") return { kind: "unreadable", reason: UNREADABLE[content.type] };
    if (content.size > maxBytes) return { kind: "unreadable", reason: "too_large" };
    return textOf(content, answer.headers.etag ?? null);
  } catch (error) {
    if (error instanceof GitHubError) return withoutText(error);
    throw error;
  }
}

function textOf(
  file: { readonly size: number; readonly content: string; readonly encoding: string },
  etag: string | null,
): TextFile {
  const bytes = Buffer.from(file.content, "base64");
  if (file.encoding !== "base64" || bytes.length !== file.size) {
    throw new GitHubError("nonsense", `GitHub was asked to ${DOING} and answered a part of it.`, {
      status: null,
    });
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { kind: "text", text, etag };
  } catch {
    return { kind: "unreadable", reason: "not_text" };
  }
}

/** What an error says about the file; thrown again if it says nothing. */
function withoutText(error: GitHubError): TextFile {
  if (error.status === 304) return { kind: "unchanged" };
  const isMissingRef = error.cause instanceof RequestError && /^No commit found/i.test(error.cause.message);
  switch (error.code) {
    case "not_found":
      return isMissingRef ? { kind: "unreadable", reason: "no_such_ref" } : { kind: "absent" };
    case "forbidden":
    case "gone":
    case "rejected":
      return { kind: "unreadable", reason: error.code };
    case "unauthorized":
    case "rate_limited":
    case "unavailable":
    case "nonsense":
      throw error;
  }
}
