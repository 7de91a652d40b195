import { outerPath } from "../domain/index.ts";
import type { CommitScan, Finding, HeadLocation, ScopeFinding } from "../domain/index.ts";
import { scanContent as scanOnThisThread } from "./detection/index.ts";
import type { ScanContent } from "./detection/index.ts";

/** Files of the head that are read to locate findings; findings in more files appear only in the summary. */
const MAX_HEAD_FILES = 50;

/** Reads a path in the head commit; null if it is missing or could not be read. */
export type ReadHead = (path: string) => Promise<Uint8Array | null>;

/**
 * Finds where the head commit has each credential that a scope brought. A finding of the head commit itself is where it
 * was found; for an earlier one the file is read again in the head, where it may have moved or be gone.
 */
export async function locateInHead(
  head: string,
  commits: readonly CommitScan[],
  dropped: readonly CommitScan[],
  readHead: ReadHead,
  now: Date,
  scanContent: ScanContent = scanOnThisThread,
): Promise<ScopeFinding[]> {
  const files = new Map<string, ReadonlyMap<string, HeadLocation[]> | null>();
  const kept = new Set(commits.map((commit) => commit.sha));
  const placed: ScopeFinding[] = [];
  for (const commit of [...commits, ...dropped.filter(({ sha }) => !kept.has(sha))]) {
    for (const finding of commit.findings)
      placed.push({ finding, ...(await locate(finding)), dropped: !kept.has(commit.sha) });
  }
  return placed;

  async function locate(finding: Finding): Promise<Pick<ScopeFinding, "head" | "headRead">> {
    const { path } = finding;
    const unread = { head: null, headRead: false };
    if (finding.place !== "content" || path === null) return unread;
    if (finding.commit === head) {
      const { line, column, endLine, endColumn } = finding;
      return { head: { path, line, column, endLine, endColumn }, headRead: true };
    }
    const outer = outerPath(path);
    let file = files.get(outer);
    if (file === undefined) {
      if (files.size >= MAX_HEAD_FILES) return unread;
      const bytes = await readHead(outer);
      file = bytes === null ? null : await locationsIn(bytes, outer, now, scanContent);
      files.set(outer, file);
    }
    if (file === null) return unread;
    const places = file.get(finding.fingerprint)?.filter((place) => place.path === path) ?? [];
    return { head: nearest(places, finding.line), headRead: true };
  }
}

/** Every place of every credential in a file and everything packed in it, by fingerprint. */
async function locationsIn(
  bytes: Uint8Array,
  path: string,
  now: Date,
  scanContent: ScanContent,
): Promise<Map<string, HeadLocation[]>> {
  const found = new Map<string, HeadLocation[]>();
  const { findings } = await scanContent({ path, now, content: { kind: "whole", bytes, hunks: null } });
  for (const { fingerprint, path: place, line, column, endLine, endColumn } of findings) {
    const places = found.get(fingerprint) ?? [];
    places.push({ path: place ?? path, line, column, endLine, endColumn });
    found.set(fingerprint, places);
  }
  return found;
}

function nearest(places: readonly HeadLocation[], line: number): HeadLocation | null {
  return places.reduce<HeadLocation | null>(
    (best, place) =>
      best === null || Math.abs(place.line - line) < Math.abs(best.line - line) ? place : best,
    null,
  );
}
