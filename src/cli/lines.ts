import { Buffer, isUtf8 } from "node:buffer";

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
/** A longer line is not shown. The report needs only a few dozen characters of it. */
const MAX_LINE_BYTES = 1 << 20;

/**
 * The wanted lines (numbers from 1) out of the chunks of a file, without their line ends. A line that is too long or
 * not valid UTF-8 is left out: its columns could not be trusted.
 */
export function collectLines(chunks: Iterable<Uint8Array>, wanted: ReadonlySet<number>): Map<number, string> {
  const lines = new Map<number, string>();
  let number = 1;
  let pieces: Buffer[] = [];
  let length = 0;
  const finish = (): void => {
    if (wanted.has(number) && length <= MAX_LINE_BYTES) {
      const line = Buffer.concat(pieces);
      const end = line.at(-1) === CARRIAGE_RETURN ? line.length - 1 : line.length;
      if (isUtf8(line)) lines.set(number, line.toString("utf8", 0, end));
    }
    pieces = [];
    length = 0;
    number += 1;
  };
  for (const chunk of chunks) {
    if (lines.size === wanted.size) return lines;

    let start = 0;
    while (start < chunk.length && lines.size < wanted.size) {
      const feed = chunk.indexOf(LINE_FEED, start);
      const end = feed === -1 ? chunk.length : feed;
      if (wanted.has(number) && length <= MAX_LINE_BYTES)
        pieces.push(Buffer.from(chunk.subarray(start, end)));

      length += end - start;
      if (feed !== -1) finish();

      start = end + 1;
    }
  }
  finish();
  return lines;
}
