/**
 * Finds what one commit adds: in its files, file names, message and people. A hunk is searched as it is. If there is a hit,
 * the whole file is read, so context and joined pieces count, and findings that touch an added line are reported: the same
 * answer from whichever source the hunk came. This file does not know where commits come from, nor the thread that searches.
 */
import { gapOf } from "../domain/index.ts";
import type { CommitScan, Finding, Gap, Place, UnopenedArchive } from "../domain/index.ts";
import { redactText } from "../detect/index.ts";
import type { BlobRead, ChangedFile, CommitContent } from "../source/index.ts";
import { scanContent as scanOnThisThread } from "./detection/index.ts";
import type { ContentScan, ScanContent } from "./detection/index.ts";

/** Past this many findings in one commit the rest is a gap: the check is red long before. */
const MAX_COMMIT_FINDINGS = 5000;

/** Archives of one commit that are listed as not opened. */
const MAX_UNOPENED = 100;

/** Reads the whole file that a hunk is from. */
export type ReadWhole = (blob: string, at: { commit: string; path: string }) => Promise<BlobRead>;

/**
 * Finds every credential that a commit adds: in its files, file names, message and people.
 *
 * @param now bounds the age that a key may claim
 * @param signal when it is aborted, the remaining files are a gap
 * @param scanContent searches each of them; the app gives its pool of threads
 */
export async function scanCommit(
  commit: CommitContent,
  readWhole: ReadWhole,
  now: Date,
  signal: AbortSignal | null = null,
  scanContent: ScanContent = scanOnThisThread,
): Promise<CommitScan> {
  const findings: Finding[] = [];
  const gaps: Gap[] = commit.gaps.map(withRedactedPath);
  const unopened: UnopenedArchive[] = [];
  const add = (scan: FileScan, place?: Place, path?: string): void => {
    for (const finding of scan.findings) {
      findings.push({
        ...finding,
        commit: commit.sha,
        place: place ?? finding.place,
        path: path ?? finding.path,
      });
    }
    for (const gap of scan.gaps) gaps.push({ ...withRedactedPath(gap), commit: commit.sha });
    for (const { path: of, reason } of scan.unopened)
      if (unopened.length < MAX_UNOPENED) unopened.push({ commit: commit.sha, path: redactText(of), reason });
  };
  const scanText = (text: string): Promise<ContentScan> =>
    scanContent({
      path: null,
      now,
      content: { kind: "whole", bytes: Buffer.from(text, "utf8"), hunks: null },
    });
  add(await scanText(commit.message), "commit_message");
  add(await scanText(commit.people), "author");
  for (const file of commit.files) {
    if (signal?.aborted === true) {
      gaps.push(gapOf({ reason: "timeout", commit: commit.sha, detail: "not all of its files were read" }));
      break;
    }
    // A name may itself contain a key. Redacted, it can be shown but not opened.
    if (addsContent(file)) add(await scanText(file.path), "path", redactText(file.path));
    add(
      await scanFile(commit.sha, file, readWhole, (content) =>
        scanContent({ path: file.path, now, content }),
      ),
    );
    if (findings.length > MAX_COMMIT_FINDINGS) {
      const detail = `more than ${MAX_COMMIT_FINDINGS} findings; the files after them were not read`;
      gaps.push(gapOf({ reason: "too_many_findings", commit: commit.sha, detail }));
      break;
    }
  }
  const scan = { sha: commit.sha, parents: commit.parents, files: commit.files.length, findings, gaps };
  return unopened.length === 0 ? scan : { ...scan, unopened };
}

type FileScan = Pick<ContentScan, "findings" | "gaps" | "unopened">;
type Content = Parameters<ScanContent>[0]["content"];

async function scanFile(
  sha: string,
  file: ChangedFile,
  readWhole: ReadWhole,
  scan: (content: Content) => Promise<ContentScan>,
): Promise<FileScan> {
  switch (file.content.kind) {
    case "none":
      return { findings: [], gaps: [], unopened: [] };
    case "gap":
      return { findings: [], gaps: [file.content.gap], unopened: [] };
    case "whole": {
      const { bytes, hunks, inexact } = file.content;
      const { findings, gaps, unopened } = await scan({ kind: "whole", bytes, hunks });
      const unsure = inexact === true && findings.length > 0;
      return { findings, gaps: unsure ? [...gaps, unknownLines(sha, file.path)] : gaps, unopened };
    }
    case "hunks": {
      const { hunks } = file.content;
      const inHunks = await scan({ kind: "hunks", hunks });
      if (!inHunks.needsWhole || file.blob === null) return inHunks;
      const whole = await readWhole(file.blob, { commit: sha, path: file.path });
      if (whole.kind === "gap") return { ...inHunks, gaps: [...inHunks.gaps, whole.gap] };
      return scan({ kind: "whole", bytes: whole.bytes, hunks });
    }
  }
}

function unknownLines(commit: string, path: string): Gap {
  return gapOf({ reason: "no_patch", commit, path, detail: "which of its lines are new is unknown" });
}

/** Whether the commit adds the file's name; a removal does not. */
function addsContent(file: ChangedFile): boolean {
  return file.content.kind !== "none" || file.blob !== null || file.form === "submodule";
}

function withRedactedPath(gap: Gap): Gap {
  return gap.path === null ? gap : { ...gap, path: redactText(gap.path) };
}
