import type { Gap } from "../domain/index.ts";
import type { Hunk } from "../diff/index.ts";

/** What one commit changed in one file, seen from the new side. */
export interface ChangedFile {
  /** Path in the commit, decoded from UTF-8; invalid bytes become replacement characters. */
  readonly path: string;
  /** Object id of the new content; null if there is none to read (removed, submodule). */
  readonly blob: string | null;
  /** The kind of entry, unless an ordinary file. Only the pointer of an LFS file is in the repository. */
  readonly form?: "symlink" | "submodule" | "lfs_pointer";
  readonly content:
    | { readonly kind: "hunks"; readonly hunks: readonly Hunk[] }
    /** The whole new file, if there is no patch; `hunks` say which lines are added, null: all may be. */
    | {
        readonly kind: "whole";
        readonly bytes: Uint8Array;
        readonly hunks: readonly Hunk[] | null;
        /** Some of it may be old, and this source cannot tell: if something is found, a stronger one is asked. */
        readonly inexact?: true;
      }
    /** No content to read: pure rename, mode change, empty file, removal, submodule. */
    | { readonly kind: "none" }
    /** Not read by this source; a stronger one may. */
    | { readonly kind: "gap"; readonly gap: Gap };
}

/** One commit as a source read it. */
export interface CommitContent {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly message: string;
  /** Name and address of author and committer, as lines of text. */
  readonly people: string;
  readonly files: readonly ChangedFile[];
  /** Unread parts of the commit as a whole, such as its later pages of files. */
  readonly gaps: readonly Gap[];
  /**
   * True where another part of the same commit comes next: a commit with much content comes in several parts, so
   * memory stays bounded. Message and people come with the first part, and are empty in the others.
   */
  readonly more?: boolean;
}

/** Where commits come from. Implementations: REST, git. */
export interface CommitSource {
  /**
   * Yields each commit once (or in parts, see `more`), in any order; a commit that cannot be read is yielded with
   * a gap, never left out.
   */
  read(commits: readonly string[], signal: AbortSignal): AsyncIterable<CommitContent>;
  /** The whole content of a blob, or the gap that it leaves. */
  readBlob(
    blob: string,
    at: { readonly commit: string; readonly path: string },
    signal: AbortSignal,
  ): Promise<BlobRead>;
}

export type BlobRead =
  { readonly kind: "bytes"; readonly bytes: Uint8Array } | { readonly kind: "gap"; readonly gap: Gap };
