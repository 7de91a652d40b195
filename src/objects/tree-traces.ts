/**
 * Which folders differ in what is looked for. The trace of a tree is a sum over the wanted files below it, made from their
 * paths, modes and ids: two trees of one trace have the same wanted files at the same paths. It is computed once for each
 * tree, however many commits have it, and so 160,000 commits are compared as pairs of numbers.
 *
 * A trace has 64 bits, under a random seed that the makers of a repository cannot know.
 */
import { NONE } from "./object-table.ts";
import type { ObjectTable } from "./object-table.ts";

const FIRST_EDGES = 1 << 12;
const GROWTH = 1.5;
/** 128 MB. Rails has a tenth of it; a repository can be made to have a hundred times as much. */
const MAX_EDGES = 1 << 25;
/** Most entries of a tree were in the tree before it, so a small cache answers for nearly all of them. */
const CACHE_SLOTS = 1 << 18;
/** Bits by the first two bytes of an id: nearly every file that is not wanted is known by them. */
const FILTER_SLOTS = 1 << 16;

const SPACE = 0x20;
const DIGIT_ZERO = 0x30;
const DIGIT_ONE = 0x31;
const DIGIT_TWO = 0x32;
const DIGIT_FOUR = 0x34;
const DIGIT_SIX = 0x36;

const NOT_ADDED = 0;
const ADDED = 1;
const OPEN = 2;
const DONE = 3;

export class TreeTraces {
  readonly #table: ObjectTable;
  readonly #seed: number;
  readonly #maxEdges: number;
  /** Of an object: whether a file is wanted, or any change in a tree. */
  readonly #isWanted: Uint8Array;
  readonly #filter = new Uint8Array(FILTER_SLOTS);
  readonly #states: Uint8Array;
  /** Of a tree that is done its trace, of others the sum of the files in it. */
  readonly #low: Int32Array;
  readonly #high: Int32Array;
  /** Where the edges of a tree begin. */
  readonly #starts: Uint32Array;
  /** For each folder in a tree its number and the hash of its entry; `NONE` after the last. */
  #edges = new Int32Array(FIRST_EDGES);
  #length = 0;
  readonly #cache = new Int32Array(CACHE_SLOTS).fill(NONE);

  /**
   * @param wanted ids of the files that are looked for
   * @param whole ids of trees in which every change counts
   * @param seed any number
   * @param maxEdges folders in trees, twice, beyond which no more trees are taken
   */
  constructor(
    table: ObjectTable,
    wanted: Iterable<string>,
    whole: Iterable<string>,
    seed: number,
    maxEdges = MAX_EDGES,
  ) {
    this.#table = table;
    this.#maxEdges = maxEdges;
    this.#seed = seed | 0;
    this.#isWanted = new Uint8Array(table.count);
    this.#states = new Uint8Array(table.count);
    this.#low = new Int32Array(table.count);
    this.#high = new Int32Array(table.count);
    this.#starts = new Uint32Array(table.count);
    for (const id of wanted) {
      this.#want(id);
      const bytes = Buffer.from(id, "hex");
      this.#filter[filterSlot(bytes, 0)] = 1;
    }
    for (const id of whole) this.#want(id);
  }

