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

export interface ReadObject {
  readonly id: string;
  readonly type: ObjectType;
  /** Valid until the visitor returns. */
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
    const next = nextOf(input, objects, visitor);
    if (objects.length > 0) await visitor.batch(objects);
    switch (next.kind) {
      case "more":
        if (!input.fill()) return input.isEmpty ? "complete" : "cut";
        break;
      case "held": {
        const bytes = input.take(next.size);
        if (bytes === null) return "cut";
        await visitor.batch([{ id: next.id, type: next.type, bytes }]);
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
  | {
      readonly kind: "held" | "large";
      readonly id: string;
      readonly type: ObjectType;
      readonly size: number;
    };

/** Takes the objects that are complete in the buffer, and says what follows them. */
function nextOf(input: Input, objects: ReadObject[], visitor: ObjectVisitor): Next {
  const { buffer } = input;
  for (;;) {
    const end = buffer.indexOf(LINE_FEED, input.start);
    if (end === -1 || end >= input.end) return { kind: "more" };
    const header = parseHeader(buffer.toString("latin1", input.start, end));
    if (header.type === null) {
      visitor.missing(header.id);
      input.start = end + 1;
      continue;
    }
    const { id, type, size } = header;
    const after = end + 1 + size + 1;
    if (after <= input.end) {
      objects.push({ id, type, bytes: buffer.subarray(end + 1, after - 1) });
      input.start = after;
      continue;
    }
    if (after - input.start <= BATCH_BYTES) return { kind: "more" };
    input.start = end + 1;
    const isHeld = size <= (type === "tree" ? MAX_TREE_BYTES : MAX_HELD_BYTES);
    return { kind: isHeld ? "held" : "large", id, type, size };
  }
}

interface Header {
  readonly id: string;
  /** Null where there is no such object. */
  readonly type: ObjectType | null;
  readonly size: number;
}

function parseHeader(line: string): Header {
  const [id = "", typeName = "", size = ""] = line.split(" ");
  const type = OBJECT_TYPES.find((each) => each === typeName) ?? null;
  return { id, type: /^\d+$/.test(size) ? type : null, size: Number(size) };
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
