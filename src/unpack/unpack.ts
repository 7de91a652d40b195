/**
 * Walks through a file and everything packed inside it, in one pass and without using the disk. It passes on the bytes of
 * each file at any depth, containers included, so anything that cannot be opened is at least read as it is. The content
 * decides what is a container. Stops at the limits, and reports the rest as a gap. Does not interpret the bytes.
 */
import { ArchiveError } from "./archive-error.ts";
import type { UnopenedReason } from "./archive-error.ts";
import { ByteStream } from "./byte-stream.ts";
import { throughBzip2 } from "./bzip2.ts";
import { formatOf, HEAD_BYTES, nameWithin } from "./formats.ts";
import type { Format } from "./formats.ts";
import { Allowance, megabytes, UNPACK_LIMITS, UnpackLimitError } from "./limits.ts";
import type { UnpackLimits } from "./limits.ts";
import { inMemory, readRange } from "./random-access.ts";
import type { RandomAccess } from "./random-access.ts";
import type { ArchiveFile } from "./tar.ts";
import { throughZlib } from "./zlib-formats.ts";

/** How a file lies in its container: one of an archive's, or all that a compressed file holds. */
export type Containment = "entry" | "content";

/** Receives the content of one file. */
export interface FileVisitor {
  /** The next bytes of the file itself, valid during the call. */
  push(chunk: Uint8Array): void;
  /** The file has no more bytes. Called once, whatever happened before. */
  end(): void;
  /** A file within this one begins, perhaps after this one's own bytes have ended. */
  child(name: string, containment: Containment): FileVisitor;
  /** The file is a container that was not opened, or only in part. Not a gap: its bytes were pushed. */
  unopened(reason: UnopenedReason): void;
  /** Not everything in the file was read. */
  notRead(detail: string): void;
}

/**
 * Reads a file and everything packed in it.
 *
 * @param name of the file, without its folders
 * @throws what `access` throws, after `end` was called on every visitor
 */
export async function unpack(
  access: RandomAccess,
  name: string,
  visitor: FileVisitor,
  limits: UnpackLimits = UNPACK_LIMITS,
): Promise<void> {
  const input = new ByteStream(readRange(access, 0, access.size));
  const walk = new Walk(new Allowance(limits, access.size));
  try {
    await walk.file(visitor, name, input, 0, access);
    await walk.deferred();
  } catch (error) {
    if (!(error instanceof UnpackLimitError)) throw error;
    visitor.notRead(error.message);
    for await (const chunk of input) visitor.push(chunk);
  } finally {
    visitor.end();
    await input.close();
  }
}

/** Loads the reader of a format when it is first met: the command line starts without them. */
class Walk {
  readonly #allowance: Allowance;
  /** The decoder of xz takes one stream at a time: those found inside of one wait here until it ends. */
  #xzIsOpen = false;
  readonly #deferred: (() => Promise<void>)[] = [];

  constructor(allowance: Allowance) {
    this.#allowance = allowance;
  }

  async deferred(): Promise<void> {
    for (let next = this.#deferred.shift(); next !== undefined; next = this.#deferred.shift()) await next();
  }

  /** One file at one depth. The caller ends the visitor. */
  async file(
    visitor: FileVisitor,
    name: string,
    input: ByteStream,
    depth: number,
    access: RandomAccess | null,
  ): Promise<void> {
    const format = formatOf(await input.head(HEAD_BYTES), name);
    const own = new ByteStream(this.#pushed(input, visitor, depth));
    try {
      if (format !== null && depth >= this.#allowance.limits.depth)
        visitor.notRead(`archives nested more than ${depth} deep`);
      else if (format !== null) await this.#open(format, visitor, name, own, depth, access);
    } catch (error) {
      if (own.failure === null) this.#unopened(visitor, format, error);
    }
    while ((await own.next()) !== null);
    // An unreadable outer container is reported by that container.
    if (own.failure !== null) throw own.failure;
  }

  #unopened(visitor: FileVisitor, format: Format | null, error: unknown): void {
    if (!(error instanceof ArchiveError)) throw error;
    // Any name can end in `.br`.
    if (format !== "brotli") visitor.unopened(error.code);
  }

  async *#pushed(input: ByteStream, visitor: FileVisitor, depth: number): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of input) {
      if (depth > 0) this.#allowance.spendBytes(chunk.length);
      visitor.push(chunk);
      yield chunk;
    }
  }

