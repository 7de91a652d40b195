/**
 * The same as `createDetector` for a file that is read piece by piece, straight into the memory in which it is searched.
 */
import type { Detected } from "../detection.ts";
import { NECESSARY_SEARCH } from "./anchor-search.ts";
import { BLOCK, BlockScan, MARGIN } from "./block-scan.ts";
import type { View } from "./positions.ts";
import { noWork } from "./work.ts";

/** Memory in which texts are searched faster than anywhere else, as far as there is any; otherwise ordinary memory. */
export function allocateText(bytes: number): Uint8Array<ArrayBuffer> {
  return NECESSARY_SEARCH.allocate(bytes);
}

/** Bytes of the memory that `detectPieces` needs. */
export const HELD_BYTES = MARGIN + BLOCK + MARGIN;

/**
 * @param held of `HELD_BYTES`, from `allocateText`
 * @param length of the first piece, which is in `held` already
 * @param read puts the next bytes into its buffer and returns how many; 0 at the end
 */
export function detectPieces(
  path: string | null,
  now: Date,
  held: Uint8Array<ArrayBuffer>,
  length: number,
  read: (buffer: Uint8Array) => number,
): Detected {
  const scan = new BlockScan(path, now, noWork());
  let base = 0;
  let end = length;
  /** Where the next block begins. */
  let from = 0;

  function scanBlock(to: number): void {
    const view: View = { bytes: held.subarray(0, Math.min(end, to + MARGIN - base)), base };
    scan.scan(view, from, to, view);
    from = to;
  }

  for (let more = length; more > 0; more = read(held.subarray(end)), end += more) {
    while (base + end >= from + BLOCK + MARGIN) {
      scanBlock(from + BLOCK);
      scan.settle({ bytes: held.subarray(0, end), base });
      const next = Math.max(0, from - MARGIN);
      held.copyWithin(0, next - base, end);
      end -= next - base;
      base = next;
    }
  }
  while (from < base + end) scanBlock(Math.min(base + end, from + BLOCK));
  return scan.finish({ bytes: held.subarray(0, end), base });
}
