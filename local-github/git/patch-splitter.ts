const NEWLINE = 10;
const FILE = Buffer.from("diff --git ");
const HUNK = Buffer.from("@@ ");

/** GitHub's limits on patches, in bytes and lines. */
const LIMITS = { fileBytes: 500_000, fileLines: 20_000, allBytes: 1_000_000, allLines: 20_000 };

/**
 * Splits the output of `git diff-tree -p` into one patch per file as it arrives, and keeps no more than GitHub shows.
 * Lines in hunks begin with a space, `+`, `-` or `\`, so `diff --git` always begins the next file.
 */
export class PatchSplitter {
  readonly #patches: (string | null)[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #lines: Buffer[] = [];
  #bytes = 0;
  #count = 0;
  #inHunks = false;
  #started = false;
  #allBytes = 0;
  #allLines = 0;

  write(chunk: Buffer): void {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (;;) {
      const end = data.indexOf(NEWLINE, start);
      if (end < 0) break;
      this.#line(data.subarray(start, end + 1));
      start = end + 1;
    }
    this.#rest = data.subarray(start);
    // No patch with a line this long is shown, so the rest of it need not be kept.
    if (this.#rest.length > 2 * LIMITS.fileBytes && this.#inHunks) {
      this.#bytes += this.#rest.length - 1;
      this.#rest = this.#rest.subarray(0, 1);
    }
  }

  /** One patch per file; null for a file that shows none. */
  end(): (string | null)[] {
    if (this.#rest.length > 0) this.#line(this.#rest);
    this.#finish();
    return this.#patches;
  }

  #line(line: Buffer): void {
    if (line.subarray(0, FILE.length).equals(FILE)) {
      this.#finish();
      this.#started = true;
      return;
    }
    if (!this.#inHunks && line.subarray(0, HUNK.length).equals(HUNK)) this.#inHunks = true;
    if (!this.#inHunks) return;
    this.#bytes += line.length;
    this.#count += 1;
    if (this.#bytes <= LIMITS.fileBytes && this.#count <= LIMITS.fileLines)
      this.#lines.push(Buffer.from(line));
    else this.#lines = [];
  }

  #finish(): void {
    if (!this.#started) return;
    const shown =
      this.#count > 0 &&
      this.#bytes <= LIMITS.fileBytes &&
      this.#count <= LIMITS.fileLines &&
      this.#allBytes + this.#bytes <= LIMITS.allBytes &&
      this.#allLines + this.#count <= LIMITS.allLines;
    this.#patches.push(shown ? Buffer.concat(this.#lines).toString().replace(/\n$/, "") : null);
    if (shown) {
      this.#allBytes += this.#bytes;
      this.#allLines += this.#count;
    }
    this.#lines = [];
    this.#bytes = 0;
    this.#count = 0;
    this.#inHunks = false;
    this.#started = false;
  }
}
