/** Turns byte offsets into lines and columns. Offsets are asked for in ascending order of their lines, mostly. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

const LINE_FEED = 10;

/**
 * Line from 1; column from 1 in UTF-16 code units of the line read as UTF-8, an invalid byte counting as one.
 *
 * @param offsets ascending
 */
export function positionsOf(bytes: Uint8Array, offsets: readonly number[]): Position[] {
  let line = 1;
  let lineStart = 0;
  return offsets.map((offset) => {
    for (let feed = bytes.indexOf(LINE_FEED, lineStart); feed !== -1 && feed < offset;) {
      line++;
      lineStart = feed + 1;
      feed = bytes.indexOf(LINE_FEED, lineStart);
    }
    return { line, column: 1 + codeUnits(bytes.subarray(lineStart, offset)) };
  });
}

/** A decoder replaces each invalid sequence by one U+FFFD, so what it yields is what a reader of the file sees. */
function codeUnits(bytes: Uint8Array): number {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).length;
}
