/**
 * The same search as `pattern-search.ts`, several times faster: a kernel in WebAssembly with SIMD finds where the window of
 * an anchor may begin, three or four bytes of it, and only those places are compared here. The answer is exact and equal
 * to the other search on any bytes; a property test compares them.
 *
 * The kernel knows no anchors: its tables are filled here. The window and bucket of each anchor decide how often the kernel
 * stops in vain; `npm run prefilter` chooses them on mixed text and writes `prefilter-plan.ts`. An anchor without a plan is
 * found too, only more slowly.
 */
import { KERNEL } from "./prefilter-kernel.ts";
import { WINDOWS } from "./prefilter-plan.ts";
import { compilePatterns } from "./pattern-search.ts";
import type { PatternSearch, Visit } from "./pattern-search.ts";

/** Layout of the kernel's memory: see `prefilter/assembly/scan.ts`. */
const LAST_BYTE = 96;
const SHORT = 1024;
const LONG = SHORT + 8192;
const HEADS = LONG + 8192;
const THREES = HEADS + 16_384;
const FOUND = THREES + 16_384 + 8 * 2056 + 4 * 2048;
const MAX_FOUND = 16_384;

/** Bytes scanned at once: they fit the processor's L2 cache. */
const CHUNK = 1 << 18;
/** The kernel reads this far beyond the last position, and this far before the first. */
const OVERREAD = 64;
const UNDERREAD = 16;
const MIN_WINDOW = 3;
/** A window begins less than this far into its anchor. */
const MAX_OFFSET = 12;
const BUCKETS = 8;

/** Whether an occurrence counts: the anchor's number, and where it begins. */
export type Counts = (anchor: number, at: number) => boolean;

/** What counts in the text with this number, which is there only where an anchor occurs. */
export type CountsIn = (number: number, text: Uint8Array) => Counts;

export interface AnchorSearch extends PatternSearch {
  /** Whether any anchor occurs, or any of those that `counts` takes; stops at the first. */
  occursIn(bytes: Uint8Array, counts?: Counts): boolean;
  /**
   * The same for many texts in one search, which costs much less than one for each.
   *
   * @param countsIn what counts in the text with this number; asked for only where an anchor occurs
   */
  occursInEach(texts: readonly Uint8Array[], countsIn: (text: number) => Counts): boolean[];
  /** The same for texts that follow one another in `bytes`: `ends` says where each ends. */
  occursInParts(bytes: Uint8Array, ends: readonly number[], countsIn: CountsIn): boolean[];
  /** Memory for texts, which are searched faster there because they need not be copied. Ordinary memory once it is full. */
  allocate(bytes: number): Uint8Array<ArrayBuffer>;
}

/** Bytes of a search's memory for texts that are read into it. */
const ROOM = 3 << 20;

/** A search that texts can be put in: they are searched where they are. */
export interface MemorySearch extends AnchorSearch {
  readonly memory: WebAssembly.Memory;
  /**
   * Whether an anchor that `counts` takes begins in the bytes `from..to` of a text; stops at the first.
   *
   * @param text where it begins in the memory, beyond `MEMORY_USED`
   */
  occursAt(text: number, length: number, from: number, to: number, counts: Counts): boolean;
}

interface Anchor {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** The anchors of a window that begins `offset` bytes into them, by their first four bytes. */
interface Windowed {
  readonly offset: number;
  readonly byHead: Map<number, Anchor[]>;
}

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly text: number;
  /** Writes the positions `from..to` of a text that may begin a window; `stoppedAt` says how far it came. */
  readonly scan: (text: number, from: number, to: number) => number;
  readonly stoppedAt: () => number;
  /** Counts the line feeds in the first bytes of a text. */
  readonly countFeeds: (text: number, to: number) => number;
}

/**
 * @param patterns latin1 text of four characters or more each
 * @returns the search with the kernel, or the one in plain JavaScript if this machine has no relaxed SIMD in WebAssembly
 */
export function compileAnchors(patterns: readonly string[]): AnchorSearch {
  const kernel = startKernel(0, ROOM);
  if (kernel === null) return withoutKernel(patterns);
  byMemory.set(kernel.memory.buffer, kernel);
  return searchWith(kernel, patterns);
}

/**
 * The search with a kernel of its own, in a memory of so many bytes; null if the machine cannot run it. The search uses
 * less than the first `MEMORY_USED` bytes.
 */
export function compileAnchorsInMemory(patterns: readonly string[], bytes: number): MemorySearch | null {
  const kernel = startKernel(bytes);
  return kernel === null ? null : searchWith(kernel, patterns);
}

