/**
 * Reads the output of `git cat-file --batch`, synchronously and into one buffer: a stream of Node's takes twice the
 * processor time. Objects come in batches, as many as fit the buffer; a larger one comes alone, and
 * one that is too large to hold comes in pieces.
 */
import { OBJECT_TYPES } from "./object-table.ts";
import type { ObjectType } from "./object-table.ts";

/** Fits the processor's cache with what the search needs. */
const BATCH_BYTES = 1 << 20;
/** A larger object comes in pieces. */
const MAX_HELD_BYTES = 4 << 20;
/** A tree is no use in pieces. */
const MAX_TREE_BYTES = 256 << 20;
/** The longest header has an id of 64 digits, a type and a size. */
const MAX_HEADER = 128;
const LINE_FEED = 0x0a;
const SPACE = 0x20;
const DIGIT_ZERO = 0x30;
const TYPE_NAMES = OBJECT_TYPES.map((name) => Buffer.from(name));

export interface ReadObject {
  readonly id: string;
  readonly type: ObjectType;
  /** Hex digits of the id. */
  readonly idDigits: number;
  /** Valid until the visitor returns, as is the object itself. */
  readonly bytes: Uint8Array;
}

export interface LargeObject {
  readonly id: string;
  readonly type: ObjectType;
  readonly size: number;
  /** Its bytes, once. Each piece is valid until the next is asked for; pieces left over are skipped. */
  readonly pieces: Iterable<Uint8Array>;
}

export interface ObjectVisitor {
  /** Small objects, as many as came at once. */
  batch(objects: readonly ReadObject[]): Promise<void> | void;
  /** An object that is not held in memory. */
  large(object: LargeObject): Promise<void>;
  /** Git does not have the object, or could not look it up. */
  missing(id: string): void;
}

/** Why reading ended: at the end of an object, or within one because git died on it. */
export type ReadEnd = "complete" | "cut";

/** Fills a part of the buffer as far as bytes are there, at least one; returns their number, 0 at the end. */
export type ReadInto = (buffer: Buffer, at: number, length: number) => number;

export async function readObjects(read: ReadInto, visitor: ObjectVisitor): Promise<ReadEnd> {
  const input = new Input(read);
  for (;;) {
    const objects: ReadObject[] = [];
    const next = nextOf(input, objects);
    if (objects.length > 0) await visitor.batch(objects);
    switch (next.kind) {
      case "more":
        if (!input.fill()) return input.isEmpty ? "complete" : "cut";
        break;
      case "missing":
        visitor.missing(next.id);
        break;
      case "held": {
        const bytes = input.take(next.size);
        if (bytes === null) return "cut";
        await visitor.batch([{ id: next.id, idDigits: next.id.length, type: next.type, bytes }]);
        break;
      }
      case "large": {
        const pieces = new Pieces(input, next.size);
        await visitor.large({ id: next.id, type: next.type, size: next.size, pieces });
        for (const piece of pieces) if (piece.length === 0) break;
        if (pieces.left > 0 || !input.endOfObject()) return "cut";
        break;
      }
    }
  }
}

type Next =
  | { readonly kind: "more" }
  | { readonly kind: "missing"; readonly id: string }
  | {
      readonly kind: "held" | "large";
      readonly id: string;
      readonly type: ObjectType;
      readonly size: number;
    };

/** Takes the objects that are complete in the buffer, and says what follows them. */
function nextOf(input: Input, objects: ReadObject[]): Next {
  const { buffer } = input;
  for (;;) {
    const { start } = input;
    const end = buffer.indexOf(LINE_FEED, start);
    if (end === -1 || end >= input.end) return { kind: "more" };
    const idEnd = buffer.indexOf(SPACE, start);
    const type = typeAt(buffer, idEnd + 1, end);
    if (type === null) {
      input.start = end + 1;
      return { kind: "missing", id: buffer.toString("latin1", start, Math.min(idEnd, end)) };
    }
    const size = numberBefore(buffer, end);
    const after = end + 1 + size + 1;
    if (after <= input.end) {
      objects.push(new SlicedObject(buffer, start, idEnd, type, buffer.subarray(end + 1, after - 1)));
      input.start = after;
      continue;
    }
    if (after - start <= BATCH_BYTES) return { kind: "more" };
    input.start = end + 1;
    const isHeld = size <= (type === "tree" ? MAX_TREE_BYTES : MAX_HELD_BYTES);
    return { kind: isHeld ? "held" : "large", id: buffer.toString("latin1", start, idEnd), type, size };
  }
}

