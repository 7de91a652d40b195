/**
 * Unpacks the objects of git's packs along their delta chains. What leads from the root of a chain to the present object is
 * kept unpacked, one after the other; each object takes the place of the one that was there at its depth.
 */
import { SLACK, startPackKernel } from "./pack-kernel-calls.ts";
import type { PackKernel } from "./pack-kernel-calls.ts";
import type { ObjectType } from "../object-table.ts";

/** A larger object is not unpacked here. */
const MAX_UNPACKED = 4 << 20;
/** Bytes of the memory for packed entries, which the caller fills. */
export const INPUT_BYTES = 16 << 20;
/** The memory that is needed. What is never used takes no room. */
export const MEMORY_BYTES = 56 << 20;
const ALIGNMENT = 64;

/** By the numbers that packs use (gitformat-pack): of a delta, by its base's. */
const TYPES: readonly (ObjectType | null)[] = [null, "commit", "tree", "blob", "tag", null, null, null];
const OFFSET_DELTA = 6;
const REFERENCE_DELTA = 7;
const NOT_UNPACKED = -1;

/** Parts of the present object in which it differs from its base, with so many bytes around them. */
export interface PartMargin {
  readonly before: number;
  readonly after: number;
}

export class ChainUnpacker {
  /** Where the caller puts packed entries. */
  readonly input: number;
  /** Of the present object: where it is, its size and type. */
  text = 0;
  length = 0;
  type: ObjectType = "blob";
  readonly #kernel: PackKernel;
  readonly #bytes: Uint8Array;
  readonly #parts: Uint32Array;
  readonly #idBytes: number;
  readonly #delta: number;
  readonly #stack: number;
  readonly #end: number;
  readonly #texts: number[] = [];
  readonly #lengths: number[] = [];
  readonly #types: ObjectType[] = [];

  constructor(memory: WebAssembly.Memory, idBytes: number) {
    this.#kernel = startPackKernel(memory);
    this.#bytes = new Uint8Array(memory.buffer);
    this.#parts = new Uint32Array(memory.buffer, this.#kernel.parts);
    this.#idBytes = idBytes;
    this.input = aligned(this.#kernel.free);
    this.#delta = aligned(this.input + INPUT_BYTES + SLACK);
    this.#stack = aligned(this.#delta + MAX_UNPACKED + SLACK);
    this.#end = memory.buffer.byteLength - 2 * SLACK;
  }

  /** The bytes of the present object, valid until the next is unpacked. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(this.text, this.text + this.length);
  }

  /** How many parts of the present object may differ from its base. */
  get partCount(): number {
    return this.#kernel.partCount();
  }

  /** Where a part begins. */
  partStart(part: number): number {
    return this.#parts[2 * part] ?? 0;
  }

  partEnd(part: number): number {
    return this.#parts[2 * part + 1] ?? 0;
  }

  /**
   * Unpacks an entry. False if it is damaged, too large, or its base was not unpacked.
   *
   * @param depth 0 for an object that is stored whole; otherwise its base is what was unpacked last one less deep
   */
  unpack(depth: number, source: number, length: number, { before, after }: PartMargin): boolean {
    this.#lengths[depth] = NOT_UNPACKED;
    const bytes = this.#bytes;
    let at = source;
    let byte = bytes[at++] ?? 0;
    const stored = (byte >> 4) & 7;
    let size = byte & 15;
    for (let unit = 16; (byte & 128) !== 0; unit *= 128) {
      byte = bytes[at++] ?? 0;
      size += (byte & 127) * unit;
      if (size > MAX_UNPACKED) return false;
    }
    const type = TYPES[stored] ?? null;
    if (type !== null) {
      if (depth !== 0 || !this.#inflate(at, source + length, this.#stack, size)) return false;
      this.#place(0, this.#stack, size, type);
      return true;
    }
    const base = this.#texts[depth - 1];
    const baseLength = this.#lengths[depth - 1] ?? NOT_UNPACKED;
    const baseType = this.#types[depth - 1];
    if (base === undefined || baseType === undefined || baseLength === NOT_UNPACKED) return false;
    if (stored === OFFSET_DELTA) while (((bytes[at++] ?? 0) & 128) !== 0);
    else if (stored === REFERENCE_DELTA) at += this.#idBytes;
    else return false;
    if (!this.#inflate(at, source + length, this.#delta, size)) return false;
    const target = aligned(base + baseLength + SLACK);
    const most = Math.min(MAX_UNPACKED, this.#end - target);
    if (most < 0) return false;
    const kernel = this.#kernel;
    const made = kernel.applyDelta(base, baseLength, this.#delta, size, target, most, before, after);
    if (made < 0) return false;
    this.#place(depth, target, made, baseType);
    return true;
  }

  /** Whatever is stored against the object at this depth cannot be unpacked. */
  forget(depth: number): void {
    this.#lengths[depth] = NOT_UNPACKED;
  }

  /**
   * Passes on the ids that the present object, a tree, names.
   *
   * @param write takes eight bytes of each id; they are valid during the call
   * @returns false if the caller has to walk the tree: it is malformed, or holds what is rare
   */
  walkTree(write: (block: Uint8Array) => void): boolean {
    if (this.#kernel.namedCount(0) >= FULL) this.flushNamed(write);
    return this.#kernel.walkTree(this.text, this.length, this.#idBytes) !== 0;
  }

  flushNamed(write: (block: Uint8Array) => void): void {
    const count = this.#kernel.namedCount(1);
    write(this.#bytes.subarray(this.#kernel.named, this.#kernel.named + REFERENCE_BYTES * count));
  }

  #inflate(at: number, end: number, target: number, size: number): boolean {
    return at < end && this.#kernel.inflate(at, end - at, target, size) === 0;
  }

  #place(depth: number, text: number, length: number, type: ObjectType): void {
    this.#texts[depth] = text;
    this.#lengths[depth] = length;
    this.#types[depth] = type;
    this.text = text;
    this.length = length;
    this.type = type;
  }
}

/** Ids that wait before they are passed on. */
const FULL = 1 << 12;
const REFERENCE_BYTES = 8;

function aligned(at: number): number {
  return Math.ceil(at / ALIGNMENT) * ALIGNMENT;
}