export const MEMORY_USED = 1 << 20;

/** The search in plain JavaScript. */
function withoutKernel(patterns: readonly string[]): AnchorSearch {
  const plain = compilePatterns(patterns);
  const occursIn = (bytes: Uint8Array, counts: Counts = always): boolean => {
    let occurs = false;
    plain.search(bytes, 0, bytes.length, (pattern, at) => {
      occurs ||= counts(pattern, at);
    });
    return occurs;
  };
  return {
    search(bytes, from, to, visit) {
      plain.search(bytes, from, to, visit);
    },
    occursIn,
    occursInEach: (texts, countsIn) => texts.map((text, index) => occursIn(text, countsIn(index))),
    occursInParts: (bytes, ends, countsIn) =>
      partsOf(bytes, ends).map((text, index) => occursIn(text, countsIn(index, text))),
    allocate: (bytes) => new Uint8Array(bytes),
  };
}

function always(): boolean {
  return true;
}

function searchWith(kernel: Kernel, patterns: readonly string[]): MemorySearch {
  const memory = new Uint8Array(kernel.memory.buffer);
  const found = new Uint32Array(kernel.memory.buffer, FOUND, MAX_FOUND);
  /** By the three bytes of a window, and by the four. */
  const byThree = new Map<number, Windowed[]>();
  const byFour = new Map<number, Windowed[]>();
  /** Where the room for texts begins, and what of it is not given away. */
  const resident = kernel.text + CHUNK + 2 * OVERREAD;
  let allocated = resident;
  let first = Infinity;
  let last = 0;
  for (const [index, pattern] of patterns.entries()) {
    const bytes = Uint8Array.from(pattern, (character) => character.charCodeAt(0));
    if (bytes.length <= MIN_WINDOW) throw new RangeError(`An anchor needs four bytes: ${pattern}`);
    const [window, size, bucket] = WINDOWS.get(pattern) ?? ([0, 4, index % BUCKETS] as const);
    first = Math.min(first, window);
    last = Math.max(last, window);
    if (window >= MAX_OFFSET) throw new RangeError(`The window lies too far in the anchor: ${pattern}`);
    addToTables(memory, bytes.subarray(window, window + size), bucket);
    addToSet(memory, HEADS, Math.imul(fourAt(bytes, 0) + window, 0x9e3779b1) >>> 15);
    const windows = size === 3 ? byThree : byFour;
    const key = size === 3 ? threeAt(bytes, window) : fourAt(bytes, window);
    const sharing = windows.get(key) ?? [];
    windows.set(key, sharing);
    let windowed = sharing.find(({ offset }) => offset === window);
    if (windowed === undefined) sharing.push((windowed = { offset: window, byHead: new Map() }));
    const head = fourAt(bytes, 0);
    windowed.byHead.set(head, [...(windowed.byHead.get(head) ?? []), { index, bytes }]);
  }

  /**
   * Visits the anchors whose window begins at `position`, which lie in `from..to`.
   *
   * @returns whether `visit` asked to stop, by returning true
   */
  function visitAt(
    bytes: Uint8Array,
    position: number,
    from: number,
    to: number,
    visit: (anchor: number, at: number) => boolean,
  ): boolean {
    const three = byThree.get(threeAt(bytes, position));
    if (three !== undefined && visitWindows(three, bytes, position, from, to, visit)) return true;
    const four = byFour.get(fourAt(bytes, position));
    return four !== undefined && visitWindows(four, bytes, position, from, to, visit);
  }

  /** The same for all of `from..to`. */
  function scan(
    bytes: Uint8Array,
    from: number,
    to: number,
    visit: (anchor: number, at: number) => boolean,
  ): boolean {
    // An anchor that begins in from..to has its window in (from + first)..(to + last).
    const end = Math.min(bytes.length - MIN_WINDOW + 1, to + last);
    if (isResident(bytes)) return scanResident(bytes, from, to, end, visit);
    for (let start = from + first; start < end; start += CHUNK) {
      const stop = Math.min(end, start + CHUNK);
      const begin = Math.max(0, start - UNDERREAD);
      memory.set(bytes.subarray(begin, stop + OVERREAD), kernel.text + begin - start);
      for (let at = 0; at < stop - start; at = kernel.stoppedAt()) {
        const count = kernel.scan(kernel.text, at, stop - start);
        for (let i = 0; i < count; i++)
          if (visitAt(bytes, start + (found[i] ?? 0), from, to, visit)) return true;
      }
    }
    return false;
  }

  /** Whether the bytes are in the kernel's memory, with room around them for what the kernel reads too much. */
  function isResident(bytes: Uint8Array): boolean {
    return bytes.buffer === memory.buffer && bytes.byteOffset >= resident;
  }

  /** The same where the bytes are. */
  function scanResident(
    bytes: Uint8Array,
    from: number,
    to: number,
    end: number,
    visit: (anchor: number, at: number) => boolean,
  ): boolean {
    for (let at = from + first; at < end; at = kernel.stoppedAt()) {
      const count = kernel.scan(bytes.byteOffset, at, end);
      for (let i = 0; i < count; i++) if (visitAt(bytes, found[i] ?? 0, from, to, visit)) return true;
    }
    return false;
  }

  /** Texts `first..next` of a batch, which the kernel's memory holds one after the other. */
  function scanBatch(
    texts: readonly Uint8Array[],
    begins: readonly number[],
    from: number,
    size: number,
    occurs: boolean[],
    countsIn: (text: number) => Counts,
  ): void {
    let text = from;
    let counts: Counts | null = null;
    for (let at = 0; at < size; at = kernel.stoppedAt()) {
      const count = kernel.scan(kernel.text, at, size);
      for (let i = 0; i < count; i++) {
        const position = found[i] ?? 0;
        while (position >= (begins[text - from + 1] ?? Infinity)) {
          text++;
          counts = null;
        }
        const bytes = texts[text];
        if (bytes === undefined || occurs[text] === true) continue;
        const place = position - (begins[text - from] ?? 0);
        occurs[text] = visitAt(bytes, place, 0, bytes.length, (anchor, anchorAt) => {
          counts ??= countsIn(text);
          return counts(anchor, anchorAt);
        });
      }
    }
  }

  return {
    memory: kernel.memory,
    occursAt(text, length, from, to, counts) {
      const end = Math.min(length - MIN_WINDOW + 1, to + last);
      for (let at = from + first; at < end; at = kernel.stoppedAt()) {
        const count = kernel.scan(text, at, end);
        if (count === 0) continue;
        const bytes = memory.subarray(text, text + length);
        for (let i = 0; i < count; i++) if (visitAt(bytes, found[i] ?? 0, from, to, counts)) return true;
      }
      return false;
    },
    search(bytes, from, to, visit: Visit) {
      scan(bytes, from, to, (anchor, at) => {
        visit(anchor, at);
        return false;
      });
    },
    occursIn: (bytes, counts = always) => scan(bytes, 0, bytes.length, counts),
    occursInEach(texts, countsIn) {
      const occurs = texts.map(() => false);
      let begins: number[] = [];
      let size = 0;
      for (const [index, bytes] of texts.entries()) {
        if (size + bytes.length > CHUNK && begins.length > 0) {
          scanBatch(texts, begins, index - begins.length, size, occurs, countsIn);
          begins = [];
          size = 0;
        }
        if (bytes.length > CHUNK) {
          occurs[index] = scan(bytes, 0, bytes.length, countsIn(index));
          continue;
        }
        memory.set(bytes, kernel.text + size);
        begins.push(size);
        size += bytes.length;
      }
      scanBatch(texts, begins, texts.length - begins.length, size, occurs, countsIn);
      return occurs;
    },
    occursInParts(bytes, ends, countsIn) {
      if (!isResident(bytes)) {
        const parts = partsOf(bytes, ends);
        return this.occursInEach(parts, (index) => countsIn(index, parts[index] ?? bytes));
      }
      const occurs = ends.map(() => false);
      const end = ends.at(-1) ?? 0;
      let index = 0;
      let text: Uint8Array | null = null;
      let counts: Counts = always;
      for (let at = 0; at < end; at = kernel.stoppedAt()) {
        const count = kernel.scan(bytes.byteOffset, at, end);
        for (let i = 0; i < count; i++) {
          const position = found[i] ?? 0;
          while (position >= (ends[index] ?? Infinity)) {
            index++;
            text = null;
          }
          if (occurs[index] === true) continue;
          const begin = ends[index - 1] ?? 0;
          if (text === null) {
            const its = (text = bytes.subarray(begin, ends[index]));
            let known: Counts | null = null;
            counts = (anchor, anchorAt) => (known ??= countsIn(index, its))(anchor, anchorAt);
          }
          occurs[index] = visitAt(text, position - begin, 0, text.length, counts);
        }
      }
      return occurs;
    },
    allocate(bytes) {
      const begin = allocated;
      if (begin + bytes + OVERREAD > memory.length) return new Uint8Array(bytes);
      allocated = begin + bytes + OVERREAD;
      return memory.subarray(begin, begin + bytes);
    },
  };
}

