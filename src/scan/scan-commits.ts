/**
 * Scans commits without a complete scan on record: a few by REST, many or difficult ones by git. Saves every scan as soon as
 * it is done, so a retry repeats little. A commit that no source could read is a gap, never left out.
 */
import { gapOf } from "../domain/index.ts";
import type { CommitScan } from "../domain/index.ts";
import type { CommitContent, CommitSource } from "../source/index.ts";
import { scanCommit } from "./scan-commit.ts";
import type { ReadWhole } from "./scan-commit.ts";
import type { ScopeDeps } from "./scope-request.ts";

/** Up to this many commits are requested one by one; for more, git is faster and needs fewer requests. */
export const MAX_REST_COMMITS = 3;
/** With more findings in a scope no further commit is read: the check is red, and memory is limited. */
const MAX_SCOPE_FINDINGS = 10_000;
/** Scans kept in one statement: bounds both memory and the work that a crash repeats. */
const MAX_UNSAVED = 200;

/**
 * One scan for each commit, in the order given.
 *
 * @throws GitHubError, GitError `retryable`: a source failed for a reason that may pass; what was read is on record
 */
export async function scanCommits(commits: readonly string[], deps: ScopeDeps): Promise<CommitScan[]> {
  const scans = await deps.record.find(commits);
  const missing = (): string[] => commits.filter((sha) => (scans.get(sha)?.gaps.length ?? 1) > 0);
  if (missing().length <= MAX_REST_COMMITS) await scanWith(deps.rest, missing(), scans, deps);
  if (missing().length > 0) await scanWith(deps.git, missing(), scans, deps);
  const cut = countIn(scans) > MAX_SCOPE_FINDINGS;
  return commits.map((sha) => scans.get(sha) ?? unread(sha, cut));
}

function countIn(scans: ReadonlyMap<string, CommitScan>): number {
  return scans.values().reduce((sum, scan) => sum + scan.findings.length, 0);
}

function unread(sha: string, cut: boolean): CommitScan {
  const gap = cut
    ? gapOf({
        reason: "too_many_findings",
        commit: sha,
        detail: `not read after ${MAX_SCOPE_FINDINGS} findings in other commits`,
      })
    : gapOf({ reason: "unavailable", commit: sha, detail: "no source could read it" });
  return { sha, parents: [], files: 0, findings: [], gaps: [gap] };
}

async function scanWith(
  source: CommitSource,
  commits: readonly string[],
  scans: Map<string, CommitScan>,
  deps: ScopeDeps,
): Promise<void> {
  if (commits.length === 0) return;
  const unsaved: CommitScan[] = [];
  const save = async (): Promise<void> => {
    if (unsaved.length > 0) await deps.record.save(unsaved.splice(0));
  };
  const readWhole: ReadWhole = (blob, at) => source.readBlob(blob, at, deps.signal);
  let parts: CommitScan[] = [];
  let found = countIn(scans);
  try {
    for await (const content of source.read(commits, deps.signal)) {
      parts.push(await scanCommit(content, readWhole, deps.now, deps.signal, deps.scanContent));
      if (content.more === true) continue;
      const scan = joined(parts, content);
      parts = [];
      const before = scans.get(scan.sha);
      if (before !== undefined && scan.gaps.length > 0 && before.findings.length > scan.findings.length)
        continue;
      scans.set(scan.sha, scan);
      unsaved.push(scan);
      if (unsaved.length >= MAX_UNSAVED) await save();
      found += scan.findings.length;
      if (found > MAX_SCOPE_FINDINGS) break;
    }
  } finally {
    await save();
  }
}

/** A commit with much content comes in parts, one after the other. */
function joined(parts: readonly CommitScan[], { sha, parents }: CommitContent): CommitScan {
  const scan = {
    sha,
    parents,
    files: parts.reduce((sum, part) => sum + part.files, 0),
    findings: parts.flatMap((part) => part.findings),
    gaps: parts.flatMap((part) => part.gaps),
  };
  const unopened = parts.flatMap((part) => part.unopened ?? []);
  return unopened.length === 0 ? scan : { ...scan, unopened };
}
