/**
 * A reader process. Either one `git cat-file --batch` writes straight to its standard input, so no byte of an object passes
 * through this process; then ids are asked for. Or it reads packs itself, and requests go to it.
 */
import { spawn } from "node:child_process";
import type { ChildProcess, ChildProcessByStdio } from "node:child_process";
import { Readable } from "node:stream";
import type { Writable } from "node:stream";
import { GitError } from "../process/git-error.ts";
import type { HistoryRepository } from "./history-repository.ts";

/** Takes more than 40 MB off a reader, and no time: its objects live as long as one batch. */
const NODE_OPTIONS = ["--max-semi-space-size=1"];

/** Standard error of the reader that is kept: it says why a reader failed. */
const MAX_STDERR = 4096;

export interface Reader {
  /** A program for Node: it reads the output of `git cat-file --batch` with `readObjects`, or requests. */
  readonly program: string;
  readonly args: readonly string[];
}

/** How a pipeline ended. Git may die on an object that is damaged; the reader must not. */
export interface PipelineEnd {
  readonly gitFailed: boolean;
  readonly readerFailed: boolean;
  /** The end of what the reader wrote to standard error. */
  readonly readerErrors: string;
}

export class ObjectPipeline {
  readonly done: Promise<PipelineEnd>;
  readonly #git: ChildProcessByStdio<Writable, Readable, null> | null;
  readonly #requests: Writable;
  readonly #reader: ChildProcess;
  readonly #output: Readable;
  readonly #references: Readable;
  #readerErrors = "";

  /** @param repository what git reads from; null for a reader that reads packs itself */
  constructor(repository: HistoryRepository | null, { program, args }: Reader) {
    // Groups of their own: Ctrl-C reaches only this process, which ends them in order.
    this.#git =
      repository === null
        ? null
        : spawn("git", ["cat-file", "--batch", "--buffer"], {
            env: repository.environment,
            detached: true,
            stdio: ["pipe", "pipe", "ignore"],
            cwd: "/",
          });
    const output = this.#git?.stdout;
    const reader = spawn(process.execPath, [...NODE_OPTIONS, program, ...args], {
      // The reader gets nothing of this process's environment: it needs no secret.
      env: {},
      detached: true,
      stdio: [output ?? "pipe", "pipe", "pipe", "pipe"],
      cwd: "/",
    });
    const [, written, errors, references] = reader.stdio;
    if (!(written instanceof Readable && errors instanceof Readable && references instanceof Readable))
      throw new TypeError("A reader process has no pipes");

    this.#reader = reader;
    this.#output = written;
    this.#references = references;
    output?.destroy();
    const requests = this.#git?.stdin ?? reader.stdin;
    if (requests === null) throw new TypeError("A reader process has no standard input");
    this.#requests = requests;
    requests.on("error", () => {
      // The exit says why the other end is gone.
    });
    errors.setEncoding("utf8").on("data", (text: string) => {
      this.#readerErrors = (this.#readerErrors + text).slice(-MAX_STDERR);
    });
    this.done = this.#settle();
    this.done.catch(() => null);
  }

  /** What the reader writes, as it comes. */
  get output(): AsyncIterable<Uint8Array> {
    return this.#output;
  }

  /** What the reader writes to its file descriptor 3: the references that it meets, of `REFERENCE_BYTES` each. */
  get references(): AsyncIterable<Uint8Array> {
    return this.#references;
  }

  /** Whether git or the reader is there to take requests. */
  get takesRequests(): boolean {
    return this.#requests.writable;
  }

  /** Asks for more objects. Resolves once the request was taken, or no more will be. */
  async request(objects: string | Uint8Array): Promise<void> {
    const requests = this.#requests;
    if (!requests.writable || requests.write(objects)) return;
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        requests.off("drain", settle).off("close", settle);
        resolve();
      };
      requests.on("drain", settle).on("close", settle);
    });
  }

  /** No more objects are wanted; the reader ends once it has read what is under way. */
  endRequests(): void {
    this.#requests.end();
  }

  /** Ends both at once. */
  kill(): void {
    if (this.#git !== null) killGroup(this.#git);
    killGroup(this.#reader);
  }

  async #settle(): Promise<PipelineEnd> {
    const [git, reader] = await Promise.all([
      this.#git === null ? 0 : exitOf(this.#git),
      exitOf(this.#reader),
    ]);
    return {
      gitFailed: git !== 0,
      readerFailed: reader !== 0,
      readerErrors: this.#readerErrors,
    };
  }
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  return await new Promise((resolve, reject) => {
    child.once("error", (cause) => {
      reject(
        new GitError("no_git", "The git program could not be started; install git 2.38 or newer", { cause }),
      );
    });
    child.once("close", (code) => resolve(code));
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
}