/** An object in the buffer. Its id becomes text only if it is asked for, which is rare. */
class SlicedObject implements ReadObject {
  readonly type: ObjectType;
  readonly bytes: Uint8Array;
  readonly #buffer: Buffer;
  readonly #start: number;
  readonly #end: number;

  constructor(buffer: Buffer, start: number, end: number, type: ObjectType, bytes: Uint8Array) {
    this.#buffer = buffer;
    this.#start = start;
    this.#end = end;
    this.type = type;
    this.bytes = bytes;
  }

  get id(): string {
    return this.#buffer.toString("latin1", this.#start, this.#end);
  }

  get idDigits(): number {
    return this.#end - this.#start;
  }
}

/** The type that a header names, if a size follows it: `missing` ends the line, and a space can be in no type. */
function typeAt(buffer: Buffer, at: number, end: number): ObjectType | null {
  for (const [index, name] of TYPE_NAMES.entries()) {
    const space = at + name.length;
    if (buffer[space] === SPACE && space < end && isAt(buffer, at, name)) return OBJECT_TYPES[index] ?? null;
  }
  return null;
}

function isAt(buffer: Buffer, at: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if (buffer[at + i] !== name[i]) return false;
  return true;
}

/** The decimal number that ends there. */
function numberBefore(buffer: Buffer, end: number): number {
  let number = 0;
  let unit = 1;
  for (let at = end - 1; buffer[at] !== SPACE; at--) {
    number += unit * ((buffer[at] ?? DIGIT_ZERO) - DIGIT_ZERO);
    unit *= 10;
  }
  return number;
}

/** Bytes of one object as they come, once: an iteration goes on where the one before stopped. */
class Pieces implements Iterable<Uint8Array> {
  readonly #input: Input;
  /** Bytes not read yet; more than none at the end if the input ended within the object. */
  left: number;

  constructor(input: Input, size: number) {
    this.#input = input;
    this.left = size;
  }

  *[Symbol.iterator](): Generator<Uint8Array, void> {
    const input = this.#input;
    while (this.left > 0) {
      if (input.isEmpty && !input.fill()) return;
      const piece = input.buffer.subarray(input.start, Math.min(input.end, input.start + this.left));
      input.start += piece.length;
      this.left -= piece.length;
      yield piece;
    }
  }
}

/** The unread part of one buffer, `start..end`. */
class Input {
  readonly buffer: Buffer = Buffer.allocUnsafeSlow(BATCH_BYTES + MAX_HEADER);
  readonly #read: ReadInto;
  start = 0;
  end = 0;

  constructor(read: ReadInto) {
    this.#read = read;
  }

  get isEmpty(): boolean {
    return this.start === this.end;
  }

  /** Moves what is left to the beginning and fills the rest. False at the end of the input. */
  fill(): boolean {
    this.buffer.copyWithin(0, this.start, this.end);
    this.end -= this.start;
    this.start = 0;
    const before = this.end;
    while (this.end < this.buffer.length) {
      const read = this.#read(this.buffer, this.end, this.buffer.length - this.end);
      if (read === 0) break;
      this.end += read;
    }
    return this.end > before;
  }

  /** The next bytes in one piece, and past the line feed that ends them; null where the input ends before. */
  take(size: number): Uint8Array | null {
    const bytes = Buffer.allocUnsafeSlow(size);
    let length = 0;
    for (const piece of new Pieces(this, size)) {
      bytes.set(piece, length);
      length += piece.length;
    }
    return length === size && this.endOfObject() ? bytes : null;
  }

  /** Takes the line feed after an object. False where the input ended within it. */
  endOfObject(): boolean {
    if (this.isEmpty && !this.fill()) return false;
    this.start += 1;
    return true;
  }
}
