/**
 * One `git cat-file --batch` whose output goes straight to the standard input of a reader process: no byte passes
 * through this process. Ids go in, whatever the reader writes comes out.
 */
import { spawn } from "node:child_process";
import type { ChildProcess, ChildProcessByStdio } from "node:child_process";
import { Readable } from "node:stream";
import type { Writable } from "node:stream";
import { GitError } from "../process/git-error.ts";
import type { HistoryRepository } from "./history-repository.ts";

/** Takes 40 MB off a reader, and no time: its objects live as long as one batch. */
const NODE_OPTIONS = ["--max-semi-space-size=4"];

/** Standard error of the reader that is kept: it says why a reader failed. */
const MAX_STDERR = 4096;

export interface Reader {
  /** A program for Node that reads the output of `git cat-file --batch` with `readObjects`. */
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
  readonly #git: ChildProcessByStdio<Writable, Readable, null>;
  readonly #reader: ChildProcess;
  readonly #output: Readable;
  readonly #references: Readable;
  #readerErrors = "";

  constructor(repository: HistoryRepository, { program, args }: Reader) {
    // Groups of their own: Ctrl-C reaches only this process, which ends them in order.
    this.#git = spawn("git", ["cat-file", "--batch", "--buffer"], {
      env: repository.environment,
      detached: true,
      stdio: ["pipe", "pipe", "ignore"],
      cwd: "/",
    });
    const output = this.#git.stdout;
    const reader = spawn(process.execPath, [...NODE_OPTIONS, program, ...args], {
      // The reader gets nothing of this process's environment: it needs no secret.
      env: {},
      detached: true,
      stdio: [output, "pipe", "pipe", "pipe"],
      cwd: "/",
    });
    const [, written, errors, references] = reader.stdio;
    if (!(written instanceof Readable && errors instanceof Readable && references instanceof Readable))
      throw new TypeError("A reader process has no pipes");

    this.#reader = reader;
    this.#output = written;
    this.#references = references;
    output.destroy();
    this.#git.stdin.on("error", () => {
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

  /** Whether git is there to take requests. */
  get takesRequests(): boolean {
    return this.#git.stdin.writable;
  }

  /** Asks for more objects. Resolves once git has taken them, or will take no more. */
  async request(ids: string): Promise<void> {
    const { stdin } = this.#git;
    if (!stdin.writable || stdin.write(ids)) return;
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        stdin.off("drain", settle).off("close", settle);
        resolve();
      };
      stdin.on("drain", settle).on("close", settle);
    });
  }

  /** No more objects are wanted; the reader ends once it has read what is under way. */
  endRequests(): void {
    this.#git.stdin.end();
  }

  /** Ends both at once. */
  kill(): void {
    killGroup(this.#git);
    killGroup(this.#reader);
  }

  async #settle(): Promise<PipelineEnd> {
    const [git, reader] = await Promise.all([exitOf(this.#git), exitOf(this.#reader)]);
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
