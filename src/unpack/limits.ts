/** How much one file may unpack to. Everything is counted, nothing timed: a busy machine gives the same answer. */
export interface UnpackLimits {
  /** Containers within containers; a compression counts like an archive. */
  readonly depth: number;
  /** Files in all the archives of one file. */
  readonly entries: number;
  /** Bytes that all of it may unpack to, over every level. */
  readonly bytes: number;
  /** Unpacked bytes for each byte of the file, once `freeBytes` are unpacked. */
  readonly ratio: number;
  /** Bytes that may unpack whatever the ratio: a log of one repeated line is not a bomb. */
  readonly freeBytes: number;
  /** Bytes of archives within archives that are in memory at once: a zip is read from its end. */
  readonly heldBytes: number;
}

export const UNPACK_LIMITS: UnpackLimits = {
  depth: 8,
  entries: 100_000,
  bytes: 1024 ** 3,
  ratio: 200,
  freeBytes: 64 * 1024 ** 2,
  heldBytes: 128 * 1024 ** 2,
};

/** The file unpacks to more than is read. Names no content. */
export class UnpackLimitError extends Error {
  override readonly name = "UnpackLimitError";
  readonly code = "unpack_limit";
}

/** Counts what one file unpacks to, over all its levels. */
export class Allowance {
  readonly limits: UnpackLimits;
  readonly #outerBytes: number;
  #entries = 0;
  #bytes = 0;
  #held = 0;

  /** @param outerBytes size of the outermost file */
  constructor(limits: UnpackLimits, outerBytes: number) {
    this.limits = limits;
    this.#outerBytes = outerBytes;
  }

  /** @throws {UnpackLimitError} */
  spendEntry(): void {
    this.#entries += 1;
    if (this.#entries > this.limits.entries)
      throw new UnpackLimitError(`it holds more than ${this.limits.entries} files`);
  }

  /** @throws {UnpackLimitError} */
  spendBytes(count: number): void {
    const { bytes, freeBytes, ratio } = this.limits;
    this.#bytes += count;
    if (this.#bytes > bytes) throw new UnpackLimitError(`it unpacks to more than ${megabytes(bytes)}`);
    if (this.#bytes > freeBytes && this.#bytes > ratio * this.#outerBytes)
      throw new UnpackLimitError(`it unpacks to more than ${ratio} times its size`);
  }

  /** Whether so many more bytes may be held in memory; `release` gives them back. */
  mayHold(count: number): boolean {
    if (this.#held + count > this.limits.heldBytes) return false;
    this.#held += count;
    return true;
  }

  release(count: number): void {
    this.#held -= count;
  }
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MB`;
}
