import { EMPTY_BLOBS } from "../../empty-blobs.ts";
import type { RawChange } from "./tree-diff.ts";

type FileForm = "file" | "symlink" | "submodule";

/** What must be read for one changed path. */
export type FilePlan =
  /** No content that this commit brings: removal, submodule, empty file, pure rename, change of mode. */
  | { readonly kind: "none"; readonly path: string; readonly blob: string | null; readonly form: FileForm }
  | {
      readonly kind: "read";
      readonly path: string;
      readonly blob: string;
      readonly form: FileForm;
      /** The blobs it replaces, at most one for each parent; a line counts as added if it is new against all. */
      readonly against: readonly string[];
    };

export interface CommitPlan {
  readonly files: readonly FilePlan[];
  /** Blobs of removed paths, where some added path may be one of them renamed and edited. */
  readonly renameSources: readonly string[];
}

const ABSENT = "000000";
const SYMLINK = "120000";
const SUBMODULE = "160000";
/** As git does with `-l400`: beyond so many combinations only exact renames are looked for. */
const MAX_RENAME_PAIRS = 400 * 400;

/** Decides from modes and object ids alone what must be read of a commit. */
export function planCommit(changes: readonly RawChange[]): CommitPlan {
  const removed = new Set<string>();
  for (const change of changes) {
    if (change.mode !== ABSENT) continue;
    for (const side of change.old) if (isContent(side.mode)) removed.add(side.blob);
  }
  const files = changes.map((change) => planFile(change, removed));
  const isMerge = changes.some((change) => change.old.length > 1);
  const added = files.filter(
    (file) => file.kind === "read" && file.form === "file" && file.against.length === 0,
  );
  const counts = unpaired(changes);
  const sources = [...removed].filter((blob) => !EMPTY_BLOBS.has(blob) && counts.get(blob) !== 0);
  const tooMany = added.length * sources.length > MAX_RENAME_PAIRS;
  return { files, renameSources: isMerge || added.length === 0 || tooMany ? [] : sources };
}

/** How many more paths the commit removes than adds, for each content; 0 where git pairs them all by content. */
function unpaired(changes: readonly RawChange[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { mode, blob, old } of changes) {
    const before = old[0];
    if (mode === ABSENT && before !== undefined) counts.set(before.blob, (counts.get(before.blob) ?? 0) + 1);
    else if (before?.mode === ABSENT) counts.set(blob, (counts.get(blob) ?? 0) - 1);
  }
  return counts;
}

function planFile(change: RawChange, removed: ReadonlySet<string>): FilePlan {
  const { path, mode, blob } = change;
  if (mode === ABSENT) return { kind: "none", path, blob: null, form: "file" };
  if (mode === SUBMODULE) return { kind: "none", path, blob: null, form: "submodule" };
  const form = mode === SYMLINK ? "symlink" : "file";
  const isMoved = removed.has(blob) && change.old.every((side) => side.mode === ABSENT);
  const isKnown = isMoved || change.old.some((side) => isContent(side.mode) && side.blob === blob);
  if (EMPTY_BLOBS.has(blob) || isKnown || change.renamed === 100) return { kind: "none", path, blob, form };
  const against = change.old
    .filter(
      (side) =>
        isContent(side.mode) && (side.mode === SYMLINK) === (mode === SYMLINK) && !EMPTY_BLOBS.has(side.blob),
    )
    .map((side) => side.blob);
  return { kind: "read", path, blob, form, against: [...new Set(against)] };
}

function isContent(mode: string): boolean {
  return mode !== ABSENT && mode !== SUBMODULE;
}

/** Every blob that reading the plan needs. */
export function blobsOf(plan: CommitPlan): string[] {
  const blobs = plan.files.flatMap((file) => (file.kind === "read" ? [file.blob, ...file.against] : []));
  return [...blobs, ...plan.renameSources];
}
