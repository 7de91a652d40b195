/**
 * Reads git objects through `git cat-file --batch-command`. Answers come in the order of the requests, so the reader keeps
 * a queue of them and splits the output by the sizes in its headers.
 */
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import type { GitConfiguration } from "./process.ts";
import { spawnGit } from "./process.ts";

export interface GitObject {
  readonly oid: string;
  readonly type: string;
  readonly size: number;
  readonly bytes: Buffer;
}

/** Reads objects by any name that git resolves. One git process serves all reads. */
export interface ObjectReader {
  read(name: string): Promise<GitObject | null>;
  /** The id and size without the content. */
  look(name: string): Promise<Omit<GitObject, "bytes"> | null>;
  /** Ends the git process after pending reads. The next read starts a new one. */
  close(): Promise<void>;
}

interface Pending {
  readonly withContent: boolean;
  resolve(object: GitObject | null): void;
  reject(error: Error): void;
}

const NOTHING = Buffer.alloc(0);

export function createObjectReader(configuration: GitConfiguration, repository: string): ObjectReader {
  let child: ChildProcessWithoutNullStreams | null = null;
  let closing: Promise<unknown> | null = null;
  const pending: Pending[] = [];
  let header: Omit<GitObject, "bytes"> | null = null;
  let chunks: Buffer[] = [];
  let held = 0;

  function take(length: number): Buffer {
    const all = chunks.length === 1 ? (chunks[0] ?? NOTHING) : Buffer.concat(chunks);
    const rest = all.subarray(length);
    chunks = rest.length > 0 ? [rest] : [];
    held = rest.length;
    return all.subarray(0, length);
  }

  function settle(object: GitObject | null): void {
    pending.shift()?.resolve(object);
  }

  function advance(): void {
    for (;;) {
      if (header === null) {
        const line = chunks.length === 1 ? (chunks[0] ?? NOTHING) : Buffer.concat(chunks);
        chunks = [line];
        const end = line.indexOf(10);
        if (end < 0) return;
        const fields = take(end + 1)
          .toString()
          .trimEnd()
          .split(" ");
        const [oid = "", type = "", size = ""] = fields.slice(-3);
        if (fields.length !== 3 || !/^\d+$/.test(size)) settle(null);
        else if (pending[0]?.withContent === true) header = { oid, type, size: Number(size) };
        else settle({ oid, type, size: Number(size), bytes: NOTHING });
      } else {
        if (held < header.size + 1) return;
        const bytes = Buffer.from(take(header.size + 1).subarray(0, header.size));
        settle({ ...header, bytes });
        header = null;
      }
    }
  }

  function start(): ChildProcessWithoutNullStreams {
    const started = spawnGit(configuration, ["--git-dir", repository, "cat-file", "--batch-command"]);
    started.stdout.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      held += chunk.length;
      if (header === null || held > header.size) advance();
    });
    started.stderr.resume();
    started.stdin.on("error", () => undefined);
    started.on("close", () => {
      child = null;
      chunks = [];
      held = 0;
      header = null;
      for (const one of pending.splice(0)) one.reject(new Error("git cat-file ended before it answered."));
    });
    return started;
  }

  function ask(command: "contents" | "info", name: string): Promise<GitObject | null> {
    if (/[\n\0]/.test(name) || name === "") return Promise.resolve(null);
    if (closing !== null) return closing.then(() => ask(command, name));
    const { promise, resolve, reject } = Promise.withResolvers<GitObject | null>();
    child ??= start();
    pending.push({ withContent: command === "contents", resolve, reject });
    child.stdin.write(`${command} ${name}\n`);
    return promise;
  }

  return {
    read: (name) => ask("contents", name),
    look: (name) => ask("info", name),
    async close() {
      if (child !== null && closing === null) {
        closing = once(child, "close");
        child.stdin.end();
      }
      await closing;
      closing = null;
    },
  };
}
