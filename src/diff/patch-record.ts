import type { Hunk } from "./hunk.ts";

/** One file of a patch. */
export interface PatchFile {
  readonly kind: "file";
  /** Commit that the patch names before the file; null where it names none. */
  readonly commit: string | null;
  /** Null for `/dev/null`; both null where the patch names no file at all. */
  readonly oldPath: string | null;
  readonly newPath: string | null;
  readonly change: "added" | "removed" | "renamed" | "copied" | "changed";
  /** Git's mode of the new side, such as `100644`, `120000` (symlink) or `160000` (submodule); null if not said. */
  readonly mode: string | null;
  /** Object id of the new side as the `index` line gives it, often abbreviated; null if not said. */
  readonly blob: string | null;
  /** The patch says that the file changed and does not show its content as text. */
  readonly binary: boolean;
  readonly hunks: readonly Hunk[];
  /** Why the hunks cannot be all that the file holds: counts and lines disagree. Null when they agree. */
  readonly problem: string | null;
}

/**
 * Lines that belong to no file: commit messages, mail headers, prose, and whatever follows a broken hunk.
 * They are content as well: a patch from a person is never read in part.
 */
export interface PatchText {
  readonly kind: "text";
  readonly commit: string | null;
  /** Line of the input at which `bytes` begins, from 1. */
  readonly line: number;
  readonly bytes: Uint8Array;
}

export type PatchRecord = PatchFile | PatchText;
