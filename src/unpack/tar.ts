import { createTarDecoder } from "modern-tar";
import { ArchiveError } from "./archive-error.ts";
import type { ByteStream } from "./byte-stream.ts";

/** One file of an archive. Read all of `content` before asking for the next file. */
export interface ArchiveFile {
  /** As the archive says it: any text, never a path to open. */
  readonly name: string;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * The files of a tar archive, as they come.
 *
 * @throws {ArchiveError} if the archive is damaged, after everything readable was returned
 */
export async function* readTar(input: ByteStream): AsyncGenerator<ArchiveFile, void> {
  const entries = ReadableStream.from(input).pipeThrough(createTarDecoder());
  try {
    for await (const { header, body } of entries)
      if (header.size > 0) yield { name: header.name, content: body };
  } catch (error) {
    throw input.failure ?? new ArchiveError("damaged", "the tar archive is damaged", error);
  }
}
