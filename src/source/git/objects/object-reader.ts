/**
 * Reads objects from a mirror by one long-lived `git cat-file --batch-command` (git 2.36 and newer), with many requests
 * under way at once: git answers in order. An object that is missing is an answer, not an error; a reader never fetches.
 */
import { GitError } from "../process/git-error.ts";
import { GitProcess } from "../process/git-process.ts";
import type { Mirror } from "../mirror/mirror.ts";

export type ObjectInfo = { readonly type: string; readonly size: number } | null;
export type ObjectRead =
  | { readonly kind: "object"; readonly type: string; readonly bytes: Uint8Array }
  | { readonly kind: "too_large"; readonly type: string; readonly size: number }
  | { readonly kind: "missing" };

interface Pending {
  readonly wantsContent: boolean;
  readonly maxBytes: number;
  readonly resolve: (read: ObjectRead | { readonly kind: "info"; readonly info: ObjectInfo }) => void;
  readonly reject: (error: unknown) => void;
}

/** The part of a reader that a walk over history needs. */
export type ObjectLookup = Pick<ObjectReader, "info" | "read">;

const LINE_FEED = 0x0a;

/** Requests need not wait for the one before. Each answer has the time limit of a read. */
export class ObjectReader {
  readonly #git: GitProcess;
  readonly #timeLimit: number;
  readonly #queue: Pending[] = [];
  #timer: NodeJS.Timeout | null = null;
  #commands = "";
  #header: Uint8Array[] = [];
  #body: { type: string; bytes: Uint8Array | null; size: number; filled: number } | null = null;

  constructor(mirror: Mirror, timeLimit: number, signal: AbortSignal) {
    this.#timeLimit = timeLimit;
    this.#git = new GitProcess({
      args: ["cat-file", "--batch-command"],
      environment: mirror.readingEnvironment(),
      timeLimit: null,
      signal,
    });
    void this.#pump();
  }

  async info(id: string): Promise<ObjectInfo> {
    const answer = await this.#ask(`info ${id}\n`, false, 0);
    return answer.kind === "info" ? answer.info : null;
  }

  /** Reads an object of at most `maxBytes`; returns only the size of a larger one. */
  async read(id: string, maxBytes: number): Promise<ObjectRead> {
    const answer = await this.#ask(`contents ${id}\n`, true, maxBytes);
    return answer.kind === "info" ? { kind: "missing" } : answer;
  }

  /** Ends the process; requests that still wait are rejected. */
  close(): void {
    this.#stopTimer();
    this.#git.kill(new GitError("aborted", "The reader of objects was closed"));
  }

  async #ask(
    command: string,
    wantsContent: boolean,
    maxBytes: number,
  ): Promise<ObjectRead | { readonly kind: "info"; readonly info: ObjectInfo }> {
    if (this.#git.failure !== null) throw this.#git.failure;
    const answer = new Promise<ObjectRead | { readonly kind: "info"; readonly info: ObjectInfo }>(
      (resolve, reject) => {
        this.#queue.push({ wantsContent, maxBytes, resolve, reject });
      },
    );
    if (this.#timer === null) this.#startTimer();
    if (this.#commands === "") queueMicrotask(() => this.#sendCommands());
    this.#commands += command;
    return await answer;
  }

  /** Requests made in one turn of the event loop go to git in one write. */
  #sendCommands(): void {
    const commands = this.#commands;
    this.#commands = "";
    this.#git.send(commands);
  }

  async #pump(): Promise<void> {
    let failure: unknown = null;
    try {
      for await (const chunk of this.#git.output) this.#take(chunk);
      await this.#git.done;
    } catch (error) {
      failure = error;
    }
    this.#stopTimer();
    failure ??= new GitError("failed", "git cat-file ended before its last answer");
    for (const pending of this.#queue.splice(0)) pending.reject(failure);
  }

  #take(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length)
      at = this.#body === null ? this.#takeHeader(chunk, at) : this.#takeBody(chunk, at);

    if (this.#queue.length > 0) this.#startTimer();
  }

  #takeHeader(chunk: Uint8Array, at: number): number {
    const end = chunk.indexOf(LINE_FEED, at);
    if (end === -1) {
      this.#header.push(chunk.slice(at));
      return chunk.length;
    }
    const line = Buffer.concat([...this.#header, chunk.subarray(at, end)]).toString("latin1");
    this.#header = [];
    const [, type = "", size = ""] = line.split(" ");
    const pending = this.#queue[0];
    if (!/^\d+$/.test(size) || pending === undefined) {
      this.#answer(pending?.wantsContent === true ? { kind: "missing" } : { kind: "info", info: null });
    } else if (!pending.wantsContent) {
      this.#answer({ kind: "info", info: { type, size: Number(size) } });
    } else {
      const length = Number(size);
      const bytes = length <= pending.maxBytes ? new Uint8Array(length) : null;
      this.#body = { type, bytes, size: length, filled: 0 };
    }
    return end + 1;
  }

  #takeBody(chunk: Uint8Array, at: number): number {
    const body = this.#body;
    if (body === null) return at;
    const piece = chunk.subarray(at, at + body.size - body.filled);
    body.bytes?.set(piece, body.filled);
    body.filled += piece.length;
    const next = at + piece.length;
    // A line feed follows the content.
    if (body.filled < body.size || next === chunk.length) return next;
    this.#body = null;
    this.#answer(
      body.bytes === null
        ? { kind: "too_large", type: body.type, size: body.size }
        : { kind: "object", type: body.type, bytes: body.bytes },
    );
    return next + 1;
  }

  #answer(answer: ObjectRead | { readonly kind: "info"; readonly info: ObjectInfo }): void {
    this.#queue.shift()?.resolve(answer);
    if (this.#queue.length === 0) this.#stopTimer();
  }

  #startTimer(): void {
    this.#stopTimer();
    this.#timer = setTimeout(() => {
      this.#git.kill(new GitError("timeout", `git cat-file gave no answer for ${this.#timeLimit} ms`));
    }, this.#timeLimit);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
