/**
 * Lists the objects of a repository with `git cat-file --batch-check`: all that it holds, whether a ref reaches them or
 * not, or only those that are asked for.
 */
import { GitProcess } from "../process/git-process.ts";
import type { HistoryRepository } from "./history-repository.ts";
import { NONE, ObjectTable } from "../../../objects/index.ts";
import type { ObjectType, PackPlaces } from "../../../objects/index.ts";

const FORMAT = "%(objectname) %(objecttype) %(objectsize:disk) %(deltabase)";

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const LETTER_A = 0x61;
const LETTER_B = 0x62;
const LETTER_C = 0x63;
const LETTER_T = 0x74;
const DIGIT_ZERO = 0x30;
/** The value of a hex digit by its character code. */
const HEX = hexDigits();

export interface ObjectList {
  readonly table: ObjectTable;
  /** Where in packs the objects are; null where git has to look for them. */
  readonly places: PackPlaces | null;
  /** Ids of listed objects that git could not look up. */
  readonly unreadable: readonly string[];
}

/**
 * @param ids hex ids, one a line, of the objects to list; null for all of the repository
 * @param into a table to which they are added
 */
export async function listObjects(
  repository: HistoryRepository,
  ids: string | null,
  signal: AbortSignal,
  into: ObjectTable | null = null,
): Promise<ObjectList> {
  const which = ids === null ? ["--batch-all-objects", "--unordered"] : [];
  const git = new GitProcess({
    args: ["cat-file", ...which, "--buffer", `--batch-check=${FORMAT}`],
    environment: repository.environment,
    timeLimit: null,
    signal,
  });
  git.endInput(ids ?? "");
  const lines = new ListParser(repository.objectEstimate, into);
  for await (const chunk of git.output) lines.push(chunk);
  await git.done;
  return lines.finish();
}

/** Reads the lines byte by byte: a million of them as strings would take seconds. */
class ListParser {
  readonly #expected: number;
  readonly #unreadable: string[] = [];
  /** Objects listed before their bases, with the id of the base. */
  readonly #waiting: { readonly number: number; readonly base: Buffer }[] = [];
  #table: ObjectTable | null;
  #rest: Buffer = Buffer.alloc(0);
  #id: Buffer = Buffer.alloc(0);

  constructor(expected: number, into: ObjectTable | null) {
    this.#expected = expected;
    this.#table = into;
    if (into !== null) this.#id = Buffer.alloc(into.idBytes);
  }

  push(chunk: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? asBuffer(chunk) : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
      this.#takeLine(bytes, start, end);
      start = end + 1;
    }
    this.#rest = Buffer.from(bytes.subarray(start));
  }

  finish(): ObjectList {
    const table = this.#table ?? new ObjectTable(20, 0);
    for (const { number, base } of this.#waiting) table.setBase(number, table.find(base));
    return { table, places: null, unreadable: this.#unreadable };
  }

  #takeLine(bytes: Buffer, start: number, end: number): void {
    const space = bytes.indexOf(SPACE, start);
    const digits = space - start;
    if (space === -1 || space > end || (digits !== 40 && digits !== 64)) return;
    const table = (this.#table ??= this.#createTable(digits / 2));
    if (digits !== 2 * table.idBytes) return;
    const type = typeAt(bytes, space + 1);
    if (type === null) {
      this.#unreadable.push(bytes.toString("latin1", start, space));
      return;
    }
    readId(bytes, start, this.#id);
    let at = bytes.indexOf(SPACE, space + 1) + 1;
    let packed = 0;
    for (; bytes[at] !== SPACE && at < end; at++) packed = 10 * packed + (bytes[at] ?? 0) - DIGIT_ZERO;
    const before = table.count;
    const number = table.add(this.#id, type, packed);
    // Known already, with the base that it has where it was found: git may name that of another copy.
    if (number !== before) return;
    if (isZero(bytes, at + 1, end)) return;
    readId(bytes, at + 1, this.#id);
    const base = table.find(this.#id);
    if (base === NONE) this.#waiting.push({ number, base: Buffer.from(this.#id) });
    else table.setBase(number, base);
  }

  #createTable(idBytes: number): ObjectTable {
    this.#id = Buffer.alloc(idBytes);
    return new ObjectTable(idBytes, this.#expected);
  }
}

/** Null for `missing` and anything else that is no type. */
function typeAt(bytes: Buffer, at: number): ObjectType | null {
  const letter = bytes[at];
  if (letter === LETTER_B) return "blob";
  if (letter === LETTER_C) return "commit";
  if (letter !== LETTER_T) return null;
  return bytes[at + 1] === LETTER_A ? "tag" : "tree";
}

/** Git writes a base of zeros for an object that is stored whole. */
function isZero(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== DIGIT_ZERO) return false;
  return true;
}

function readId(bytes: Buffer, start: number, id: Buffer): void {
  for (let at = 0; at < id.length; at++) {
    const high = HEX[bytes[start + 2 * at] ?? 0] ?? 0;
    const low = HEX[bytes[start + 2 * at + 1] ?? 0] ?? 0;
    id[at] = (high << 4) | low;
  }
}

function hexDigits(): Uint8Array {
  const digits = new Uint8Array(256);
  for (let value = 0; value < 16; value++) digits[value.toString(16).charCodeAt(0)] = value;
  return digits;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
