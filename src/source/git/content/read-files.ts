/**
 * Reads the content of changed files: those that replace something through git's comparison, the others as they are.
 * A file that git cannot compare counts as new throughout: too much may be reported then, nothing is missed.
 */
import { gapOf } from "../../../domain/index.ts";
import type { Hunk } from "../../../diff/index.ts";
import type { ChangedFile } from "../../commit-source.ts";
import { addedAgainstAll, countsLinesLikeGit, wholeHunk } from "./added-lines.ts";
import type { FilePlan } from "./file-plan.ts";
import { GitError } from "../process/git-error.ts";
import type { GitLimits } from "../process/limits.ts";
import type { Mirror } from "../mirror/mirror.ts";
import type { ObjectInfo, ObjectReader } from "../objects/object-reader.ts";
import { diffPairs, pairKey } from "./pair-diff.ts";
import type { BlobPair } from "./pair-diff.ts";

/** The context for reading from a mirror. */
export interface ReadContext {
  readonly mirror: Mirror;
  readonly reader: ObjectReader;
  readonly limits: GitLimits;
  readonly signal: AbortSignal;
}

/** A changed path of a commit, and what is known about its blobs. */
export interface PlannedFile {
  readonly commit: string;
  readonly plan: FilePlan;
  readonly sizes: ReadonlyMap<string, ObjectInfo>;
}

type ReadPlan = Extract<FilePlan, { kind: "read" }>;

const LFS_POINTER = "version https://git-lfs.github.com/spec/v1\n";
/** Bytes of the largest pointer (the specification of Git LFS). */
const MAX_LFS_POINTER = 1024;

/** Bytes that context the file brings into memory, as far as limits let it be read. */
export function costOf(file: PlannedFile, limits: GitLimits): number {
  if (file.plan.kind === "none") return 0;
  const size = file.sizes.get(file.plan.blob)?.size ?? 0;
  return size > limits.blobBytes ? 0 : size;
}

/** Reads a batch of files: those with something to compare with through git, the others as they are. */
export async function readFiles(batch: readonly PlannedFile[], context: ReadContext): Promise<ChangedFile[]> {
  const hunks = await diffBatch(batch, context);
  return await Promise.all(batch.map(async (file) => await readFile(file, hunks, context)));
}

async function diffBatch(
  batch: readonly PlannedFile[],
  context: ReadContext,
): Promise<ReadonlyMap<string, readonly Hunk[]>> {
  const pairs = batch.flatMap((file) =>
    file.plan.kind === "read" ? pairsOf(file, file.plan, context.limits) : [],
  );
  try {
    return await diffPairs(context.mirror, pairs, {
      timeLimit: context.limits.readTime,
      signal: context.signal,
    });
  } catch (error) {
    if (!(error instanceof GitError) || (error.code !== "timeout" && error.code !== "failed")) throw error;
    // Every file of the batch then counts as new throughout.
    return new Map();
  }
}

/** The comparisons worth making; none if one side is missing or too large. */
function pairsOf(file: PlannedFile, plan: ReadPlan, limits: GitLimits): BlobPair[] {
  const fits = (blob: string): boolean =>
    (file.sizes.get(blob)?.size ?? Number.POSITIVE_INFINITY) <= limits.diffBytes;
  if (!fits(plan.blob)) return [];
  return plan.against.filter((old) => fits(old)).map((old) => ({ old, blob: plan.blob }));
}

async function readFile(
  file: PlannedFile,
  hunks: ReadonlyMap<string, readonly Hunk[]>,
  context: ReadContext,
): Promise<ChangedFile> {
  const { plan } = file;
  const base = { path: plan.path, blob: plan.blob, ...(plan.form === "file" ? {} : { form: plan.form }) };
  if (plan.kind === "none") return { ...base, content: { kind: "none" } };
  const { limits } = context;
  const size = file.sizes.get(plan.blob)?.size;
  if (size !== undefined && size > limits.blobBytes) {
    return {
      ...base,
      content: unread(file, "too_large", `${megabytes(size)}, the limit is ${megabytes(limits.blobBytes)}`),
    };
  }

  const sides = pairsOf(file, plan, limits).map((pair) => hunks.get(pairKey(pair)));
  const known = sides.filter((side) => side !== undefined);
  const compared = known.length > 0 ? addedAgainstAll(known) : null;
  if (compared !== null && !compared.some((hunk) => hunk.text.includes(0))) {
    const first = compared[0];
    const pointer = first !== undefined && first.newStart === 1 && isLfsPointer(first.text);
    return { ...base, ...formOf(plan, pointer), content: { kind: "hunks", hunks: compared } };
  }
  const read = await context.reader.read(plan.blob, limits.blobBytes);
  if (read.kind !== "object" || read.type !== "blob")
    return { ...base, content: unread(file, "unavailable", "the object is not in the mirror") };

  const { bytes } = read;
  if (bytes.includes(0)) {
    const countable = compared !== null && countsLinesLikeGit(bytes);
    return { ...base, content: { kind: "whole", bytes, hunks: countable ? compared : null } };
  }
  const content = { kind: "hunks" as const, hunks: [wholeHunk(bytes)] };
  return { ...base, ...formOf(plan, isLfsPointer(bytes)), content };
}

function formOf(plan: ReadPlan, pointer: boolean): Pick<ChangedFile, "form"> {
  return pointer && plan.form === "file" ? { form: "lfs_pointer" } : {};
}

function isLfsPointer(text: Uint8Array): boolean {
  if (text.length > MAX_LFS_POINTER || text.length < LFS_POINTER.length) return false;
  return new TextDecoder("latin1").decode(text.subarray(0, LFS_POINTER.length)) === LFS_POINTER;
}

function unread(
  { commit, plan: { path, blob } }: PlannedFile,
  reason: "too_large" | "unavailable",
  detail: string,
): ChangedFile["content"] {
  return { kind: "gap", gap: gapOf({ reason, commit, path, detail, ...(blob === null ? {} : { blob }) }) };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}
