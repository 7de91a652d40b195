/** What `@@ -a,b +c,d @@` says; a combined diff has one old side for each parent. */
export interface HunkHeader {
  /** Lines of the hunk on the side of each parent. */
  readonly oldCounts: readonly number[];
  readonly newStart: number;
  readonly newCount: number;
}

const AT = 0x40;
/** Longer than any header with as many parents as git allows; the text after the second `@@` is not needed. */
const LONGEST = 8192;
const RANGE = /^([-+])(\d{1,10})(?:,(\d{1,10}))?$/;

/**
 * Reads a hunk header, or returns null for any other line. There are `parents + 1` signs `@` on each side:
 * git, "Combined diff format" (git-diff documentation).
 */
export function parseHunkHeader(line: Uint8Array): HunkHeader | null {
  if (line[0] !== AT || line[1] !== AT) return null;
  const text = new TextDecoder("latin1").decode(line.subarray(0, LONGEST));
  const signs = text.slice(0, text.indexOf(" "));
  if (signs.length < 2 || /[^@]/.test(signs)) return null;
  const close = text.indexOf(` ${signs}`, signs.length);
  if (close === -1) return null;
  const ranges = text.slice(signs.length + 1, close).split(" ");
  if (ranges.length !== signs.length) return null;

  const oldCounts: number[] = [];
  for (const [index, range] of ranges.entries()) {
    const match = RANGE.exec(range);
    if (match === null) return null;
    const isNew = index === ranges.length - 1;
    if ((match[1] === "+") !== isNew) return null;
    const count = match[3] === undefined ? 1 : Number(match[3]);
    if (isNew) return { oldCounts, newStart: Number(match[2]), newCount: count };
    oldCounts.push(count);
  }
  return null;
}
