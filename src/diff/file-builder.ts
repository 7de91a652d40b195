/**
 * One file of a patch, line by line: extended header, names, hunks or a binary part. It says which lines belong to the
 * file and what is wrong with its hunks, and never fails: `PatchReader` decides what to do with the rest.
 */
import { readName, splitGitNames, stripPrefixes } from "./file-name.ts";
import { HunkBuilder } from "./hunk-builder.ts";
import type { HunkHeader } from "./hunk-header.ts";
import type { Hunk } from "./hunk.ts";
import type { PatchFile } from "./patch-record.ts";

const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const PLUS = 0x2b;
const SPACE = 0x20;
const CARRIAGE_RETURN = 0x0d;
const INDEX = /^[0-9a-f]{4,64}(?:,[0-9a-f]{4,64})*\.\.([0-9a-f]{4,64})(?: (\d{6}))?$/;

/** The part of a file's patch to which the next line belongs. */
type Part = "header" | "hunk" | "after_hunk" | "binary";

/** Reads the lines of one file of a patch: extended header, names, hunks or a binary part. */
export class FileBuilder {
  readonly #commit: string | null;
  #part: Part = "header";
  #gitNames: Uint8Array | null = null;
  #combinedName: string | null = null;
  #minusName: string | null = null;
  #plusName: string | null = null;
  #movedFrom: string | null = null;
  #movedTo: string | null = null;
  #change: PatchFile["change"] = "changed";
  #mode: string | null = null;
  #blob: string | null = null;
  #binary = false;
  #problem: string | null = null;
  #hunks: Hunk[] = [];
  #hunk: HunkBuilder | null = null;

  private constructor(commit: string | null) {
    this.#commit = commit;
  }

  /** A file that begins with `diff --git`, `diff --cc` or `diff --combined`; null for any other line. */
  static begin(line: Uint8Array, commit: string | null): FileBuilder | null {
    const file = new FileBuilder(commit);
    const git = after(line, "diff --git ");
    const combined = after(line, "diff --cc ") ?? after(line, "diff --combined ");
    if (git !== null) file.#gitNames = git;
    else if (combined !== null) file.#combinedName = readName(combined);
    else return null;
    return file;
  }

  /** A file of a patch without git's header: `---` and `+++` lines, or nothing but hunks. */
  static plain(
    names: { readonly minus: Uint8Array; readonly plus: Uint8Array } | null,
    commit: string | null,
  ): FileBuilder {
    const file = new FileBuilder(commit);
    if (names !== null) {
      file.#minusName = readName(names.minus);
      file.#plusName = readName(names.plus);
    }
    return file;
  }

