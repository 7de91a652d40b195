/**
 * Scans the whole history of a repository on this machine: every object once, then one pass over the commits to place
 * what was found. Without a finding there is no such pass.
 */
import { gapOf } from "../../domain/index.ts";
import type { Gap } from "../../domain/index.ts";
import { chainOrder, NONE, ObjectTable } from "../../objects/index.ts";
import {
  GitError,
  listMissing,
  listObjects,
  listPacked,
  listReachable,
  listRefs,
} from "../../source/index.ts";
import type { HistoryRepository, ObjectList, Refs } from "../../source/index.ts";
import { FoundObjects } from "./found.ts";
import type { HistoryFinding } from "./origin.ts";
import { placeFindings, withoutPlaces } from "./place-findings.ts";
import { readAll } from "./read-all.ts";
import { readBlobs } from "./read-blobs.ts";
import type { ReadProgress } from "./read-request.ts";
import { searchRefNames } from "./ref-names.ts";

/** What of a history is read. */
export interface HistoryRange {
  /** Tips whose history is read; null for every object there is, whether a ref reaches it or not. */
  readonly tips: readonly string[] | null;
  /** Commits whose history is known. */
  readonly known: readonly string[];
}

export interface HistoryRequest {
  readonly repository: HistoryRepository;
  readonly range: HistoryRange;
  /** Bounds the age that a key may claim. */
  readonly now: Date;
  /** Stops reading: what was found until then is placed and reported, with a gap. */
  readonly signal: AbortSignal;
  /** Stops everything else too: what was found is reported without its place. */
  readonly placing: AbortSignal;
  /** Files that a reading before found something in, by id, with the fingerprints: for the look at the tip. */
  readonly holders?: ReadonlyMap<string, readonly string[]>;
  readonly pipelines?: number;
  readonly onProgress?: (progress: HistoryProgress) => void;
}

export type HistoryProgress =
  { readonly step: "listing" | "placing" } | ({ readonly step: "reading" } & ReadProgress);

export interface HistoryScan {
  /** In the order of the commits that introduced them, then by path and position. */
  readonly findings: readonly HistoryFinding[];
  readonly gaps: readonly Gap[];
  readonly objects: number;
  readonly blobs: number;
  readonly bytes: number;
  /** Archives that were searched without being opened. */
  readonly unopened: readonly {
    readonly path: string;
    readonly reason: "damaged" | "encrypted" | "unsupported";
  }[];
  /** Files in which something was found, by id, with the fingerprints. */
  readonly holders: ReadonlyMap<string, readonly string[]>;
  /** What files at the tip of the default branch hold, of this and of earlier readings. */
  readonly atTip: ReadonlySet<string>;
  /** Of commits with findings that only pull requests have: which, or some of them. */
  readonly pulls: ReadonlyMap<string, readonly number[]>;
  /** Ids of Git LFS pointers: their files are not in the repository. */
  readonly pointers: readonly string[];
  /** Names of submodules, which are other repositories. */
  readonly submodules: readonly string[];
}

const SHALLOW = gapOf({
  reason: "unavailable",
  detail: "a shallow clone: older commits are not here; run git fetch --unshallow",
});
const NO_REFS: Refs = { all: [], defaultTip: null, defaultName: null };
const EMPTY_LIST: ObjectList = { table: new ObjectTable(20, 0), places: null, unreadable: [] };