function partsOf(bytes: Uint8Array, ends: readonly number[]): Uint8Array[] {
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

function visitWindows(
  windows: readonly Windowed[],
  bytes: Uint8Array,
  position: number,
  from: number,
  to: number,
  visit: (anchor: number, at: number) => boolean,
): boolean {
  for (const { offset, byHead } of windows) {
    const place = position - offset;
    if (place < from || place >= to) continue;
    for (const { index, bytes: anchor } of byHead.get(fourAt(bytes, place)) ?? [])
      if (isAt(bytes, place, anchor) && visit(index, place)) return true;
  }
  return false;
}

/** Lets the kernel stop at a window: its bits in the eight tables, and its hash in the set. */
function addToTables(memory: Uint8Array, window: Uint8Array, bucket: number): void {
  const bit = 1 << bucket;
  for (const [byte, value] of window.entries()) {
    const low = 32 * byte + (value & 15);
    const high = 32 * byte + 16 + (value >> 4);
    memory[low] = (memory[low] ?? 0) | bit;
    memory[high] = (memory[high] ?? 0) | bit;
  }
  // Any byte may follow a window of three.
  if (window.length === MIN_WINDOW)
    for (let at = LAST_BYTE; at < LAST_BYTE + 32; at++) memory[at] = (memory[at] ?? 0) | bit;

  const key = window.length === MIN_WINDOW ? threeAt(window, 0) : fourAt(window, 0);
  memory[THREES + (Math.imul(threeAt(window, 0) << 8, 0x9e3779b1) >>> 18)] = 1;
  addToSet(memory, window.length === MIN_WINDOW ? SHORT : LONG, Math.imul(key, 0x9e3779b1) >>> 16);
}

function addToSet(memory: Uint8Array, set: number, hash: number): void {
  const at = set + (hash >> 3);
  memory[at] = (memory[at] ?? 0) | (1 << (hash & 7));
}

function threeAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
}

