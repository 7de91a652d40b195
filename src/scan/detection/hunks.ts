import type { Detection } from "../../detect/index.ts";
import type { Hunk, LineRange } from "../../diff/index.ts";
import { hasContainerName } from "../../domain/index.ts";
import { formatOf, HEAD_BYTES } from "../../unpack/index.ts";

const LINE_FEED = 0x0a;

/** A possible body of a key, directly after the end of a reference or the beginning of a literal. */
const BODY = /["'`}_]([0-9A-Za-z]{24,})/g;

/** Whether the hunk is a whole new file, without context after the added lines. */
export function isWhole({ newStart, text, added }: Hunk): boolean {
  const [range] = added;
  if (newStart !== 1 || range === undefined || range.first !== 1) return false;
  // The file has as many lines as the hunk: any other line would be context.
  let lines = text.at(-1) === LINE_FEED ? 0 : 1;
  for (let at = text.indexOf(LINE_FEED); at !== -1; at = text.indexOf(LINE_FEED, at + 1)) lines += 1;
  return range.last >= lines;
}

/** Whether a line of the hunk may join a constant from outside the hunk with the body of a key. */
export function mayEndAKey({ text }: Hunk): boolean {
  const latin1 = Buffer.from(text.buffer, text.byteOffset, text.length).toString("latin1");
  return latin1.matchAll(BODY).some(([, body = ""]) => /[A-Z]/.test(body) && /[a-z]/.test(body));
}

/** Whether the file may be an archive, for which hunks are useless. */
export function mayBeContainer(path: string | null, hunks: readonly Hunk[]): boolean {
  if (path === null) return false;
  const [first] = hunks;
  const beginning = first?.newStart === 1 ? first.text.subarray(0, HEAD_BYTES) : new Uint8Array(0);
  return hasContainerName(path) || formatOf(beginning, "") !== null;
}

/** Detections in one hunk that touch an added line, with their lines counted as in the file. */
export function placed(detections: readonly Detection[], hunk: Hunk): readonly Detection[] {
  const offset = hunk.newStart - 1;
  const inFile = detections.map((detection) => ({
    ...detection,
    line: detection.line + offset,
    endLine: detection.endLine + offset,
  }));
  return addedOnly(inFile, [hunk]);
}

/** Detections that touch an added line; all of them if `hunks` is null. */
export function addedOnly(
  detections: readonly Detection[],
  hunks: readonly Hunk[] | null,
): readonly Detection[] {
  if (hunks === null) return detections;
  const added = hunks.flatMap((hunk) => hunk.added);
  return detections.filter(({ line, endLine }) => {
    const range = added[firstEndingAt(added, line)];
    return range !== undefined && range.first <= endLine;
  });
}

/** Index of the first range that ends at the line or after it. Binary search: both lists may be very long. */
function firstEndingAt(ranges: readonly LineRange[], line: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle]?.last ?? 0) < line) low = middle + 1;
    else high = middle;
  }
  return low;
}