  async #open(
    format: Format,
    visitor: FileVisitor,
    name: string,
    own: ByteStream,
    depth: number,
    access: RandomAccess | null,
  ): Promise<void> {
    switch (format) {
      case "zip":
        return await this.#openZip(visitor, own, depth, access);
      case "tar": {
        const { readTar } = await import("./tar.ts");
        for await (const file of readTar(own)) await this.#child(visitor, file, "entry", depth);
        return;
      }
      case "xz":
        return await this.#openXz(visitor, name, own, depth);
      case "bzip2":
        return await this.#child(
          visitor,
          { name: nameWithin(name), content: throughBzip2(own) },
          "content",
          depth,
        );
      case "gzip":
      case "zstd":
      case "brotli": {
        const content = throughZlib(own, format);
        return await this.#child(visitor, { name: nameWithin(name), content }, "content", depth);
      }
    }
  }

  async #child(
    visitor: FileVisitor,
    { name, content }: ArchiveFile,
    containment: Containment,
    depth: number,
  ): Promise<void> {
    this.#allowance.spendEntry();
    const child = visitor.child(name, containment);
    const input = new ByteStream(content);
    try {
      await this.file(child, name, input, depth + 1, null);
    } finally {
      child.end();
      await input.close();
    }
  }

  /** The directory is at the archive's end, so an archive within another is held in memory. */
  async #openZip(
    visitor: FileVisitor,
    own: ByteStream,
    depth: number,
    access: RandomAccess | null,
  ): Promise<void> {
    const bytes = access ?? (await this.#hold(visitor, own));
    if (bytes === null) return;
    const { readZip } = await import("./zip.ts");
    for await (const item of readZip(bytes)) {
      if (item.kind === "unopened") {
        visitor.unopened(item.error.code);
        continue;
      }
      try {
        await this.#child(visitor, item.file, "entry", depth);
      } catch (error) {
        this.#unopened(visitor, "zip", error);
      }
    }
    if (access === null) this.#allowance.release(bytes.size);
  }

  async #openXz(visitor: FileVisitor, name: string, own: ByteStream, depth: number): Promise<void> {
    if (this.#xzIsOpen) return await this.#deferXz(visitor, name, own, depth);
    this.#xzIsOpen = true;
    try {
      const { throughXz } = await import("./xz.ts");
      await this.#child(visitor, { name: nameWithin(name), content: throughXz(own) }, "content", depth);
    } finally {
      this.#xzIsOpen = false;
    }
  }

  async #deferXz(visitor: FileVisitor, name: string, own: ByteStream, depth: number): Promise<void> {
    const bytes = await this.#hold(visitor, own);
    if (bytes === null) return;
    this.#deferred.push(async () => {
      try {
        await this.#openXz(visitor, name, new ByteStream(readRange(bytes, 0, bytes.size)), depth);
      } catch (error) {
        this.#unopened(visitor, "xz", error);
      }
      this.#allowance.release(bytes.size);
    });
  }

  /** The rest of the stream; null, and a gap, if that is too much. */
  async #hold(visitor: FileVisitor, own: ByteStream): Promise<RandomAccess | null> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of own) {
      if (!this.#allowance.mayHold(chunk.length)) {
        this.#allowance.release(length);
        visitor.notRead(
          `archives in archives, together larger than ${megabytes(this.#allowance.limits.heldBytes)}`,
        );
        return null;
      }
      length += chunk.length;
      chunks.push(chunk.slice());
    }
    return inMemory(Buffer.concat(chunks));
  }
}