function fourAt(bytes: Uint8Array, at: number): number {
  return threeAt(bytes, at) | ((bytes[at + 3] ?? 0) << 24);
}

function isAt(bytes: Uint8Array, start: number, anchor: Uint8Array): boolean {
  if (start + anchor.length > bytes.length) return false;
  for (let i = 0; i < anchor.length; i++) if (bytes[start + i] !== anchor[i]) return false;
  return true;
}

let counting: Kernel | null | undefined;
/** The kernels in whose memory texts may be. */
const byMemory = new WeakMap<ArrayBufferLike, Kernel>();

/** How many line feeds are in the bytes `from..to`. */
export function countLineFeeds(bytes: Uint8Array, from: number, to: number): number {
  const resident = byMemory.get(bytes.buffer);
  if (resident !== undefined) return resident.countFeeds(bytes.byteOffset + from, to - from);
  counting ??= startKernel();
  let count = 0;
  if (counting === null) {
    for (let at = from; at < to; at++) if (bytes[at] === 10) count++;
    return count;
  }
  const { memory, text, countFeeds } = counting;
  const target = new Uint8Array(memory.buffer);
  for (let at = from; at < to; at += CHUNK) {
    const end = Math.min(to, at + CHUNK);
    target.set(bytes.subarray(at, end), text);
    count += countFeeds(text, end - at);
  }
  return count;
}

/** Whether the machine has relaxed SIMD in WebAssembly. */
export function hasKernel(): boolean {
  return WebAssembly.validate(Buffer.from(KERNEL, "base64"));
}

/** Null if the machine cannot run it. */
function startKernel(bytes = 0, room = 0): Kernel | null {
  const code = Buffer.from(KERNEL, "base64");
  if (!WebAssembly.validate(code)) return null;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code));
  const { memory, scan, stoppedAt, countFeeds, TEXT } = exports;
  if (
    !(memory instanceof WebAssembly.Memory) ||
    typeof scan !== "function" ||
    typeof stoppedAt !== "function" ||
    typeof countFeeds !== "function" ||
    !(TEXT instanceof WebAssembly.Global)
  )
    throw new TypeError("The kernel was built from another source: run npm run prefilter.");

  const text = Number(TEXT.value);
  const missing = Math.max(bytes, text + CHUNK + OVERREAD + room) - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
  return {
    memory,
    text,
    scan,
    stoppedAt,
    countFeeds,
  };
}
