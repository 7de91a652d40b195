/**
 * Small files and names, searched many at once: one search of a megabyte costs much less than a hundred of ten kilobytes.
 * What it finds is reported in the order in which the texts came.
 */
import { allocateText, whichPartsMayHoldCredential } from "../detect/index.ts";

/** Bytes of one batch. */
const BATCH_BYTES = 1 << 18;
/** A larger file is read by itself. */
export const MAX_BATCHED = 1 << 16;

/** Called with a text that may hold a credential. The bytes are valid until it returns. */
type Search = (bytes: Uint8Array) => void;

export class Batch {
  readonly buffer: Uint8Array<ArrayBuffer> = allocateText(BATCH_BYTES);
  #searches: Search[] = [];
  /** Where each text ends; it begins where the one before ends. */
  #ends: number[] = [];
  #length = 0;

  /** Makes room for `bytes`, at most MAX_BATCHED, and returns where in the buffer to put the next text. */
  offsetFor(bytes: number): number {
    if (this.#length + bytes > BATCH_BYTES) this.flush();
    return this.#length;
  }

  /** Adds the text of this length that was put at `offsetFor`. */
  add(length: number, search: Search): void {
    this.#searches.push(search);
    this.#length += length;
    this.#ends.push(this.#length);
  }

  addText(text: string, search: Search): void {
    const at = this.offsetFor(4 * text.length);
    this.add(ENCODER.encodeInto(text, this.buffer.subarray(at)).written, search);
  }

  /** Searches what was added. Call it before anything else is reported, and at the end. */
  flush(): void {
    const searches = this.#searches;
    const ends = this.#ends;
    this.#searches = [];
    this.#ends = [];
    this.#length = 0;
    const may = whichPartsMayHoldCredential(this.buffer, ends);
    for (const [index, search] of searches.entries())
      if (may[index] === true) search(this.buffer.subarray(ends[index - 1] ?? 0, ends[index]));
  }
}

const ENCODER = new TextEncoder();
