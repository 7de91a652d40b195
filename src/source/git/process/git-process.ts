/**
 * One run of git: its environment, its time limits, its end. Every call goes through here, so no process outlives
 * its caller, no token reaches an argument or a message, and a silent process is killed.
 */
import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { setPriority } from "node:os";
import { errorOfExit, GitError } from "./git-error.ts";

/** Bytes of standard error that are kept: the last ones say why. */
const MAX_STDERR = 16 * 1024;

export interface GitCall {
  /** Subcommand first. Nothing secret: arguments are visible to every user of the machine. */
  readonly args: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds until the whole process group is killed; null where the caller watches the time itself. */
  readonly timeLimit: number | null;
  /** Milliseconds without output on standard error until it is killed, unless `keepAlive` is called; null if silence is normal. */
  readonly idleLimit?: number | null;
  readonly signal: AbortSignal;
  /** By how much it gives way to other processes, from 0 to 19; default 0. */
  readonly niceness?: number;
  /** Bytes of memory of its own, where the system can limit that (Linux): beyond, git ends with `out_of_memory`. */
  readonly memoryLimit?: number;
  /** Texts that no message may contain. */
  readonly secrets?: readonly string[];
}

/**
 * One run of git in its own process group, so its helpers (`git-remote-https`, `index-pack`) die with it.
 * `done` settles when every process that holds its output has ended.
 */
export class GitProcess {
  readonly done: Promise<void>;
  readonly #call: GitCall;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #timer: NodeJS.Timeout | null;
  readonly #idleTimer: NodeJS.Timeout | null;
  #failure: GitError | null = null;
  #stderr = "";
  #ended = false;

  constructor(call: GitCall) {
    this.#call = call;
    const [subcommand] = call.args;
    const [program, args] = commandOf(call);
    this.#child = spawn(program, args, { env: call.environment, detached: true, stdio: "pipe", cwd: "/" });
    beNice(this.#child.pid, call.niceness ?? 0);
    const { timeLimit, signal } = call;
    this.#timer =
      timeLimit === null
        ? null
        : setTimeout(() => {
            this.kill(new GitError("timeout", `git ${subcommand} took longer than ${timeLimit} ms`));
          }, timeLimit);
    const idleLimit = call.idleLimit ?? null;
    this.#idleTimer =
      idleLimit === null
        ? null
        : setTimeout(() => {
            this.kill(new GitError("stalled", `git ${subcommand} received nothing for ${idleLimit} ms`));
          }, idleLimit);
    const abort = (): void =>
      this.kill(new GitError("aborted", `git ${subcommand} was called off`, { cause: signal.reason }));
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();

    this.#child.stdin.on("error", () => {
      // The exit says why the other end is gone.
    });
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.keepAlive();
      this.#stderr = (this.#stderr + text).slice(-MAX_STDERR);
    });
    this.done = this.#settle().finally(() => {
      this.#ended = true;
      if (this.#timer !== null) clearTimeout(this.#timer);
      if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
      signal.removeEventListener("abort", abort);
    });
    // The reader of the output meets the failure there; `done` may go unobserved.
    this.done.catch(() => null);
  }

  /** Standard output as it comes; ends early, without an error, when the process is killed. */
  get output(): AsyncIterable<Uint8Array> {
    return this.#child.stdout;
  }

  get failure(): GitError | null {
    return this.#failure;
  }

  /** Writes to standard input; data that the process has not read yet waits in memory. */
  send(text: string): void {
    if (!this.#ended && this.#child.stdin.writable) this.#child.stdin.write(text);
  }

  endInput(text?: string): void {
    if (text === undefined) this.#child.stdin.end();
    else this.#child.stdin.end(text);
  }

  /** Tells the time limit without output that something arrived. */
  keepAlive(): void {
    if (!this.#ended) this.#idleTimer?.refresh();
  }

  /** Kills git and all its helpers; `done` then rejects with the reason. */
  kill(reason: GitError): void {
    this.#failure ??= reason;
    if (this.#ended || this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, "SIGKILL");
    } catch {
      this.#child.kill("SIGKILL");
    }
  }

  async #settle(): Promise<void> {
    const [subcommand] = this.#call.args;
    const exit = await new Promise<string>((resolve, reject) => {
      this.#child.once("error", (cause) => {
        reject(
          new GitError("no_git", "The git program could not be started; install git 2.38 or newer", {
            cause,
          }),
        );
      });
      this.#child.once("close", (code, signal) =>
        resolve(code === null ? `signal ${signal ?? "?"}` : `code ${code}`),
      );
    });
    if (this.#failure !== null) throw this.#failure;
    if (exit === "code 0") return;
    this.#failure = errorOfExit(subcommand, exit, redact(this.#stderr, this.#call.secrets ?? []));
    throw this.#failure;
  }
}

/** Sets the limit, and becomes git: only a shell can do that for a process that it starts. What it runs is fixed. */
const LIMITED = 'ulimit -d "$0" 2>/dev/null; exec git "$@"';

function commandOf({ args, memoryLimit }: GitCall): readonly [string, readonly string[]] {
  if (memoryLimit === undefined || process.platform !== "linux") return ["git", args];
  return ["sh", ["-c", LIMITED, String(Math.ceil(memoryLimit / 1024)), ...args]];
}

/** Lets a process give way to others. Where the system refuses, it runs as any. */
export function beNice(pid: number | undefined, niceness: number): void {
  if (pid === undefined || niceness === 0) return;
  try {
    setPriority(pid, niceness);
  } catch {
    // It has ended, or the system knows no priorities.
  }
}

/** Runs git to its end and returns its whole output, of at most `maxOutput` bytes. */
export async function runGit(call: GitCall, input: string, maxOutput: number): Promise<Uint8Array> {
  const git = new GitProcess(call);
  git.endInput(input);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of git.output) {
    git.keepAlive();
    length += chunk.length;
    if (length > maxOutput) {
      git.kill(new GitError("too_many_bytes", `git ${call.args[0]} wrote more than ${maxOutput} bytes`));
      break;
    }
    chunks.push(chunk);
  }
  await git.done;
  return Buffer.concat(chunks);
}

function redact(text: string, secrets: readonly string[]): string {
  let redacted = text;
  for (const secret of secrets) if (secret !== "") redacted = redacted.replaceAll(secret, "[redacted]");

  return redacted.replaceAll(/\/\/[^/@\s]+@/g, "//[redacted]@");
}
