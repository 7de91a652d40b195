/**
 * What one commit adds, by the detector: in its files, file names, message and people. A hunk is searched as it is; where
 * something is hit, the whole file is read, so context and joined pieces count, and what touches an added line is
 * reported: the same answer whichever source the hunk came from. Where commits come from is not known here.
 */
import { gapOf } from "../domain/index.ts";
import type { CommitScan, Finding, Gap, Place } from "../domain/index.ts";
import { redactText, toFinding } from "../detect/index.ts";
import type { Detected, Detection } from "../detect/index.ts";
import { touchesAdded } from "../diff/index.ts";
import type { Hunk } from "../diff/index.ts";
import type { BlobRead, ChangedFile, CommitContent } from "../source/index.ts";
import { createTurns, detectInTurns } from "./turns.ts";

/** Past this many findings in one commit the rest is a gap: the check is red long before. */
const MAX_COMMIT_FINDINGS = 5000;

/** Reads the whole file that a hunk is from. */
export type ReadWhole = (blob: string, at: { commit: string; path: string }) => Promise<BlobRead>;

/**
 * Finds every credential that a commit adds: in its files, file names, message and people.
 *
 * @param now bounds the age that a key may claim
 * @param signal when it is aborted, the files that are left are a gap
 */
export async function scanCommit(
  commit: CommitContent,
  readWhole: ReadWhole,
  now: Date,
  signal: AbortSignal | null = null,
): Promise<CommitScan> {
  const findings: Finding[] = [];
  const gaps: Gap[] = commit.gaps.map(withRedactedPath);
  const turns = createTurns();
  const search: Search = (bytes, path) => detectInTurns(bytes, path, now, turns);
  const searchText = async (text: string) => (await search(Buffer.from(text, "utf8"), null)).detections;
  const add = (detections: readonly Detection[], place: Place, path: string | null): void => {
    for (const detection of detections)
      findings.push(toFinding(detection, { place, commit: commit.sha, path }));
  };
  add(await searchText(commit.message), "commit_message", null);
  add(await searchText(commit.people), "author", null);
  for (const file of commit.files) {
    if (signal?.aborted === true) {
      gaps.push(gapOf({ reason: "timeout", commit: commit.sha, detail: "not all of its files were read" }));
      break;
    }
    // A name may itself hold a key: redacted it can be shown, but not opened.
    const path = redactText(file.path);
    if (addsContent(file)) add(await searchText(file.path), "path", path);
    const scanned = await scanFile(commit.sha, file, readWhole, search);
    add(scanned.detections, "content", path);
    gaps.push(...scanned.gaps.map(withRedactedPath));
    if (findings.length > MAX_COMMIT_FINDINGS) {
      const detail = `more than ${MAX_COMMIT_FINDINGS} findings; the files after them were not read`;
      gaps.push(gapOf({ reason: "too_many_findings", commit: commit.sha, detail }));
      break;
    }
  }
  return { sha: commit.sha, parents: commit.parents, files: commit.files.length, findings, gaps };
}

type Search = (bytes: Uint8Array, path: string | null) => Promise<Detected>;

interface ScannedFile {
  readonly detections: readonly Detection[];
  readonly gaps: readonly Gap[];
}

async function scanFile(
  sha: string,
  file: ChangedFile,
  readWhole: ReadWhole,
  search: Search,
): Promise<ScannedFile> {
  const searchWhole = async (bytes: Uint8Array, hunks: readonly Hunk[] | null): Promise<ScannedFile> => {
    const { detections, truncated } = await search(bytes, file.path);
    const detail = "more findings than are listed of one file";
    const gap = gapOf({ reason: "too_many_findings", commit: sha, path: file.path, detail });
    return { detections: addedOnly(detections, hunks), gaps: truncated === true ? [gap] : [] };
  };
  switch (file.content.kind) {
    case "none":
      return { detections: [], gaps: [] };
    case "gap":
      return { detections: [], gaps: [file.content.gap] };
    case "whole": {
      const { bytes, hunks, inexact } = file.content;
      const { detections, gaps } = await searchWhole(bytes, hunks);
      const unsure = inexact === true && detections.length > 0;
      return { detections, gaps: unsure ? [...gaps, unknownLines(sha, file.path)] : gaps };
    }
    case "hunks": {
      const { hunks } = file.content;
      const [first] = hunks;
      if (first !== undefined && hunks.length === 1 && isWhole(first)) return searchWhole(first.text, hunks);
      const inHunks: Detection[] = [];
      for (const hunk of hunks)
        inHunks.push(...placed((await search(hunk.text, file.path)).detections, hunk));
      if (inHunks.length === 0 && !hunks.some(mayEndAKey)) return { detections: [], gaps: [] };
      if (file.blob === null) return { detections: inHunks, gaps: [] };
      const whole = await readWhole(file.blob, { commit: sha, path: file.path });
      if (whole.kind === "gap") return { detections: inHunks, gaps: [whole.gap] };
      return searchWhole(whole.bytes, hunks);
    }
  }
}

function unknownLines(commit: string, path: string): Gap {
  return gapOf({ reason: "no_patch", commit, path, detail: "which of its lines are new is unknown" });
}

/** Whether the hunk is the whole of a new file, with no context after what is added. */
function isWhole({ newStart, text, added }: Hunk): boolean {
  const [range] = added;
  if (newStart !== 1 || range === undefined || range.first !== 1) return false;
  let lines = text.at(-1) === LINE_FEED ? 0 : 1;
  for (let at = text.indexOf(LINE_FEED); at !== -1; at = text.indexOf(LINE_FEED, at + 1)) lines += 1;
  return range.last >= lines;
}

const LINE_FEED = 0x0a;

/** A possible body of a key, directly after the end of a reference or the beginning of a literal. */
const BODY = /["'`}_]([0-9A-Za-z]{24,})/g;

/** Whether a line of the hunk may join a constant from outside of the hunk with the body of a key. */
function mayEndAKey({ text }: Hunk): boolean {
  const bodies = Buffer.from(text).toString("latin1").matchAll(BODY);
  return bodies.some(([, body = ""]) => /[A-Z]/.test(body) && /[a-z]/.test(body));
}

/** Detections in one hunk that touch an added line, with their lines counted as in the file. */
function placed(detections: readonly Detection[], hunk: Hunk): Detection[] {
  const offset = hunk.newStart - 1;
  const inFile = detections.map((detection) => ({
    ...detection,
    line: detection.line + offset,
    endLine: detection.endLine + offset,
  }));
  return addedOnly(inFile, [hunk]);
}

function addedOnly(detections: readonly Detection[], hunks: readonly Hunk[] | null): Detection[] {
  return detections.filter((found) => hunks === null || touchesAdded(hunks, found.line, found.endLine));
}

/** A name counts where the commit brings it; a removal takes it away. */
function addsContent(file: ChangedFile): boolean {
  return file.content.kind !== "none" || file.blob !== null || file.form === "submodule";
}

function withRedactedPath(gap: Gap): Gap {
  return gap.path === null ? gap : { ...gap, path: redactText(gap.path) };
}
