import { formatOf, HEAD_BYTES, inMemory, unpack } from "../../src/unpack/index.ts";
import type { Containment, FileVisitor, UnpackLimits } from "../../src/unpack/index.ts";

/** What a walk through a file handed over. */
export interface Unpacked {
  /** The bytes of each file, by its path: the names from the outside in, with `>` between. */
  readonly files: Record<string, Buffer>;
  /** Of files that are no containers: their text by path. */
  readonly texts: Record<string, string>;
  readonly unopened: string[];
  readonly notRead: string[];
  /** Bytes pushed, over all files but the outer one. */
  inside: number;
  ended: number;
}

export async function unpacked(bytes: Uint8Array, name: string, limits?: UnpackLimits): Promise<Unpacked> {
  const record: Unpacked = { files: {}, texts: {}, unopened: [], notRead: [], inside: 0, ended: 0 };
  await unpack(inMemory(bytes), name, new RecordingVisitor(record, name, false), limits);
  return record;
}

class RecordingVisitor implements FileVisitor {
  readonly #record: Unpacked;
  readonly #path: string;
  readonly #isInside: boolean;
  readonly #chunks: Buffer[] = [];

  constructor(record: Unpacked, path: string, isInside: boolean) {
    this.#record = record;
    this.#path = path;
    this.#isInside = isInside;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(Buffer.from(chunk));
    if (this.#isInside) this.#record.inside += chunk.length;
  }

  end(): void {
    const bytes = Buffer.concat(this.#chunks);
    this.#record.files[this.#path] = bytes;
    this.#record.ended += 1;
    const name = this.#path.slice(this.#path.lastIndexOf(">") + 1);
    if (formatOf(bytes.subarray(0, HEAD_BYTES), name) === null)
      this.#record.texts[this.#path] = bytes.toString();
  }

  child(name: string, _containment: Containment): FileVisitor {
    return new RecordingVisitor(this.#record, `${this.#path}>${name}`, true);
  }

  unopened(reason: string): void {
    this.#record.unopened.push(`${this.#path}: ${reason}`);
  }

  notRead(detail: string): void {
    this.#record.notRead.push(detail);
  }
}