  #want(id: string): void {
    const number = this.#table.findHex(id);
    if (number !== NONE) this.#isWanted[number] = 1;
  }

  /** The trees hold more folders than there is memory for: those that were left out count as not there. */
  get isFull(): boolean {
    return this.#length >= this.#maxEdges;
  }

  /** Takes a tree, in any order. One that is malformed counts as one that is not there. */
  add(number: number, bytes: Uint8Array): void {
    if (this.#states[number] !== NOT_ADDED || this.isFull) return;
    const start = this.#length;
    this.#starts[number] = start;
    if (this.#takeEntries(number, bytes)) {
      this.#push(NONE);
      this.#states[number] = ADDED;
      if (this.#isWanted[number] === 1) this.#addTo(number, this.#seed, number);
    } else {
      this.#length = start;
      this.#low[number] = 0;
      this.#high[number] = 0;
    }
  }

  /** Whether a tree was added, and is well formed. */
  has(tree: string): boolean {
    const number = this.#table.findHex(tree);
    return number !== NONE && this.#states[number] !== NOT_ADDED;
  }

  /** Whether two trees differ in what is looked for. A tree that is not there differs from every other. */
  differ(one: string, other: string): boolean {
    if (one === other) return false;
    const [a, b] = [this.#evaluated(one), this.#evaluated(other)];
    return a === NONE || b === NONE || this.#low[a] !== this.#low[b] || this.#high[a] !== this.#high[b];
  }

  /** Whether a tree has something that is looked for. One that is not there may. */
  mayHold(tree: string): boolean {
    const number = this.#evaluated(tree);
    return number === NONE || this.#low[number] !== 0 || this.#high[number] !== 0;
  }

  /** False for a tree that is malformed. */
  #takeEntries(number: number, bytes: Uint8Array): boolean {
    const { length } = bytes;
    const { idBytes } = this.#table;
    for (let at = 0; at < length;) {
      const kind = kindAt(bytes, at);
      if (kind === null) return false;
      let end = at + 6;
      while (end < length && bytes[end] !== 0) end += 1;
      const id = end + 1;
      if (id + idBytes > length) return false;
      if (kind === "tree") this.#takeFolder(number, bytes, at, id);
      else if (kind === "blob" && this.#filter[filterSlot(bytes, id)] === 1)
        this.#takeFile(number, bytes, at, id);
      at = id + idBytes;
    }
    return true;
  }

  #takeFolder(number: number, bytes: Uint8Array, at: number, id: number): void {
    const child = this.#find(bytes, id);
    const name = hashOf(bytes, at, id, this.#seed);
    // What is not there counts by its id: git says what is wrong where that changes.
    if (child === NONE) {
      this.#addWords(number, name, wordAt(bytes, id), wordAt(bytes, id + 4));
      return;
    }
    this.#push(child);
    this.#push(name);
  }

  #takeFile(number: number, bytes: Uint8Array, at: number, id: number): void {
    const file = this.#table.find(bytes, id);
    if (file !== NONE && this.#isWanted[file] === 1)
      this.#addTo(number, hashOf(bytes, at, id, this.#seed), file);
  }

  #find(bytes: Uint8Array, id: number): number {
    const slot = wordAt(bytes, id) & (CACHE_SLOTS - 1);
    const known = this.#cache[slot] ?? NONE;
    if (known !== NONE && this.#table.hasId(known, bytes, id)) return known;
    const number = this.#table.find(bytes, id);
    this.#cache[slot] = number;
    return number;
  }

  /** The number of a tree whose trace is known now. `NONE` if it is not there. */
  #evaluated(tree: string): number {
    const root = this.#table.findHex(tree);
    if (root === NONE || this.#states[root] === NOT_ADDED) return NONE;
    // Folders can be nested deeper than calls.
    const stack = [root];
    for (let number = stack.at(-1); number !== undefined; number = stack.at(-1)) {
      const state = this.#states[number];
      if (state === ADDED) {
        this.#states[number] = OPEN;
        this.#pushFolders(number, stack);
        continue;
      }
      if (state === OPEN) this.#close(number);
      stack.pop();
    }
    return root;
  }

  /** Sums up a tree whose folders are done. */
  #close(number: number): void {
    for (let at = this.#starts[number] ?? 0; ; at += 2) {
      const child = this.#edges[at] ?? NONE;
      if (child === NONE) break;
      const name = this.#edges[at + 1] ?? 0;
      // One that was not read counts by its id, and so does one within itself, which only a damaged repository has.
      if (this.#states[child] !== DONE) this.#addTo(number, name, child);
      else if (this.#low[child] !== 0 || this.#high[child] !== 0)
        this.#addWords(number, name, this.#low[child] ?? 0, this.#high[child] ?? 0);
    }
    this.#states[number] = DONE;
  }

  #pushFolders(number: number, stack: number[]): void {
    for (let at = this.#starts[number] ?? 0; ; at += 2) {
      const child = this.#edges[at] ?? NONE;
      if (child === NONE) return;
      if (this.#states[child] === ADDED) stack.push(child);
    }
  }

  /** By its number: the first bytes of an id can be made to be those of another. */
  #addTo(number: number, name: number, object: number): void {
    this.#addWords(number, name, object, ~object);
  }

  #addWords(number: number, name: number, low: number, high: number): void {
    const first = mixed(name, low, high);
    this.#low[number] = ((this.#low[number] ?? 0) + first) | 0;
    this.#high[number] = ((this.#high[number] ?? 0) + mixed(high ^ this.#seed, name ^ first, low)) | 0;
  }

  #push(value: number): void {
    if (this.#length === this.#edges.length) {
      const edges = new Int32Array(Math.ceil(this.#edges.length * GROWTH));
      edges.set(this.#edges);
      this.#edges = edges;
    }
    this.#edges[this.#length++] = value;
  }
}

/** Null for what git writes nowhere. */
function kindAt(bytes: Uint8Array, at: number): "blob" | "tree" | "submodule" | null {
  const first = bytes[at];
  if (bytes[at + 5] === SPACE) return first === DIGIT_FOUR ? "tree" : null;
  if (bytes[at + 6] !== SPACE) return null;
  const second = bytes[at + 1];
  if (first === DIGIT_ZERO && second === DIGIT_FOUR) return "tree";
  if (first !== DIGIT_ONE) return null;
  if (second === DIGIT_SIX) return "submodule";
  return second === DIGIT_ZERO || second === DIGIT_TWO ? "blob" : null;
}

function filterSlot(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}

/** Of an entry: its mode and name. */
function hashOf(bytes: Uint8Array, from: number, to: number, seed: number): number {
  let hash = seed;
  for (let at = from; at < to; at++) {
    hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x0100_0193);
    hash ^= hash >>> 15;
  }
  return hash;
}

function mixed(one: number, two: number, three: number): number {
  let hash = Math.imul(one ^ 0x3c6e_f372, 0x85eb_ca6b) ^ two;
  hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2_ae35) ^ three;
  hash = Math.imul(hash ^ (hash >>> 13), 0x27d4_eb2f);
  hash = Math.imul(hash ^ (hash >>> 16), 0x9e37_79b1);
  return hash ^ (hash >>> 15);
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}
