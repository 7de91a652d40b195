/**
 * The new side of one hunk, of plain and combined diffs alike. It checks the counts of the hunk's header against the
 * lines that come, and refuses a line that cannot belong to the hunk.
 */
import type { Hunk, LineRange } from "./hunk.ts";
import type { HunkHeader } from "./hunk-header.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const PLUS = 0x2b;
const MINUS = 0x2d;
/** A short line is copied faster byte by byte than through a view of it (measured with 50 bytes). */
const LOOP_UP_TO = 96;

/** Collects the new side of one hunk, line by line, and holds its header's counts against what comes. */
export class HunkBuilder {
  readonly #newStart: number;
  readonly #oldLeft: number[];
  #newLeft: number;
  /** Sum of all counts that are left. */
  #left: number;
  #buffer = new Uint8Array(512);
  #length = 0;
  #lines = 0;
  #added: { first: number; last: number }[] = [];
  #lastWasNew = false;

  constructor(header: HunkHeader) {
    this.#newStart = header.newStart;
    this.#oldLeft = [...header.oldCounts];
    this.#newLeft = header.newCount;
    this.#left = header.oldCounts.reduce((sum, count) => sum + count, header.newCount);
  }

  /** Whether the lines promised by the header have all come. */
  get complete(): boolean {
    return this.#left === 0;
  }

  /** Takes the next line (without its LF); false when it cannot belong to this hunk. */
  add(line: Uint8Array): boolean {
    const parents = this.#oldLeft.length;
    if (isEmptyLine(line)) return this.#addStrippedContext(line);
    if (line.length < parents) return false;

    let plus = 0;
    let minus = 0;
    for (let column = 0; column < parents; column++) {
      const sign = line[column];
      if (sign === PLUS) plus++;
      else if (sign === MINUS) minus++;
      else if (sign !== SPACE) return false;
    }
    if (plus > 0 && minus > 0) return false;
    const isNew = minus === 0;
    if (isNew && this.#newLeft === 0) return false;
    for (let column = 0; column < parents; column++) {
      const counts = isNew ? line[column] === SPACE : line[column] === MINUS;
      if (counts && this.#oldLeft[column] === 0) return false;
    }
    for (let column = 0; column < parents; column++) {
      const counts = isNew ? line[column] === SPACE : line[column] === MINUS;
      if (counts) this.#takeOld(column);
    }
    this.#lastWasNew = isNew;
    if (isNew) this.#append(line, parents, plus === parents);
    return true;
  }

  /** `\ No newline at end of file` after a line of the new side: that line had no line end. */
  endsWithoutNewline(): void {
    if (this.#lastWasNew && this.#length > 0) this.#length--;
    this.#lastWasNew = false;
  }

  /** The hunk as far as it came; null where it has nothing on the new side. */
  finish(): Hunk | null {
    if (this.#lines === 0) return null;
    const added: readonly LineRange[] = this.#added;
    return { newStart: Math.max(1, this.#newStart), text: this.#buffer.slice(0, this.#length), added };
  }

  /** A context line that is empty and whose leading spaces some mail program or editor took away. */
  #addStrippedContext(line: Uint8Array): boolean {
    if (this.#newLeft === 0 || this.#oldLeft.some((left) => left === 0)) return false;
    for (const parent of this.#oldLeft.keys()) this.#takeOld(parent);
    this.#lastWasNew = true;
    this.#append(line, 0, false);
    return true;
  }

  #takeOld(parent: number): void {
    this.#oldLeft[parent] = (this.#oldLeft[parent] ?? 0) - 1;
    this.#left--;
  }

  #append(line: Uint8Array, from: number, isAdded: boolean): void {
    const needed = this.#length + line.length - from + 1;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    if (line.length > LOOP_UP_TO) this.#buffer.set(line.subarray(from), this.#length);
    else
      for (let at = from, to = this.#length; at < line.length; at++, to++) this.#buffer[to] = line[at] ?? 0;

    this.#buffer[needed - 1] = LINE_FEED;
    this.#length = needed;
    const number = Math.max(1, this.#newStart) + this.#lines;
    this.#lines++;
    this.#newLeft--;
    this.#left--;
    if (!isAdded) return;
    const last = this.#added.at(-1);
    if (last !== undefined && last.last === number - 1) last.last = number;
    else this.#added.push({ first: number, last: number });
  }
}

function isEmptyLine(line: Uint8Array): boolean {
  return line.length === 0 || (line.length === 1 && line[0] === CARRIAGE_RETURN);
}
