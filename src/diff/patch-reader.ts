/**
 * Reads a whole patch, chunk by chunk, into files and the text between them. No line is dropped but removed ones: what
 * is not understood comes out as text, because a patch from a person must never be read in part.
 */
import { FileBuilder } from "./file-builder.ts";
import { parseHunkHeader } from "./hunk-header.ts";
import { concatBytes, LineSplitter } from "./line-splitter.ts";
import type { PatchRecord } from "./patch-record.ts";

const LINE_FEED = Uint8Array.of(0x0a);
/** Text that belongs to no file is handed over in pieces of about this many bytes, cut between lines. */
const TEXT_PIECE = 256 * 1024;
/** `commit ID` of git log, `From ID date` of git format-patch, a bare id of git diff-tree. */
const COMMIT_LINE = /^(?:commit |From )?([0-9a-f]{40}|[0-9a-f]{64})(?: .*)?$/;

/**
 * Reads a patch as git and diff write it (`git log -p`, `git diff`, `git diff-tree -p`, `git format-patch`,
 * `diff -u`; combined diffs too), chunk by chunk, and gives each file as soon as it is whole. Takes any bytes
 * and never fails: what it cannot make sense of comes out as text, and a file whose hunks are wrong says so
 * in `problem`. Removed lines are the only content that it leaves out.
 *
 * Not decidable by any reader: a message that is not indented (`--format=%B`, mails) may imitate a diff.
 */
export class PatchReader {
  readonly #lines = new LineSplitter();
  #records: PatchRecord[] = [];
  #commit: string | null = null;
  #file: FileBuilder | null = null;
  /** Lines `---` and `+++` outside of a file, until the next line tells whether they begin one. */
  #held: Uint8Array[] = [];
  #text: Uint8Array[] = [];
  #textLength = 0;
  #textStart = 1;
  #number = 0;

  /** Takes the next bytes and returns what they completed. */
  push(chunk: Uint8Array): PatchRecord[] {
    this.#lines.push(chunk, (line) => this.#take(line));
    return this.#drain();
  }

  /** Ends the input and returns the rest. */
  end(): PatchRecord[] {
    this.#lines.end((line) => this.#take(line));
    this.#releaseHeld();
    this.#finishFile();
    this.#finishText();
    return this.#drain();
  }

  #take(line: Uint8Array): void {
    this.#number++;
    if (this.#file !== null) {
      if (this.#file.add(line)) return;
      const header = parseHunkHeader(line);
      if (header !== null && this.#file.beginHunk(header)) return;
      this.#finishFile();
    }
    this.#takeOutside(line);
  }

  #takeOutside(line: Uint8Array): void {
    const file = FileBuilder.begin(line, this.#commit);
    if (file !== null) {
      this.#releaseHeld();
      this.#finishText();
      this.#file = file;
      return;
    }
    const header = parseHunkHeader(line);
    if (header !== null) {
      this.#beginPlainFile();
      this.#file?.beginHunk(header);
      return;
    }
    if (isName(line, 0x2d) && this.#held.length === 0) {
      this.#held.push(line.slice());
      return;
    }
    if (isName(line, 0x2b) && this.#held.length === 1) {
      this.#held.push(line.slice());
      return;
    }
    this.#releaseHeld();
    const commit = commitOf(line);
    if (commit !== null) {
      this.#finishText();
      this.#commit = commit;
    }
    this.#addText(line);
  }

  #beginPlainFile(): void {
    const [minus, plus] = this.#held;
    if (minus !== undefined && plus !== undefined) {
      this.#held = [];
      this.#finishText();
      const names = { minus: trimReturn(minus.subarray(4)), plus: trimReturn(plus.subarray(4)) };
      this.#file = FileBuilder.plain(names, this.#commit);
      return;
    }
    this.#releaseHeld();
    this.#finishText();
    this.#file = FileBuilder.plain(null, this.#commit);
  }

  #releaseHeld(): void {
    const held = this.#held;
    this.#held = [];
    for (const [index, line] of held.entries()) {
      if (this.#text.length === 0) this.#textStart = this.#number - held.length + index;
      this.#text.push(line, LINE_FEED);
      this.#textLength += line.length + 1;
    }
  }

  #addText(line: Uint8Array): void {
    if (this.#text.length === 0) this.#textStart = this.#number;
    this.#text.push(line.slice(), LINE_FEED);
    this.#textLength += line.length + 1;
    if (this.#textLength >= TEXT_PIECE) this.#finishText();
  }

  #finishText(): void {
    if (this.#text.length === 0) return;
    const bytes = concatBytes(this.#text);
    this.#text = [];
    this.#textLength = 0;
    this.#records.push({ kind: "text", commit: this.#commit, line: this.#textStart, bytes });
  }

  #finishFile(): void {
    if (this.#file === null) return;
    this.#records.push(this.#file.finish());
    this.#file = null;
  }

  #drain(): PatchRecord[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }
}

/** Whether the line is `--- name` or `+++ name`. */
function isName(line: Uint8Array, sign: number): boolean {
  return line.length > 4 && line[0] === sign && line[1] === sign && line[2] === sign && line[3] === 0x20;
}

function commitOf(line: Uint8Array): string | null {
  if (line.length < 40) return null;
  return COMMIT_LINE.exec(new TextDecoder("latin1").decode(line.subarray(0, 1024)))?.[1] ?? null;
}

function trimReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}
