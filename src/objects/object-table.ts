/**
 * Every object of a repository by number: id, type, size in the pack and delta base, in typed arrays. A repository of
 * two million objects takes about 100 MB, where strings would take a gigabyte.
 */

export const OBJECT_TYPES = ["blob", "tree", "commit", "tag"] as const;
export type ObjectType = (typeof OBJECT_TYPES)[number];

/** No object: the answer of a look-up, and the base of an object that is stored whole. */
export const NONE = -1;

const FIRST_CAPACITY = 1 << 12;
const GROWTH = 1.5;

export class ObjectTable {
  /** Bytes of an id: 20 for SHA-1, 32 for SHA-256. */
  readonly idBytes: number;
  count = 0;
  #ids: Buffer;
  #types: Uint8Array;
  #packed: Uint32Array;
  #bases: Int32Array;
  /** Open addressing by the first four bytes of the id, which are as good as random: number + 1, or 0. */
  #slots: Int32Array;

  /** @param expected how many objects there will be; more are taken too */
  constructor(idBytes: number, expected: number) {
    this.idBytes = idBytes;
    const capacity = Math.max(FIRST_CAPACITY, expected);
    this.#ids = Buffer.alloc(capacity * idBytes);
    this.#types = new Uint8Array(capacity);
    this.#packed = new Uint32Array(capacity);
    this.#bases = new Int32Array(capacity);
    this.#slots = new Int32Array(slotsFor(capacity));
  }

  /** Adds an object without a base, unless it is there. Returns its number. */
  add(id: Uint8Array, type: ObjectType, packed: number): number {
    const there = this.find(id);
    return there === NONE ? this.addNew(id, type, packed) : there;
  }

  /** The same for an object that is not there, as the caller knows. */
  addNew(id: Uint8Array, type: ObjectType, packed: number): number {
    const number = this.count;
    if (number === this.#types.length) this.#grow();
    this.#ids.set(id, number * this.idBytes);
    this.#types[number] = OBJECT_TYPES.indexOf(type);
    this.#packed[number] = Math.min(packed, 0xffff_ffff);
    this.#bases[number] = NONE;
    this.count += 1;
    this.#insert(number);
    return number;
  }

  setBase(number: number, base: number): void {
    this.#bases[number] = base;
  }

  /** The number of the object whose id begins at a place in these bytes, or `NONE`. */
  find(bytes: Uint8Array, at = 0): number {
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(bytes, at) & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] ?? 0;
      if (entry === 0) return NONE;
      if (this.hasId(entry - 1, bytes, at)) return entry - 1;
    }
  }

  /** Whether an object's id begins at a place in these bytes. */
  hasId(number: number, bytes: Uint8Array, at: number): boolean {
    const start = number * this.idBytes;
    for (let i = 0; i < this.idBytes; i++) if (this.#ids[start + i] !== bytes[at + i]) return false;
    return true;
  }

  /** The number of an object by its id in hex, or `NONE`. */
  findHex(id: string): number {
    return id.length === 2 * this.idBytes ? this.find(Buffer.from(id, "hex")) : NONE;
  }

  /** Whether an object's id begins with these eight bytes, as two words of little endian. */
  hasReference(low: number, high: number): boolean {
    const mask = this.#slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot] ?? 0;
      if (entry === 0) return false;
      const start = (entry - 1) * this.idBytes;
      if (hashOf(this.#ids, start) === low && hashOf(this.#ids, start + 4) === high) return true;
    }
  }

  /** Writes an object's id into a buffer. */
  copyId(number: number, target: Uint8Array, at: number): void {
    const start = number * this.idBytes;
    for (let i = 0; i < this.idBytes; i++) target[at + i] = this.#ids[start + i] ?? 0;
  }

  idOf(number: number): string {
    return this.#ids.toString("hex", number * this.idBytes, (number + 1) * this.idBytes);
  }

  typeOf(number: number): ObjectType {
    return OBJECT_TYPES[this.#types[number] ?? 0] ?? "blob";
  }

  /** Bytes that it takes in its pack. */
  packedBytes(number: number): number {
    return this.#packed[number] ?? 0;
  }

  baseOf(number: number): number {
    return this.#bases[number] ?? NONE;
  }

  #insert(number: number): void {
    const mask = this.#slots.length - 1;
    let slot = hashOf(this.#ids, number * this.idBytes) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = number + 1;
  }

  #grow(): void {
    const capacity = Math.ceil(this.#types.length * GROWTH);
    const ids = Buffer.alloc(capacity * this.idBytes);
    ids.set(this.#ids);
    this.#ids = ids;
    this.#types = enlarged(this.#types, new Uint8Array(capacity));
    this.#packed = enlarged(this.#packed, new Uint32Array(capacity));
    this.#bases = enlarged(this.#bases, new Int32Array(capacity));
    if (slotsFor(capacity) === this.#slots.length) return;
    this.#slots = new Int32Array(slotsFor(capacity));
    for (let number = 0; number < this.count; number++) this.#insert(number);
  }
}

/** A power of two that leaves a quarter free at least. */
function slotsFor(capacity: number): number {
  return 2 ** Math.ceil(Math.log2((capacity * 4) / 3));
}

function hashOf(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

function enlarged<T extends Uint8Array | Uint32Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
