import type { Buffer } from "node:buffer";

const SPACE = 0x20;
const SLASH = 0x2f;
const DIGIT_FOUR = 0x34;
const DIGIT_ZERO = 0x30;
/** Bytes of an object id. GitHub has SHA-1 only. */
const ID_BYTES = 20;

/** One entry of a tree object, decoded on demand, because most entries are skipped. */
export class TreeEntry {
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #name: number;
  readonly #nul: number;
  readonly isTree: boolean;
  /** Where the next entry begins. */
  readonly end: number;

  constructor(bytes: Buffer, start: number, name: number, nul: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#name = name;
    this.#nul = nul;
    const first = bytes[start] === DIGIT_ZERO ? bytes[start + 1] : bytes[start];
    // Git writes 40000 for a folder; very old trees have 040000.
    this.isTree = first === DIGIT_FOUR && name - start <= 7;
    this.end = nul + 1 + ID_BYTES;
  }

  /** Six octal digits. */
  get mode(): string {
    return this.#bytes.toString("latin1", this.#start, this.#name - 1).padStart(6, "0");
  }

  get name(): string {
    return this.#bytes.toString("utf8", this.#name, this.#nul);
  }

  /** The name byte for byte: two names that are not UTF-8 may decode to the same text. */
  get rawName(): string {
    return this.#bytes.toString("latin1", this.#name, this.#nul);
  }

  get id(): string {
    return this.#bytes.toString("hex", this.#nul + 1, this.end);
  }

  /** Whether mode, name and object are the same. */
  sameAs(other: TreeEntry): boolean {
    return this.#bytes.compare(other.#bytes, other.#start, other.end, this.#start, this.end) === 0;
  }

  /** The order of git's trees: by the bytes of the names, where a folder's name ends in a slash. */
  static compare(a: TreeEntry, b: TreeEntry): number {
    const common = Math.min(a.#nul - a.#name, b.#nul - b.#name);
    const order = a.#bytes.compare(b.#bytes, b.#name, b.#name + common, a.#name, a.#name + common);
    return order === 0 ? a.#byteAt(common) - b.#byteAt(common) : order;
  }

  #byteAt(offset: number): number {
    const at = this.#name + offset;
    if (at < this.#nul) return this.#bytes[at] ?? 0;
    return this.isTree && at === this.#nul ? SLASH : 0;
  }
}

export function compareEntries(a: TreeEntry, b: TreeEntry): number {
  return TreeEntry.compare(a, b);
}

/** The entry at a place of a tree object: `mode SP name NUL id`; null where the object is broken. */
export function readEntry(bytes: Buffer, start: number): TreeEntry | null {
  const space = bytes.indexOf(SPACE, start);
  if (space === -1) return null;
  const nul = bytes.indexOf(0, space + 1);
  if (nul === -1 || nul + 1 + ID_BYTES > bytes.length) return null;
  return new TreeEntry(bytes, start, space + 1, nul);
}
