import type { CommitScan, Gap, Scope } from "../domain/index.ts";
import type { CommitSource, RestSource } from "../source/index.ts";
import type { ScanContent } from "./detection/index.ts";

/** A scope with everything known about it before it is read. */
export interface ScopeRequest {
  readonly scope: Scope;
  /** Commits that the delivery lists, oldest first; null if it lists none. Checked against the commits themselves. */
  readonly listedCommits: readonly string[] | null;
  /** Number of commits according to the delivery; null if it does not say. */
  readonly commitCount: number | null;
  /** The push dropped commits that the ref held. */
  readonly forced: boolean;
  /**
   * What GitHub compares a new ref with: best the id of a commit on record, since a branch moves on by itself. Null
   * where there is nothing to compare with.
   */
  readonly compareNewWith: string | null;
  /** For a new ref: commits whose history is on record, or belongs to the reading of history. */
  readonly exclude: readonly string[];
  /** Commits that the same ref brought to the same head before. They stay in scope when a shorter path leads there. */
  readonly earlier: readonly string[];
  /** Head of the same scope when it was last read completely; null if it never was. */
  readonly previousHead: string | null;
  /** The commits of the scope up to `previousHead`, which need not be read again. */
  readonly previousCommits: readonly string[];
}

/** The commits of a scope, and how sure the list is. */
export interface Listing {
  /** Oldest first. */
  readonly commits: readonly string[];
  /** Why the list may be incomplete. */
  readonly gaps: readonly Gap[];
}

/** Scans of commits on record, by version of the detector. */
export interface CommitRecord {
  find(commits: readonly string[]): Promise<Map<string, CommitScan>>;
  save(scans: readonly CommitScan[]): Promise<void>;
}

/** The source for scopes that are large or that REST cannot show. */
export interface ScopeSource extends CommitSource {
  /** Fetches and lists the commits of a scope. */
  list(signal: AbortSignal): Promise<Listing>;
  /** The commits of a scope that a force-push dropped. */
  listDropped(signal: AbortSignal): Promise<Listing>;
}

export interface ScopeDeps {
  readonly rest: RestSource;
  readonly git: ScopeSource;
  readonly record: CommitRecord;
  /** Searches each file; the app gives its pool of threads. */
  readonly scanContent: ScanContent;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** The commits that must be read: not on record, or on record with a gap. */
export async function unscanned(record: CommitRecord, commits: readonly string[]): Promise<string[]> {
  const scans = await record.find(commits);
  return commits.filter((sha) => (scans.get(sha)?.gaps.length ?? 1) > 0);
}
