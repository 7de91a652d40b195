/**
 * A first look at many files, in any order and on any thread: whether there is nothing to report of a file. Nearly every
 * file is done with here; the others are scanned in the order in which they were met.
 */
import { allocateText, whichPartsMayHoldCredential } from "../detect/index.ts";
import { isContainer } from "./is-container.ts";
import { readInto } from "./file-chunks.ts";

/** In place of the size of a file that has to be scanned. */
export const TO_SCAN = -1;

/** Bytes that are searched at once. */
const BATCH_BYTES = 1 << 18;
/** A larger file is to be scanned. */
const MAX_BYTES = 1 << 17;

export class FirstLook {
  readonly #buffer = allocateText(BATCH_BYTES);
  /** The file of each text, by its number, and where the text ends. */
  #files: number[] = [];
  #ends: number[] = [];
  #length = 0;

  /** For each file its size, if it was read and there is nothing to report of it; else `TO_SCAN`. */
  sizesOf(locations: readonly string[]): Int32Array<ArrayBuffer> {
    const sizes = new Int32Array(locations.length).fill(TO_SCAN);
    for (const [file, location] of locations.entries()) {
      if (this.#length + MAX_BYTES > BATCH_BYTES) this.#search(sizes);
      const length = this.#read(location);
      if (length === null) continue;
      this.#files.push(file);
      this.#length += length;
      this.#ends.push(this.#length);
    }
    this.#search(sizes);
    return sizes;
  }

  /** Null for an archive, and what cannot be read or not at once: scanning it says what it is. */
  #read(location: string): number | null {
    try {
      const length = readInto(location, false, this.#buffer, this.#length, MAX_BYTES);
      if (length === null) return null;
      return isContainer(this.#buffer, this.#length, length, location) ? null : length;
    } catch {
      return null;
    }
  }

  #search(sizes: Int32Array): void {
    const files = this.#files;
    const ends = this.#ends;
    this.#files = [];
    this.#ends = [];
    this.#length = 0;
    const may = whichPartsMayHoldCredential(this.#buffer, ends);
    for (const [index, file] of files.entries())
      if (may[index] === false) sizes[file] = (ends[index] ?? 0) - (ends[index - 1] ?? 0);
  }
}
