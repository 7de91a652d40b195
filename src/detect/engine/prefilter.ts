/**
 * The same search as `pattern-search.ts`, several times faster: a kernel in WebAssembly with SIMD finds where the
 * three-byte window of an anchor may begin, and only those places are compared here. The answer is exact and equal to
 * the other search on any bytes; a property test compares them.
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
const SET = 1024;
const FOUND = 9216;
const MAX_FOUND = 16_384;

/** Bytes scanned at once: they fit the processor's L2 cache. */
const CHUNK = 1 << 18;
/** The kernel reads this far beyond the last position. */
const OVERREAD = 18;
const WINDOW = 3;
const BUCKETS = 8;

export interface AnchorSearch extends PatternSearch {
  /** Whether any anchor occurs, or any of those that `counts` takes; stops at the first. */
  occursIn(bytes: Uint8Array, counts?: (pattern: number, at: number) => boolean): boolean;
}

interface Anchor {
  readonly index: number;
  readonly bytes: Uint8Array;
  /** Where in the anchor its window begins. */
  readonly window: number;
}

interface Kernel {
  readonly memory: WebAssembly.Memory;
  readonly text: number;
  /** Writes the positions `from..to` of the text that may begin a window; `stoppedAt` says how far it came. */
  readonly scan: (from: number, to: number) => number;
  readonly stoppedAt: () => number;
}

/**
 * @param patterns latin1 text of four characters or more each
 * @returns the search with the kernel, or the one in plain JavaScript if this machine has no SIMD in WebAssembly
 */
export function compileAnchors(patterns: readonly string[]): AnchorSearch {
  const kernel = startKernel();
  return kernel === null ? withoutKernel(patterns) : searchWith(kernel, patterns);
}

function withoutKernel(patterns: readonly string[]): AnchorSearch {
  const plain = compilePatterns(patterns);
  return {
    search(bytes, from, to, visit) {
      plain.search(bytes, from, to, visit);
    },
    occursIn(bytes, counts = always) {
      let occurs = false;
      plain.search(bytes, 0, bytes.length, (pattern, at) => {
        occurs ||= counts(pattern, at);
      });
      return occurs;
    },
  };
}

function always(): boolean {
  return true;
}

function searchWith(kernel: Kernel, patterns: readonly string[]): AnchorSearch {
  const byWindow = new Map<number, Anchor[]>();
  const memory = new Uint8Array(kernel.memory.buffer);
  const found = new Uint32Array(kernel.memory.buffer, FOUND, MAX_FOUND);
  let first = Infinity;
  let last = 0;
  for (const [index, pattern] of patterns.entries()) {
    const bytes = Uint8Array.from(pattern, (character) => character.charCodeAt(0));
    if (bytes.length < WINDOW) throw new RangeError(`An anchor needs ${WINDOW} bytes: ${pattern}`);
    const [window, bucket] = WINDOWS.get(pattern) ?? [0, index % BUCKETS];
    first = Math.min(first, window);
    last = Math.max(last, window);
    addToTables(memory, bytes, window, bucket);
    const key = windowAt(bytes, window);
    const sharing = byWindow.get(key);
    if (sharing === undefined) byWindow.set(key, [{ index, bytes, window }]);
    else sharing.push({ index, bytes, window });
  }

  /** @returns whether `visit` asked to stop, by returning true */
  function scan(
    bytes: Uint8Array,
    from: number,
    to: number,
    visit: (anchor: number, at: number) => boolean,
  ): boolean {
    // An anchor that begins in from..to has its window in (from + first)..(to + last).
    const end = Math.min(bytes.length - WINDOW + 1, to + last);
    for (let start = from + first; start < end; start += CHUNK) {
      const stop = Math.min(end, start + CHUNK);
      memory.set(bytes.subarray(start, stop + OVERREAD), kernel.text);
      for (let at = 0; at < stop - start; at = kernel.stoppedAt()) {
        const count = kernel.scan(at, stop - start);
        for (let i = 0; i < count; i++) {
          const position = start + (found[i] ?? 0);
          for (const anchor of byWindow.get(windowAt(bytes, position)) ?? []) {
            const place = position - anchor.window;
            if (place < from || place >= to || !isAt(bytes, place, anchor.bytes)) continue;
            if (visit(anchor.index, place)) return true;
          }
        }
      }
    }
    return false;
  }

  return {
    search(bytes, from, to, visit: Visit) {
      scan(bytes, from, to, (anchor, at) => {
        visit(anchor, at);
        return false;
      });
    },
    occursIn: (bytes, counts = always) => scan(bytes, 0, bytes.length, counts),
  };
}

/** Lets the kernel stop at the anchor's window: its bits in the six tables, and its hash in the set. */
function addToTables(memory: Uint8Array, anchor: Uint8Array, window: number, bucket: number): void {
  for (let byte = 0; byte < WINDOW; byte++) {
    const value = anchor[window + byte] ?? 0;
    const low = 32 * byte + (value & 15);
    const high = 32 * byte + 16 + (value >> 4);
    memory[low] = (memory[low] ?? 0) | (1 << bucket);
    memory[high] = (memory[high] ?? 0) | (1 << bucket);
  }
  const hash = Math.imul(windowAt(anchor, window), 0x9e3779b1) >>> 16;
  memory[SET + (hash >> 3)] = (memory[SET + (hash >> 3)] ?? 0) | (1 << (hash & 7));
}

function windowAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
}

function isAt(bytes: Uint8Array, start: number, anchor: Uint8Array): boolean {
  if (start + anchor.length > bytes.length) return false;
  for (let i = 0; i < anchor.length; i++) if (bytes[start + i] !== anchor[i]) return false;
  return true;
}

/** Null if the machine cannot run it. */
function startKernel(): Kernel | null {
  const code = Buffer.from(KERNEL, "base64");
  if (!WebAssembly.validate(code)) return null;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code));
  const { memory, scan, stoppedAt, TEXT } = exports;
  if (
    !(memory instanceof WebAssembly.Memory) ||
    typeof scan !== "function" ||
    typeof stoppedAt !== "function" ||
    !(TEXT instanceof WebAssembly.Global)
  )
    throw new TypeError("The kernel was built from another source: run npm run prefilter.");

  const text = Number(TEXT.value);
  const missing = text + CHUNK + OVERREAD - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
  return {
    memory,
    text,
    scan,
    stoppedAt,
  };
}
