/**
 * Threads that take a first look at files while this one walks, looks at others and scans what has to be scanned. This
 * thread blocks while it works, so it asks for answers rather than being told; it waits for one only when all is handed out.
 */
import { availableParallelism } from "node:os";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";

/** What a thread is asked: to look at these files. */
export interface LookRequest {
  readonly number: number;
  readonly locations: readonly string[];
}

/** Its answer to the request with this number: see `FirstLook.sizesOf`. */
export interface LookAnswer {
  readonly number: number;
  readonly sizes: Int32Array<ArrayBuffer>;
}

/** Threads besides this one: more of them wait for the file system. */
const MAX_THREADS = 3;
/** How many requests a thread has queued: enough to keep it busy. */
const MAX_OPEN = 3;

/** Beside this file in the sources, and in the package, where it is compiled. */
const STARTER = "look-thread";

interface Thread {
  readonly worker: Worker;
  readonly port: MessagePort;
  /** Numbers of the requests that it has not answered. */
  readonly open: Set<number>;
  isDead: boolean;
}

export class LookThreads {
  readonly #threads: readonly Thread[];
  readonly #answers = new Map<number, Int32Array | null>();
  #wake: (() => void) | null = null;
  #number = 0;

  private constructor(count: number) {
    this.#threads = Array.from({ length: count }, () => this.#start());
  }

  /** Null on a machine with one processor, or where no thread may be started: then the caller does all the work. */
  static start(): LookThreads | null {
    const count = Math.min(MAX_THREADS, availableParallelism() - 1);
    if (count < 1) return null;
    try {
      return new LookThreads(count);
    } catch {
      return null;
    }
  }

  #start(): Thread {
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(new URL(`${STARTER}.js`, import.meta.url), {
      workerData: { port: port2 },
      transferList: [port2],
      stdout: true,
      stderr: true,
    });
    const thread: Thread = { worker, port: port1, open: new Set(), isDead: false };
    port1.on("message", (answer: LookAnswer) => {
      this.#take(thread, answer);
    });
    // What a dead thread was asked is left to this one. An error ends the thread, so "exit" follows.
    worker.on("error", () => {
      thread.isDead = true;
    });
    worker.on("exit", () => {
      thread.isDead = true;
      for (const number of thread.open) this.#answers.set(number, null);
      thread.open.clear();
      this.#wake?.();
    });
    return thread;
  }

  /** Hands the files to a thread that has little to do. Null if each has enough. */
  ask(locations: readonly string[]): number | null {
    this.#poll();
    const [idlest] = this.#threads
      .filter(({ isDead, open }) => !isDead && open.size < MAX_OPEN)
      .toSorted((a, b) => a.open.size - b.open.size);
    if (idlest === undefined) return null;
    const number = this.#number++;
    const request: LookRequest = { number, locations };
    idlest.open.add(number);
    idlest.port.postMessage(request, []);
    return number;
  }

  /** The answer to a request, once; undefined if there is none yet, null if there will be none. */
  take(number: number): Int32Array | null | undefined {
    this.#poll();
    const answer = this.#answers.get(number);
    if (answer !== undefined) this.#answers.delete(number);
    return answer;
  }

  /** Waits until there is an answer, or will be none. */
  async wait(number: number): Promise<void> {
    while (!this.#answers.has(number)) {
      await new Promise<undefined>((resolve) => {
        this.#wake = () => {
          resolve(undefined);
        };
      });
    }
  }

  async close(): Promise<void> {
    for (const { port } of this.#threads) port.close();
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #poll(): void {
    for (const thread of this.#threads) {
      for (;;) {
        const received: { readonly message: LookAnswer } | undefined = receiveMessageOnPort(thread.port);
        if (received === undefined) break;
        this.#take(thread, received.message);
      }
    }
  }

  #take(thread: Thread, { number, sizes }: LookAnswer): void {
    thread.open.delete(number);
    this.#answers.set(number, sizes);
    this.#wake?.();
  }
}
