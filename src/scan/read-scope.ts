import { headOf } from "../domain/index.ts";
import type { CommitScan, Gap, Scope } from "../domain/index.ts";
import type { CommitContent, CommitSource, RestSource } from "../source/index.ts";
import { scanCommit } from "./scan-commit.ts";
import type { ReadWhole } from "./scan-commit.ts";

/** Up to this many commits are asked for one by one; for more, git is faster and asks less. */
const COMMITS_BY_REST = 3;

/** The commits of a scope, and how sure the list is. */
export interface Listing {
  readonly commits: readonly string[];
  /** What keeps the list from being whole. */
  readonly gaps: readonly Gap[];
}

/** What the record knows of commits, by version of the detector. */
export interface CommitRecord {
  find(commits: readonly string[]): Promise<Map<string, CommitScan>>;
  save(scans: readonly CommitScan[]): Promise<void>;
}

/** The source for scopes that are large or that REST cannot show. */
export interface ScopeSource extends CommitSource {
  /** Fetches and lists the commits of a scope that are to be read. */
  list(signal: AbortSignal): Promise<Listing>;
  /** The commits of a scope that a force-push took away. */
  listDropped(signal: AbortSignal): Promise<Listing>;
}

export interface ScopeRequest {
  readonly scope: Scope;
  /** Commits that the delivery lists; null where it lists none. */
  readonly listed: readonly string[] | null;
  /** Number of commits by the delivery; null where it does not say. */
  readonly count: number | null;
  readonly forced: boolean;
  /** Name of the default branch, against which a new branch is compared; null when the scope is that branch itself. */
  readonly compareNewWith: string | null;
  /** Commits that the same ref brought with the same head before: a second way to a commit takes nothing back. */
  readonly earlier: readonly string[];
  /** The same scope as it was read before: the commits up to its head need no second look. */
  readonly previous: { readonly head: string; readonly commits: readonly string[] } | null;
}

