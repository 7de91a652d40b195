import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Logger } from "pino";

const READY = "database system is ready to accept connections";
const LEVELS = { WARNING: "warn", ERROR: "warn", FATAL: "warn", PANIC: "error" } as const;

/** What a server's log says while it starts. */
export interface ServerLog {
  /** Resolves when the server accepts connections. */
  readonly ready: Promise<void>;
  /** The last line that says why the server cannot continue. */
  lastFailure(): string;
}

/**
 * Passes the server's lines to the log of the process, at the matching level. PostgreSQL is told to write neither
 * statements nor details, so no line contains a row's content.
 *
 * @param stopping once aborted, closed connections are expected and not logged as problems
 */
export function followServerLog(output: Readable, log: Logger, stopping: AbortSignal): ServerLog {
  const ready = Promise.withResolvers<void>();
  let failure = "";
  createInterface({ input: output }).on("line", (line) => {
    const [, word = "LOG", text = line] = /^(?:\d+ )?([A-Z]+):\s+(.*)$/.exec(line) ?? [];
    if (word === "FATAL" || word === "PANIC") failure = text;
    // What it says before its log begins, for example of a file that it may not read.
    if (line.startsWith("postgres: ")) failure = line;
    log[isLevel(word) && !stopping.aborted ? LEVELS[word] : "debug"]({ from: "postgresql" }, text);
    if (text.includes(READY)) ready.resolve();
  });
  return { ready: ready.promise, lastFailure: () => failure };
}

function isLevel(word: string): word is keyof typeof LEVELS {
  return Object.hasOwn(LEVELS, word);
}
