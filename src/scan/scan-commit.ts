import { detect, redactText, toFinding } from "../detect/index.ts";
import type { Detection, Finding, Place } from "../detect/index.ts";
import { touchesAdded } from "../diff/index.ts";
import type { Hunk } from "../diff/index.ts";
import type { Gap } from "../policy/index.ts";
import type { BlobRead, ChangedFile, CommitContent } from "../source/index.ts";

/** What one commit holds, redacted. */
export interface ScannedCommit {
  readonly sha: string;
  readonly parents: readonly string[];
  /** Files that the commit changes. */
  readonly files: number;
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
}

/** Past this many findings in one commit the rest is a gap: the check is red long before. */
const FINDINGS_AT_MOST = 5000;

/** How long the scan may hold the event loop before others get their turn, in milliseconds. */
const TURN_MS = 25;

/** Reads the whole file that a hunk is from. */
export type ReadWhole = (blob: string, at: { commit: string; path: string }) => Promise<BlobRead>;

/**
 * Finds every credential that a commit adds: in its files, file names, message and people.
 *
 * A hunk is searched as it is. Where something is hit, the whole file is read, so that context and joined pieces count,
 * and what touches an added line is reported: the same answer, whichever source the hunk came from.
 *
 * @param now bounds the age that a key may claim
 */
export async function scanCommit(
  commit: CommitContent,
  readWhole: ReadWhole,
  now: Date,
): Promise<ScannedCommit> {
  const findings: Finding[] = [];
  const gaps: Gap[] = commit.gaps.map(withSafePath);
  const add = (detections: readonly Detection[], place: Place, path: string | null): void => {
    for (const detection of detections)
      findings.push(toFinding(detection, { place, commit: commit.sha, path }));
  };
  add(detectText(commit.message, now), "commit_message", null);
  add(detectText(commit.people, now), "author", null);
  let turnEnds = performance.now() + TURN_MS;
  for (const file of commit.files) {
    if (performance.now() > turnEnds) {
      await new Promise((resolve) => setImmediate(resolve));
      turnEnds = performance.now() + TURN_MS;
    }
    const inPath = detectText(file.path, now);
    const path = safePath(file.path);
    if (addsContent(file)) add(inPath, "path", path);
    const scanned = await scanFile(commit.sha, file, readWhole, now);
    add(scanned.detections, "content", path);
    gaps.push(...scanned.gaps.map(withSafePath));
    if (findings.length > FINDINGS_AT_MOST) {
      gaps.push({
        reason: "too_many_findings",
        commit: commit.sha,
        path: null,
        detail: `more than ${FINDINGS_AT_MOST} findings; the files after them were not read`,
      });
      break;
    }
  }
  return { sha: commit.sha, parents: commit.parents, files: commit.files.length, findings, gaps };
}

interface ScannedFile {
  readonly detections: readonly Detection[];
  readonly gaps: readonly Gap[];
}

async function scanFile(
  sha: string,
  file: ChangedFile,
  readWhole: ReadWhole,
  now: Date,
): Promise<ScannedFile> {
  switch (file.content.kind) {
    case "none":
      return { detections: [], gaps: [] };
    case "gap":
      return { detections: [], gaps: [file.content.gap] };
    case "whole": {
      const { hunks, inexact } = file.content;
      const detections = addedOnly(detect(file.content.bytes, file.path, now).detections, hunks);
      const unsure = inexact === true && detections.length > 0;
      return { detections, gaps: unsure ? [unknownLines(sha, file.path)] : [] };
    }
    case "hunks": {
      const { hunks } = file.content;
      const inHunks = hunks.flatMap((hunk) => detectInHunk(hunk, file.path, now));
      if (inHunks.length === 0) return { detections: [], gaps: [] };
      if (file.blob === null) return { detections: inHunks, gaps: [] };
      const whole = await readWhole(file.blob, { commit: sha, path: file.path });
      if (whole.kind === "gap") return { detections: inHunks, gaps: [whole.gap] };
      return { detections: addedOnly(detect(whole.bytes, file.path, now).detections, hunks), gaps: [] };
    }
  }
}

function unknownLines(commit: string, path: string): Gap {
  return { reason: "no_patch", commit, path, detail: "which of its lines are new is unknown" };
}

/** Detections in one hunk that touch an added line, with their lines counted as in the file. */
function detectInHunk(hunk: Hunk, path: string, now: Date): Detection[] {
  const offset = hunk.newStart - 1;
  const placed = detect(hunk.text, path, now).detections.map((detection) => ({
    ...detection,
    line: detection.line + offset,
    endLine: detection.endLine + offset,
  }));
  return addedOnly(placed, [hunk]);
}

function addedOnly(detections: readonly Detection[], hunks: readonly Hunk[] | null): Detection[] {
  return detections.filter((found) => hunks === null || touchesAdded(hunks, found.line, found.endLine));
}

function detectText(text: string, now: Date): readonly Detection[] {
  return detect(Buffer.from(text, "utf8"), null, now).detections;
}

/** A name counts where the commit brings it; a removal takes it away. */
function addsContent(file: ChangedFile): boolean {
  return file.content.kind !== "none" || file.blob !== null || file.form === "submodule";
}

/** A path may itself hold a credential: it is kept redacted, and then can be shown but not opened. */
function safePath(path: string): string {
  return redactText(path);
}

function withSafePath(gap: Gap): Gap {
  return gap.path === null ? gap : { ...gap, path: safePath(gap.path) };
}