/** @throws {GitError} where git cannot list the repository's objects at all */
export async function scanHistory(request: HistoryRequest): Promise<HistoryScan> {
  const { repository, range, now, signal, onProgress } = request;
  onProgress?.({ step: "listing" });
  // Tens of thousands of refs take longer than a few new commits, and only a finding needs them then.
  const isPart = range.tips !== null && range.known.length > 0 && request.holders === undefined;
  const refs = isPart ? NO_REFS : await listRefs(repository, request.placing);
  const gaps: Gap[] = [];
  const list = await listRange(repository, range, refs, gaps, signal).catch((error: unknown) => {
    if (signal.aborted) return EMPTY_LIST;
    throw error;
  });
  const found = new FoundObjects();
  const read = await readAll({
    repository,
    table: list.table,
    order: chainOrder(list.table),
    places: list.places,
    now,
    budget: null,
    pipelines: request.pipelines,
    signal,
    take: (message) => found.take(message),
    onProgress: (progress) => onProgress?.({ step: "reading", ...progress }),
  });
  gaps.push(...read.gaps, ...(await readBrotli(request, found)), ...unreadableGaps(list), ...found.gaps());
  // Of a part, what is known is not listed, and git has said what is missing.
  if (range.tips === null && range.known.length === 0 && !signal.aborted)
    gaps.push(...(await missingGaps(repository, read.missing, request.placing)));

  if (isCutShort(repository, range, list)) gaps.push(SHALLOW);

  onProgress?.({ step: "placing" });
  const named = range.known.length > 0 ? [] : searchRefNames(refs.all, now);
  const { holders = new Map<string, readonly string[]>() } = request;
  const placing = {
    repository,
    table: list.table,
    refs: isPart && !found.isEmpty ? await refsUnlessStopped(request) : refs,
    found,
    known: range.known,
    named,
    holders,
    now,
    signal: request.placing,
    readEarlier:
      range.known.length === 0
        ? null
        : async (ids: ReadonlySet<string>) => await readEarlier({ ...request, signal: request.placing }, ids),
  };
  const placed = await placeFindings(placing).catch((error: unknown) => {
    if (request.placing.aborted) return withoutPlaces(placing);
    throw error;
  });
  return {
    findings: placed.findings,
    gaps: [...gaps, ...placed.gaps],
    objects: read.objects,
    blobs: read.blobs,
    bytes: read.bytes,
    unopened: placed.unopened,
    atTip: placed.atTip,
    pulls: placed.pulls,
    holders: found.holders(),
    pointers: found.pointers,
    submodules: [...found.submodules].sort(),
  };
}

async function refsUnlessStopped({ repository, placing }: HistoryRequest): Promise<Refs> {
  return await listRefs(repository, placing).catch((error: unknown) => {
    if (placing.aborted) return NO_REFS;
    throw error;
  });
}

/** A part that ends before the commits whose parents are missing is whole. */
function isCutShort({ shallow }: HistoryRepository, { known }: HistoryRange, { table }: ObjectList): boolean {
  return known.length === 0 ? shallow.length > 0 : shallow.some((id) => table.findHex(id) !== NONE);
}

/** Reads files compressed with brotli again, once their names are known: their bytes do not show what they are. */
async function readBrotli(request: HistoryRequest, found: FoundObjects): Promise<readonly Gap[]> {
  // One that is not here is missing from its folder, which is a gap already.
  return (await readBlobs(request, found.brotli, { brotli: true, found })).gaps;
}

/**
 * Reads what files held before a part of a history changed them: what was there already came in earlier. One that cannot be
 * read counts as empty, so what it may have held is reported as new.
 */
async function readEarlier(request: HistoryRequest, ids: ReadonlySet<string>): Promise<FoundObjects> {
  const found = new FoundObjects();
  await readBlobs(request, ids, { brotli: false, found });
  return found;
}

async function listRange(
  repository: HistoryRepository,
  { tips, known }: HistoryRange,
  refs: Refs,
  gaps: Gap[],
  signal: AbortSignal,
): Promise<ObjectList> {
  if (tips === null && known.length === 0)
    return (await listPacked(repository, signal)) ?? (await listObjects(repository, null, signal));
  const head = refs.defaultTip === null ? [] : [refs.defaultTip];
  const all = tips ?? [...new Set([...refs.all.map(({ id }) => id), ...head])];
  const { ids, missing } = await listReachable(repository, all, known, signal);
  if (missing.length > 0) gaps.push(missingGap(repository, missing.length));
  return await listObjects(repository, ids, signal);
}

function unreadableGaps({ unreadable }: ObjectList): readonly Gap[] {
  return unreadable.map((id) =>
    gapOf({ reason: "git_failed", detail: `the object ${id.slice(0, 12)} is damaged`, blob: id }),
  );
}

/** Objects that nothing reaches may name others that are gone, which is no gap: only git's own walk can tell. */
async function missingGaps(
  repository: HistoryRepository,
  suspects: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly Gap[]> {
  if (suspects.size === 0) return [];
  // There git's walk would only find what the clone left out on purpose.
  if (repository.isPartial) return [missingGap(repository, suspects.size)];
  try {
    const missing = await listMissing(repository, signal);
    return missing.length === 0 ? [] : [missingGap(repository, missing.length)];
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return [gapOf({ reason: "unavailable", detail: "refs lead to objects that are not here" })];
  }
}

function missingGap(repository: HistoryRepository, count: number): Gap {
  const objects = `${count.toLocaleString("en-US")} ${count === 1 ? "object is" : "objects are"} not here`;
  return gapOf({
    reason: "unavailable",
    detail: repository.isPartial ? `a partial clone: ${objects}; clone without --filter` : objects,
  });
}
