/**
 * Small files and names, searched many at once: one search of a megabyte costs much less than a hundred of ten kilobytes.
 * What it finds is reported in the order in which the texts came.
 */
import { Buffer } from "node:buffer";
import { allocateText, whichMayHoldCredential } from "../detect/index.ts";

/** Bytes of one batch. */
const BATCH_BYTES = 1 << 18;
/** A larger file is read by itself. */
export const MAX_BATCHED = 1 << 16;

interface Text {
  readonly bytes: Uint8Array;
  /** Called if the text may hold a credential. The bytes are valid until it returns. */
  readonly search: (bytes: Uint8Array) => void;
}

export class Batch {
  readonly buffer: Buffer;
  #texts: Text[] = [];
  #length = 0;

  constructor() {
    const { buffer, byteOffset, length } = allocateText(BATCH_BYTES);
    this.buffer = Buffer.from(buffer, byteOffset, length);
  }

  /** Makes room for `bytes`, at most MAX_BATCHED, and returns where in the buffer to put the next text. */
  offsetFor(bytes: number): number {
    if (this.#length + bytes > BATCH_BYTES) this.flush();
    return this.#length;
  }

  /** Adds the text of this length that was put at `offsetFor`. */
  add(length: number, search: Text["search"]): void {
    this.#texts.push({ bytes: this.buffer.subarray(this.#length, this.#length + length), search });
    this.#length += length;
  }

  addText(text: string, search: Text["search"]): void {
    const at = this.offsetFor(4 * text.length);
    this.add(this.buffer.write(text, at, "utf8"), search);
  }

  /** Searches what was added. Call it before anything else is reported, and at the end. */
  flush(): void {
    const texts = this.#texts;
    this.#texts = [];
    this.#length = 0;
    const may = whichMayHoldCredential(texts.map(({ bytes }) => bytes));
    for (const [index, { bytes, search }] of texts.entries()) if (may[index] === true) search(bytes);
  }
}