  /** Takes the next line; false when it does not belong to this file, which is then finished. */
  add(line: Uint8Array): boolean {
    switch (this.#part) {
      case "header":
        return this.#addHeader(trimReturn(line));
      case "binary":
        return /^(?:(?:literal|delta) \d+|[A-Za-z](?:[0-9A-Za-z!#$%&()*+;<=>?@^_`{|}~-]{5}){1,13}|)$/.test(
          latin1(trimReturn(line)),
        );
      case "hunk":
        return this.#addToHunk(line);
      case "after_hunk":
        if (line[0] === BACKSLASH) {
          this.#hunk?.endsWithoutNewline();
          return true;
        }
        if (
          line[0] === PLUS ||
          line[0] === SPACE ||
          (line[0] === MINUS && latin1(trimReturn(line)) !== "-- ")
        )
          this.#problem ??= "a hunk has more lines than its header says";

        return false;
    }
  }

  /** Begins a hunk; false where this file cannot have one here. */
  beginHunk(header: HunkHeader): boolean {
    if (this.#part === "hunk" || this.#part === "binary") return false;
    this.#closeHunk();
    this.#hunk = new HunkBuilder(header);
    this.#part = this.#hunk.complete ? "after_hunk" : "hunk";
    return true;
  }

  finish(): PatchFile {
    if (this.#part === "hunk") this.#problem ??= "a hunk has fewer lines than its header says";
    this.#closeHunk();
    const { oldPath, newPath } = this.#names();
    return {
      kind: "file",
      commit: this.#commit,
      oldPath,
      newPath,
      change: this.#change,
      mode: this.#mode,
      blob: this.#blob !== null && /^0+$/.test(this.#blob) ? null : this.#blob,
      binary: this.#binary,
      hunks: this.#hunks,
      problem: this.#problem,
    };
  }

  #addToHunk(line: Uint8Array): boolean {
    if (this.#hunk?.add(line) === true) {
      if (this.#hunk.complete) this.#part = "after_hunk";
      return true;
    }
    if (line[0] === BACKSLASH) {
      this.#hunk?.endsWithoutNewline();
      return true;
    }
    return false;
  }

  #closeHunk(): void {
    const hunk = this.#hunk?.finish() ?? null;
    if (hunk !== null) this.#hunks.push(hunk);
    this.#hunk = null;
  }

  #addHeader(line: Uint8Array): boolean {
    const minus = after(line, "--- ");
    if (minus !== null && this.#minusName === null) {
      this.#minusName = readName(minus);
      return true;
    }
    const plus = after(line, "+++ ");
    if (plus !== null && this.#minusName !== null && this.#plusName === null) {
      this.#plusName = readName(plus);
      return true;
    }
    if (this.#minusName !== null) return false;
    return this.#addExtendedHeader(line);
  }

  /** The lines between `diff --git` and `---` (git-diff, "Generating patch text with -p"). */
  #addExtendedHeader(line: Uint8Array): boolean {
    const from = after(line, "rename from ") ?? after(line, "copy from ");
    if (from !== null) {
      this.#movedFrom = readName(from);
      return true;
    }
    const renamedTo = after(line, "rename to ");
    const to = renamedTo ?? after(line, "copy to ");
    if (to !== null) {
      this.#movedTo = readName(to);
      this.#change = renamedTo === null ? "copied" : "renamed";
      return true;
    }
    const text = latin1(line);
    if (text === "GIT binary patch" || /^Binary files (?:.* )?differ$/.test(text)) {
      this.#binary = true;
      this.#part = text === "GIT binary patch" ? "binary" : "header";
      return true;
    }
    const index = text.startsWith("index ") ? INDEX.exec(text.slice("index ".length)) : null;
    if (index !== null) {
      this.#blob = index[1] ?? null;
      this.#mode = index[2] ?? this.#mode;
      return true;
    }
    const mode =
      /^(new file mode|deleted file mode|new mode|old mode|mode) (?:[0-7,]+\.\.|[0-7,]+,)?([0-7]{6})$/.exec(
        text,
      );
    if (mode !== null) {
      if (mode[1] === "new file mode") this.#change = "added";
      if (mode[1] === "deleted file mode") this.#change = "removed";
      else if (mode[1] !== "old mode") this.#mode = mode[2] ?? null;
      return true;
    }
    return /^(?:similarity|dissimilarity) index \d{1,3}%$/.test(text);
  }

  #names(): { readonly oldPath: string | null; readonly newPath: string | null } {
    if (this.#minusName !== null && this.#plusName !== null) {
      const names = stripPrefixes(this.#minusName, this.#plusName);
      if (this.#gitNames === null && this.#combinedName === null) {
        if (names.oldPath === null) this.#change = "added";
        if (names.newPath === null) this.#change = "removed";
      }
      return names;
    }
    if (this.#movedTo !== null) return { oldPath: this.#movedFrom, newPath: this.#movedTo };
    const both =
      this.#gitNames === null
        ? this.#combinedPair()
        : (splitGitNames(trimReturn(this.#gitNames)) ?? this.#unsplit());
    return {
      oldPath: this.#change === "added" ? null : both.oldPath,
      newPath: this.#change === "removed" ? null : both.newPath,
    };
  }

  #combinedPair(): { oldPath: string | null; newPath: string | null } {
    return { oldPath: this.#combinedName, newPath: this.#combinedName };
  }

  /** A `diff --git` line whose two names cannot be told apart counts as one name. */
  #unsplit(): { oldPath: string | null; newPath: string | null } {
    const name = this.#gitNames === null ? null : readName(this.#gitNames);
    return { oldPath: name, newPath: name };
  }
}

function after(line: Uint8Array, prefix: string): Uint8Array | null {
  for (let at = 0; at < prefix.length; at++) if (line[at] !== prefix.charCodeAt(at)) return null;

  return line.subarray(prefix.length);
}

function trimReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}

function latin1(line: Uint8Array): string {
  return new TextDecoder("latin1").decode(line.subarray(0, 4096));
}
