import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { collectedSchema } from "./collector.ts";
import type { Collected } from "./collector.ts";
import type { Batch } from "./scan-batch.ts";

/** Batches that wait at each worker beside the one it scans: it never idles, and little is held. */
const WAITING = 1;

/** Scans batches, in this thread or in others. */
export interface BatchPool {
  /** Whether another batch can be taken without more than a few waiting. */
  readonly free: boolean;
  scan(batch: Batch): Promise<Collected>;
  close(): Promise<void>;
}

interface Member {
  readonly worker: Worker;
  /** In the order in which their batches were sent. */
  readonly waiting: PromiseWithResolvers<Collected>[];
}

/**
 * A thread for each processor. Needed to stay within ten times ripgrep's time, which uses all of them too
 * (docs/comparison.md); worth its start only where the work is long.
 */
export function createBatchPool(): BatchPool {
  const members = Array.from({ length: availableParallelism() }, startMember);
  const idlest = (): Member | undefined =>
    members.reduce((best, member) => (member.waiting.length < best.waiting.length ? member : best));
  return {
    get free() {
      return members.some((member) => member.waiting.length <= WAITING);
    },
    scan(batch) {
      const member = idlest();
      const result = Promise.withResolvers<Collected>();
      member?.waiting.push(result);
      member?.worker.postMessage(batch, []);
      return result.promise;
    },
    async close() {
      await Promise.all(members.map((member) => member.worker.terminate()));
    },
  };
}

function startMember(): Member {
  const worker = new Worker(new URL("./scan-worker.ts", import.meta.url));
  const waiting: PromiseWithResolvers<Collected>[] = [];
  worker.on("message", (message: unknown) => {
    waiting.shift()?.resolve(collectedSchema.parse(message));
  });
  worker.on("error", (error) => {
    for (const result of waiting.splice(0)) {
      result.reject(error);
    }
  });
  return { worker, waiting };
}
