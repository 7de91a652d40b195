/**
 * Reads commits from a mirror in groups small enough for memory: their objects, changed paths and renames first, then
 * the content of many files at once. Never fetches: a missing object is a gap.
 */
import { gapOf } from "../../../domain/index.ts";
import type { Gap } from "../../../domain/index.ts";
import type { ChangedFile, CommitContent } from "../../commit-source.ts";
import { blobsOf, planCommit } from "./file-plan.ts";
import type { CommitPlan } from "./file-plan.ts";
import { GitError } from "../process/git-error.ts";
import type { ObjectInfo } from "../objects/object-reader.ts";
import { findRenames } from "./find-renames.ts";
import { TreeDiffer } from "./tree-diff.ts";
import type { RawCommit } from "./tree-diff.ts";
import { costOf, readFiles } from "./read-files.ts";
import type { PlannedFile, ReadContext } from "./read-files.ts";
import { goneError, readObjects } from "./read-objects.ts";
import type { ReadCommit } from "./read-objects.ts";

/** Commits that are looked at together. */
const MAX_GROUP_COMMITS = 256;
/** Commits whose trees are compared at once. */
const MAX_COMPARED = 8;
/** Changed paths after which no further commit is taken into the group. */
const MAX_GROUP_CHANGES = 10_000;
/** Files and bytes of content that are in memory at once; a single larger file is alone. */
const MAX_BATCH_FILES = 2_000;
const MAX_BATCH_BYTES = 16 * 1024 ** 2;

interface Group {
  readonly raw: ReadonlyMap<string, RawCommit>;
  readonly taken: readonly string[];
}

/** Reads commits in the order given, each with its parents, from a mirror that has the objects they need. */
export async function* readCommits(
  commits: readonly string[],
  context: ReadContext,
): AsyncGenerator<CommitContent> {
  const differ = new TreeDiffer(context.reader, context.limits);
  let rest = commits;
  while (rest.length > 0) {
    context.signal.throwIfAborted();
    const chunk = rest.slice(0, MAX_GROUP_COMMITS);
    try {
      const objects = await readObjects(chunk, context);
      const group = await readGroup(chunk, objects, differ);
      yield* readTaken(group, objects, context);
      rest = rest.slice(group.taken.length);
    } catch (error) {
      // A failure while the mirror is being deleted is a consequence of that.
      if (error instanceof GitError && error.code === "failed" && !(await context.mirror.exists()))
        throw goneError(error);

      throw error;
    }
  }
}

/** The changed paths of as many commits of the chunk as are enough work at a time. */
async function readGroup(
  chunk: readonly string[],
  objects: ReadonlyMap<string, ReadCommit>,
  differ: TreeDiffer,
): Promise<Group> {
  const raw = new Map<string, RawCommit>();
  let changes = 0;
  for (let at = 0; at < chunk.length; at += MAX_COMPARED) {
    const part = chunk.slice(at, at + MAX_COMPARED);
    const readable = part.filter((sha) => objects.get(sha)?.kind === "commit");
    for (const commit of await Promise.all(readable.map(async (sha) => await differ.changes(sha)))) {
      raw.set(commit.sha, commit);
      if (commit.kind === "changes") changes += commit.changes.length;
    }
    if (changes > MAX_GROUP_CHANGES) return { raw, taken: chunk.slice(0, at + part.length) };
  }
  return { raw, taken: chunk };
}

async function* readTaken(
  group: Group,
  objects: ReadonlyMap<string, ReadCommit>,
  context: ReadContext,
): AsyncGenerator<CommitContent> {
  const plans = new Map<string, CommitPlan>();
  for (const sha of group.taken) {
    const raw = group.raw.get(sha);
    plans.set(sha, planCommit(raw?.kind === "changes" ? raw.changes : []));
  }
  const sizes = await readSizes([...plans.values()], context);
  const renamed = await findRenames(plans, sizes, context);
  let batch: { readonly sha: string; readonly files: PlannedFile[] }[] = [];
  let count = 0;
  let bytes = 0;

  const flush = async (): Promise<ReadonlyMap<string, ChangedFile[]>> => {
    const read = await readFiles(
      batch.flatMap(({ files }) => files),
      context,
    );
    const bySha = new Map<string, ChangedFile[]>();
    let at = 0;
    for (const { sha, files } of batch) {
      bySha.set(sha, read.slice(at, at + files.length));
      at += files.length;
    }
    batch = [];
    count = 0;
    bytes = 0;
    return bySha;
  };

  const started = new Set<string>();
  const content = (sha: string, files: readonly ChangedFile[], more: boolean): CommitContent => {
    const isFirst = !started.has(sha);
    started.add(sha);
    return contentOf(sha, files, objects.get(sha), group.raw.get(sha), { isFirst, more });
  };

  for (const sha of group.taken) {
    let entry: { readonly sha: string; readonly files: PlannedFile[] } = { sha, files: [] };
    batch.push(entry);
    for (const plan of (renamed.get(sha) ?? plans.get(sha))?.files ?? []) {
      const file: PlannedFile = { commit: sha, plan, sizes };
      const cost = costOf(file, context.limits);
      if (count > 0 && (count >= MAX_BATCH_FILES || bytes + cost > MAX_BATCH_BYTES)) {
        for (const [each, files] of await flush()) yield content(each, files, each === sha);
        entry = { sha, files: [] };
        batch.push(entry);
      }
      entry.files.push(file);
      count++;
      bytes += cost;
    }
  }
  for (const [sha, files] of await flush()) yield content(sha, files, false);
}

async function readSizes(
  plans: readonly CommitPlan[],
  context: ReadContext,
): Promise<ReadonlyMap<string, ObjectInfo>> {
  const blobs = [...new Set(plans.flatMap((plan) => blobsOf(plan)))];
  const infos = await Promise.all(blobs.map(async (blob) => await context.reader.info(blob)));
  return new Map(blobs.map((blob, index) => [blob, infos[index] ?? null]));
}

function contentOf(
  sha: string,
  files: readonly ChangedFile[],
  known: ReadCommit | undefined,
  raw: RawCommit | undefined,
  part: { readonly isFirst: boolean; readonly more: boolean },
): CommitContent {
  if (known?.kind !== "commit") {
    const detail = known?.detail ?? "the commit is not in the mirror";
    return {
      sha,
      parents: [],
      message: "",
      people: "",
      files,
      gaps: [gapOf({ reason: "unavailable", commit: sha, detail })],
    };
  }
  const { commit } = known;
  const gaps = raw?.kind === "changes" ? [] : [gapOfFiles(sha, raw)];
  return {
    sha,
    parents: commit.parents,
    message: part.isFirst ? commit.message : "",
    people: part.isFirst ? commit.people : "",
    files,
    gaps: part.isFirst ? gaps : [],
    ...(part.more ? { more: true } : {}),
  };
}

function gapOfFiles(sha: string, raw: RawCommit | undefined): Gap {
  return raw?.kind === "too_many"
    ? gapOf({ reason: "too_many_files", commit: sha, detail: "more changed files than the limit" })
    : gapOf({
        reason: "unavailable",
        commit: sha,
        detail: "a parent or a folder of it is not in the mirror, or cannot be read",
      });
}
