/** Reads a whole history in a process of its own, which gives way to everything else on the machine. */
import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { beNice } from "../../source/index.ts";
import { apartMessageSchema } from "./apart-message.ts";
import type { ApartOptions, HistoryRead } from "./apart-message.ts";

export type { HistoryRead } from "./apart-message.ts";

const PROGRAM = fileURLToPath(new URL("apart.ts", import.meta.url));
/** Variables of this process that it may see: how to find git, and where to put what does not fit memory. */
const INHERITED = ["PATH", "TMPDIR"];
/** Standard error that is kept: it says why the process failed. */
const MAX_STDERR = 4096;
/** As for `npm run scan`: 100 MB less for a history as long as that of rails. */
const NODE_OPTIONS = ["--max-semi-space-size=4"];
/** From asking the process to end until it is killed. */
const END_MS = 2000;

export interface ApartRequest {
  readonly gitDirectory: string;
  /** Commits and tags whose history was read before; none: everything is read. */
  readonly known: readonly string[];
  /** Files that a reading before found something in, by id, with the fingerprints. */
  readonly holders: ReadonlyMap<string, readonly string[]>;
  /** Bounds the age that a key may claim. */
  readonly now: Date;
  /** Findings that are reported at most. */
  readonly maxFindings: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** By how much it gives way to other processes, from 0 to 19. */
  readonly niceness: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: HistoryShare) => void;
}

/** How far a reading is. */
export interface HistoryShare {
  readonly objects: number;
  readonly bytes: number;
  /** From 0 to 1. */
  readonly share: number;
}

/** The process that read a history failed or was ended. Reading again may work. */
export class HistoryProcessError extends Error {
  override readonly name = "HistoryProcessError";
  readonly retry = "soon";
  /** The end of its standard error, for the log. */
  readonly output: string;

  constructor(message: string, output: string, options?: ErrorOptions) {
    super(message, options);
    this.output = output;
  }
}

/**
 * Reads the history that is in a folder.
 *
 * @throws HistoryProcessError
 */
export async function readHistoryApart(request: ApartRequest): Promise<HistoryRead> {
  const { signal } = request;
  signal.throwIfAborted();
  const child = spawn(process.execPath, [...NODE_OPTIONS, PROGRAM], {
    env: environmentOf(request),
    cwd: "/",
    stdio: ["pipe", "pipe", "pipe"],
  });
  // At once, so that every process which it starts inherits it.
  beNice(child.pid, request.niceness);
  const ended = once(child, "close");
  ended.catch(() => null);
  let timer: NodeJS.Timeout | null = null;
  const end = (): void => {
    child.stdin.end();
    timer = setTimeout(() => child.kill("SIGKILL"), END_MS);
  };
  signal.addEventListener("abort", end, { once: true });
  let output = "";
  child.stdin.on("error", () => {
    // The exit says why the other end is gone.
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output = (output + text).slice(-MAX_STDERR);
  });
  try {
    child.stdin.write(`${JSON.stringify(optionsOf(request))}\n`);
    const answer = await answerOf(child, request.onProgress);
    await ended;
    signal.throwIfAborted();
    if (answer === null)
      throw new HistoryProcessError("The process that read the history ended early.", output);
    if (typeof answer === "string") throw new HistoryProcessError(answer, output);
    return answer;
  } finally {
    signal.removeEventListener("abort", end);
    if (timer !== null) clearTimeout(timer);
    child.stdin.end();
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  }
}

function environmentOf({ environment }: ApartRequest): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(inherited);
}

function optionsOf(request: ApartRequest): ApartOptions {
  const { gitDirectory, known, holders, now, maxFindings } = request;
  return {
    gitDirectory,
    environment: environmentOf(request),
    known: [...known],
    holders: [...holders].map(([blob, fingerprints]) => [blob, [...fingerprints]]),
    now: now.toISOString(),
    // One core is left to pushes.
    pipelines: 1,
    maxFindings,
  };
}

/** What the process said last: what it read, why it could not; null: nothing. */
async function answerOf(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  onProgress: (progress: HistoryShare) => void,
): Promise<HistoryRead | string | null> {
  let answer: HistoryRead | string | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    const message = apartMessageSchema.parse(JSON.parse(line));
    if (message.kind === "progress") onProgress(message);
    else if (message.kind === "failed") answer = message.problem;
    else answer = message;
  }
  return answer;
}
