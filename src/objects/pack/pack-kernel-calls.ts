/** The kernel that unpacks git's packs, over a memory that the caller owns: see `prefilter/assembly/pack.ts`. */
import { KERNEL } from "./pack-kernel.ts";

export interface PackKernel {
  /** The first byte of the memory that the kernel does not use. */
  readonly free: number;
  /** Where the parts of a delta's result are that may be new, as pairs of 32 bits. */
  readonly parts: number;
  /** Where ids wait to be passed on, the first eight bytes of each. */
  readonly named: number;
  /** Returns 0, or what is wrong. */
  readonly inflate: (source: number, sourceLength: number, target: number, targetLength: number) => number;
  /** Returns the size of the result, or -1. */
  readonly applyDelta: (
    base: number,
    baseLength: number,
    delta: number,
    deltaLength: number,
    target: number,
    most: number,
    before: number,
    after: number,
  ) => number;
  readonly partCount: () => number;
  /** Returns 0 for a tree of which nothing was passed on. */
  readonly walkTree: (tree: number, length: number, idBytes: number) => number;
  readonly namedCount: (isTaken: number) => number;
}

/** Bytes that the kernel may write after each place that it was given. */
export const SLACK = 64;

export function startPackKernel(memory: WebAssembly.Memory): PackKernel {
  const module = new WebAssembly.Module(Buffer.from(KERNEL, "base64"));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const call = (name: string): ((...values: number[]) => number) => {
    const value = exports[name];
    if (typeof value !== "function") throw outdated();
    return value;
  };
  const place = (name: string): number => {
    const value = exports[name];
    if (!(value instanceof WebAssembly.Global)) throw outdated();
    return Number(value.value);
  };
  call("prepare")();
  return {
    free: place("FREE"),
    parts: place("PARTS"),
    named: place("NAMED"),
    inflate: call("inflate"),
    applyDelta: call("applyDelta"),
    partCount: call("partCount"),
    walkTree: call("walkTree"),
    namedCount: call("namedCount"),
  };
}

function outdated(): TypeError {
  return new TypeError("The kernel was built from another source: run npm run prefilter.");
}