export interface ScopeDeps {
  readonly rest: RestSource;
  readonly git: ScopeSource;
  readonly record: CommitRecord;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** Everything that was read of a scope. */
export interface ScopeReading {
  readonly commits: readonly CommitScan[];
  /** Commits that a force-push took away and that everybody can still fetch. */
  readonly dropped: readonly CommitScan[];
  /** Gaps of the list itself and of what was dropped; those of commits stand with the commits. */
  readonly gaps: readonly Gap[];
}

/**
 * Reads a scope: every commit of it is in the result, read now or remembered, or a gap says why not. The head is always
 * among them, also where the scope brings nothing new: a verdict stands on it, and nothing read is no reason for green.
 */
export async function readScope(request: ScopeRequest, deps: ScopeDeps): Promise<ScopeReading> {
  const byRest = await listByRest(request, deps);
  const listing = byRest ?? (await deps.git.list(deps.signal));
  const head = headOf(request.scope);
  const commits = await scanAll([...new Set([...request.earlier, ...listing.commits])], deps);
  if (!listing.commits.includes(head)) commits.push(await scanHead(head, deps));
  const dropped = request.forced ? await deps.git.listDropped(deps.signal) : null;
  if (dropped === null) return { commits, dropped: [], gaps: listing.gaps };
  const scans = await scanAll(dropped.commits, deps);
  const gaps = droppedGaps([...dropped.gaps, ...scans.flatMap((scan) => scan.gaps)]);
  return { commits, dropped: scans, gaps: [...listing.gaps, ...gaps] };
}

/** Why what a force-push took away was not all read, once each and without the place, which may not be shown. */
function droppedGaps(gaps: readonly Gap[]): Gap[] {
  const detail = "in commits that the push dropped";
  return [...new Set(gaps.map((gap) => gap.reason))].map((reason) => ({
    reason,
    commit: null,
    path: null,
    detail,
  }));
}

/** The commits of a small scope, proven whole by their parents or by GitHub's comparison; null where git has to say. */
async function listByRest(request: ScopeRequest, deps: ScopeDeps): Promise<Listing | null> {
  const { scope, listed, count } = request;
  if (count !== null && count > COMMITS_BY_REST && request.previous === null) return null;
  const start = startOf(scope);
  if (request.previous !== null) {
    const head = scope.kind === "push" ? scope.after : scope.head;
    const chain = await closedChain([head], request.previous.head, deps);
    if (chain) return { commits: [...request.previous.commits, head], gaps: [] };
  }
  if (listed !== null && listed.length > 0 && !request.forced) {
    const head = scope.kind === "push" ? scope.after : scope.head;
    if (
      listed.includes(head) &&
      listed.length <= COMMITS_BY_REST &&
      (await closedChain(listed, start, deps))
    ) {
      return { commits: listed, gaps: [] };
    }
  }
  const base = start ?? request.compareNewWith;
  if (base === null) return null;
  const head = scope.kind === "push" ? scope.after : scope.head;
  const compared = await deps.rest.compare(base, head, COMMITS_BY_REST);
  return compared === null ? null : { commits: compared, gaps: [] };
}

/**
 * Whether `commits` are all that leads from `start` (null: from nothing) to them: every parent is one of them or
 * `start`. Reads those that are not on record yet, for they are needed anyway; a commit that could not be read has no
 * parents either and proves nothing.
 */
async function closedChain(
  commits: readonly string[],
  start: string | null,
  deps: ScopeDeps,
): Promise<boolean> {
  const scans = await scanAll(commits, deps);
  const known = new Set(start === null ? commits : [...commits, start]);
  return scans.every(
    (scan) =>
      (scan.parents.length > 0 || scan.gaps.length === 0) &&
      scan.parents.every((parent) => known.has(parent)),
  );
}

/**
 * The head of a scope that has it not among its commits, such as a new branch at an old commit: as it is on record, or by
 * REST. What REST shows of a merge is no gap here, for the scope itself is read; git would fetch all that leads to it.
 */
async function scanHead(head: string, deps: ScopeDeps): Promise<CommitScan> {
  const scans = await deps.record.find([head]);
  const known = scans.get(head);
  const isKnownMerge = known !== undefined && known.parents.length > 1;
  if (!isKnownMerge && (known?.gaps.length ?? 1) > 0) await scanWith(deps.rest, [head], scans, deps);
  const scan = scans.get(head) ?? unread(head);
  if (scan.parents.length <= 1) return scan;
  return { ...scan, gaps: scan.gaps.filter(({ reason, path }) => reason !== "no_patch" || path !== null) };
}

function unread(sha: string): CommitScan {
  const gap: Gap = { reason: "unavailable", commit: sha, path: null, detail: "no source could read it" };
  return { sha, parents: [], files: 0, findings: [], gaps: [gap] };
}

/** Scans the commits that the record does not hold whole: a few by REST, many or difficult ones by git. */
async function scanAll(commits: readonly string[], deps: ScopeDeps): Promise<CommitScan[]> {
  const scans = await deps.record.find(commits);
  const missing = (): string[] => commits.filter((sha) => (scans.get(sha)?.gaps.length ?? 1) > 0);
  if (missing().length <= COMMITS_BY_REST) await scanWith(deps.rest, missing(), scans, deps);
  if (missing().length > 0) await scanWith(deps.git, missing(), scans, deps);
  const cut = countIn(scans) > FINDINGS_AT_MOST;
  return commits.map((sha) => scans.get(sha) ?? (cut ? notRead(sha) : unread(sha)));
}

/** With more findings in a scope no further commit is read: the check is red, and memory has an end. */
const FINDINGS_AT_MOST = 10_000;

function countIn(scans: ReadonlyMap<string, CommitScan>): number {
  return scans.values().reduce((sum, scan) => sum + scan.findings.length, 0);
}

function notRead(sha: string): CommitScan {
  const detail = `not read after ${FINDINGS_AT_MOST} findings in other commits`;
  const gap: Gap = { reason: "too_many_findings", commit: sha, path: null, detail };
  return { ...unread(sha), gaps: [gap] };
}

/** Commits kept in one statement: bounds both memory and the work that a crash repeats. */
const SAVE_EVERY = 200;

async function scanWith(
  source: CommitSource,
  commits: readonly string[],
  scans: Map<string, CommitScan>,
  deps: ScopeDeps,
): Promise<void> {
  if (commits.length === 0) return;
  const fresh: CommitScan[] = [];
  const keep = async (): Promise<void> => {
    if (fresh.length > 0) await deps.record.save(fresh.splice(0));
  };
  let parts: CommitScan[] = [];
  let found = countIn(scans);
  for await (const content of source.read(commits, deps.signal)) {
    const readWhole: ReadWhole = (blob, at) => source.readBlob(blob, at, deps.signal);
    parts.push(await scanCommit(content, readWhole, deps.now, deps.signal));
    if (content.more === true) continue;
    const scan = joined(parts, content);
    parts = [];
    const before = scans.get(scan.sha);
    if (before !== undefined && scan.gaps.length > 0 && before.findings.length > scan.findings.length)
      continue;
    scans.set(scan.sha, scan);
    fresh.push(scan);
    if (fresh.length >= SAVE_EVERY) await keep();
    found += scan.findings.length;
    if (found > FINDINGS_AT_MOST) break;
  }
  await keep();
}

/** A commit with much content comes in parts, one after the other. */
function joined(parts: readonly CommitScan[], { sha, parents }: CommitContent): CommitScan {
  return {
    sha,
    parents,
    files: parts.reduce((sum, part) => sum + part.files, 0),
    findings: parts.flatMap((part) => part.findings),
    gaps: parts.flatMap((part) => part.gaps),
  };
}

function startOf(scope: Scope): string | null {
  return scope.kind === "push" ? scope.before : scope.base;
}
