/**
 * One commit by REST: all its pages of files, each file by its patch, or by its blob where the patch is missing or does
 * not hold every added line. GitHub shows a merge against its first parent only, so a merge is always a gap here.
 */
import { gapOf } from "../../domain/index.ts";
import type { Gap } from "../../domain/index.ts";
import { parsePatch, PatchError } from "../../diff/index.ts";
import type { Hunk } from "../../diff/index.ts";
import { ask, check } from "../../github/index.ts";
import type { ChangedFile, CommitContent } from "../commit-source.ts";
import { EMPTY_BLOBS } from "../empty-blobs.ts";
import { commitSchema } from "./answers.ts";
import type { RestFile } from "./answers.ts";
import { readBlob } from "./read-blob.ts";
import type { RestAccess } from "./rest-access.ts";

/** Files that GitHub lists of a commit: https://docs.github.com/en/rest/commits/commits#get-a-commit */
const MAX_LISTED_FILES = 3000;

/** In the `link` header where a further page follows. */
const HAS_NEXT = /;\s*rel="next"/;

/** @throws GitHubError */
export async function readCommit(
  access: RestAccess,
  sha: string,
  signal: AbortSignal,
): Promise<CommitContent> {
  const first = await readPage(access, sha, 1, signal);
  const files = [...first.files];
  // No page size is given: were it cut to less than the first page has, the next would begin in the wrong place.
  for (let page = 2, last = first; last.more && files.length < MAX_LISTED_FILES; page += 1) {
    last = await readPage(access, sha, page, signal);
    files.push(...last.files);
  }
  const gaps: Gap[] = [];
  if (files.length >= MAX_LISTED_FILES) {
    const detail = `GitHub lists at most ${MAX_LISTED_FILES} files of a commit`;
    gaps.push(gapOf({ reason: "too_many_files", commit: sha, detail }));
  }
  const isMerge = first.parents.length > 1;
  if (isMerge) {
    const detail = "GitHub shows a merge against its first parent only";
    gaps.push(gapOf({ reason: "no_patch", commit: sha, detail }));
  }
  const changed: ChangedFile[] = [];
  for (const file of isMerge ? [] : files) changed.push(await readFile(access, sha, file, signal));
  return {
    sha: first.sha,
    parents: first.parents.map((parent) => parent.sha),
    message: first.commit.message,
    people: `${first.commit.author}\n${first.commit.committer}`,
    files: changed,
    gaps,
  };
}

async function readPage({ octokit, address }: RestAccess, sha: string, page: number, signal: AbortSignal) {
  const answer = await ask("read a commit", () =>
    octokit.rest.repos.getCommit({
      ...address,
      ref: sha,
      ...(page === 1 ? {} : { page }),
      request: { signal },
    }),
  );
  const commit = check("read a commit", commitSchema, answer.data);
  return { ...commit, files: commit.files ?? [], more: HAS_NEXT.test(answer.headers.link ?? "") };
}

async function readFile(
  access: RestAccess,
  commit: string,
  file: RestFile,
  signal: AbortSignal,
): Promise<ChangedFile> {
  const { filename: path, sha: blob } = file;
  if (file.status === "removed") return { path, blob: null, content: { kind: "none" } };
  if (blob !== null && EMPTY_BLOBS.has(blob)) return { path, blob, content: { kind: "none" } };
  const hunks = typeof file.patch === "string" ? hunksOf(file.patch, file.additions) : null;
  if (hunks !== null) return { path, blob, content: { kind: "hunks", hunks } };
  if (blob === null) {
    const detail = "GitHub shows neither its lines nor its content";
    const gap = gapOf({ reason: "no_patch", commit, path, detail });
    return { path, blob, content: file.additions === 0 ? { kind: "none" } : { kind: "gap", gap } };
  }
  const read = await readBlob(access, blob, { commit, path }, signal);
  if (read.kind === "gap") return { path, blob, content: { kind: "gap", gap: read.gap } };
  // No changed lines may be a pure rename, or a text that .gitattributes keeps out of every diff (`-diff`).
  const inexact = file.status === "added" ? {} : { inexact: true as const };
  return { path, blob, content: { kind: "whole", bytes: read.bytes, hunks: null, ...inexact } };
}

/** Null where the patch is malformed, or lacks lines that the file gained: the file itself is read then. */
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
