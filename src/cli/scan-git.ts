import { resolve } from "node:path";
import type { Gap } from "../domain/index.ts";
import { placeWithoutPath } from "../report/command-line.ts";
import type { ReportedFinding, ScanReport } from "../report/index.ts";
import type { HistoryFinding, HistoryRange, HistoryScan } from "../scan/index.ts";
import type { HistoryRepository } from "../source/index.ts";
import type { HistoryProgressLine } from "./history-progress.ts";
import { noteOn, UNOPENED_WORDS } from "./notes.ts";

/** What of a repository is read. */
export interface GitScanRequest {
  readonly path: string;
  /** Reads only what is new since then. */
  readonly since: string | null;
  /** Reads the history of one branch only. */
  readonly branch: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: Date;
  readonly interruption: Interruption;
}

/** Asks for an early end: first of the reading, then of everything. */
export interface Interruption {
  readonly reading: AbortSignal;
  readonly everything: AbortSignal;
}

/** The repository cannot be read, or there is no such commit. The message says why; exit code 2. */
export class GitScanError extends Error {
  override readonly name = "GitScanError";
  readonly code = "git_scan";
}

type Scanned = Omit<ScanReport, "seconds">;

/**
 * Scans the history of a repository.
 *
 * @throws {GitScanError}
 */
export async function scanGit(request: GitScanRequest, progress: HistoryProgressLine): Promise<Scanned> {
  // Loaded when they are needed: a scan of files runs no git.
  const { GitError, openHistory, resolveCommit, resolveObject } = await import("../source/index.ts");
  const { since, branch, interruption } = request;
  try {
    const repository = openHistory(request.path, request.environment);
    const commitNamed = async (revision: string, option: string, isTip: boolean): Promise<string> => {
      const commit = await resolveCommit(repository, revision, interruption.everything);
      if (commit === null) throw new GitScanError(`${option}: the repository has no commit of that name`);
      // The message of a tag is read too.
      return (isTip ? await resolveObject(repository, revision, interruption.everything) : null) ?? commit;
    };
    const range: HistoryRange = {
      tips: branch === null ? null : [await commitNamed(branch, "--branch", true)],
      known: since === null ? [] : [await commitNamed(since, "--since", false)],
    };
    return await scanRange(repository, range, request, progress);
  } catch (error) {
    if (error instanceof GitError) throw new GitScanError(error.message, { cause: error });
    throw error;
  }
}

/** Scans a part of a repository's history, or all of it. */
export async function scanRange(
  repository: HistoryRepository,
  range: HistoryRange,
  { now, interruption }: Pick<GitScanRequest, "now" | "interruption">,
  progress: Pick<HistoryProgressLine, "update">,
): Promise<Scanned> {
  const { scanHistory } = await import("../scan/index.ts");
  return reportOf(
    await scanHistory({
      repository,
      range,
      now,
      signal: interruption.reading,
      placing: interruption.everything,
      onProgress: (step) => progress.update(step),
    }),
  );
}

/**
 * Scans what is staged. Without a path it is the repository that git names, with the index that it names: in a hook that may
 * be one for a commit of some files only.
 *
 * @throws {GitScanError}
 */
export async function scanIndex(
  path: string | null,
  { environment, now, interruption }: Omit<GitScanRequest, "path" | "since" | "branch">,
): Promise<Scanned> {
  const { GitError, openHistory, withIndex } = await import("../source/index.ts");
  const { scanStaged } = await import("../scan/index.ts");
  try {
    const opened = openHistory(path ?? environment["GIT_DIR"] ?? ".", environment);
    const index = path === null ? environment["GIT_INDEX_FILE"] : undefined;
    const repository = index === undefined ? opened : withIndex(opened, resolve(index));
    const scan = await scanStaged({ repository, now, signal: interruption.reading });
    return {
      findings: scan.findings.map((finding) => ({ finding, path: finding.path ?? "", excerpt: null })),
      dismissals: null,
      gaps: scan.gaps,
      notes: notesOf(scan),
      files: scan.files,
      bytes: scan.bytes,
    };
  } catch (error) {
    if (error instanceof GitError) throw new GitScanError(error.message, { cause: error });
    throw error;
  }
}

function reportOf(scan: HistoryScan): Scanned {
  return {
    findings: scan.findings.map(reported),
    dismissals: null,
    gaps: scan.gaps.map(withSubject),
    notes: notesOf(scan),
    files: scan.blobs,
    bytes: scan.bytes,
  };
}

function reported({ finding, origin }: HistoryFinding): ReportedFinding {
  return { finding, path: finding.path ?? placeWithoutPath(finding, origin), excerpt: null, origin };
}

/** A gap without a path names its object, so that a person can look at it. */
function withSubject(gap: Gap): Gap {
  if (gap.path !== null || gap.blob === undefined || gap.detail.includes(gap.blob.slice(0, 12))) return gap;
  return { ...gap, detail: `object ${gap.blob.slice(0, 12)}: ${gap.detail}` };
}

function notesOf({
  unopened,
  pointers,
  submodules,
}: Pick<HistoryScan, "unopened" | "pointers" | "submodules">): readonly string[] {
  const byReason = Map.groupBy(unopened, ({ reason }) => reason);
  return [
    ...noteOn(
      pointers.map((id) => id.slice(0, 12)).sort(),
      "file is a Git LFS pointer",
      "files are Git LFS pointers",
      "and what it points to is not in the repository",
    ),
    ...noteOn(submodules, "submodule is", "submodules are", "another repository and was not read"),
    ...[...byReason].flatMap(([reason, files]) =>
      noteOn(
        [...new Set(files.map(({ path }) => path))],
        "archive or compressed file was",
        "archives or compressed files were",
        `searched without being unpacked: ${UNOPENED_WORDS[reason]}`,
      ),
    ),
  ];
}
