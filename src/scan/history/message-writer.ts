/** Writes what a reader process says, synchronously and in few pieces. */
import { writeSync } from "node:fs";
import type { ReaderMessage } from "./message.ts";

/** Characters of messages that wait to be written together. */
const MAX_WAITING = 1 << 16;

export const STDIN = 0;
const STDOUT = 1;
/** Where the ids go that objects name. */
export const REFERENCES = 3;

export class MessageWriter {
  readonly #isSingle: boolean;
  #waiting = "";

  /** @param isSingle writes each message at once */
  constructor(isSingle: boolean) {
    this.#isSingle = isSingle;
  }

  write(message: ReaderMessage): void {
    this.#waiting += `${JSON.stringify(message)}\n`;
    // A report frees what was asked for.
    if (this.#waiting.length > MAX_WAITING || this.#isSingle || message.kind === "read") this.flush();
  }

  flush(): void {
    writeAll(STDOUT, Buffer.from(this.#waiting));
    this.#waiting = "";
  }
}

export function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}
