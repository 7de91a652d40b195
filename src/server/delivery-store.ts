/**
 * Stores deliveries. Those that arrive during one statement share the next, so a burst needs few commits and a single
 * delivery does not wait. A failure that may pass is retried until the answer is due; one delivery that cannot be stored
 * does not affect the others.
 */
import { setTimeout as wait } from "node:timers/promises";

export interface StoreOptions<Delivery> {
  /** Stores all or none, on disk when it resolves. */
  readonly store: (deliveries: readonly Delivery[]) => Promise<void>;
  /** How long a delivery is tried. */
  readonly tryMs: number;
  readonly pauseMs?: number;
}

export interface DeliveryStore<Delivery> {
  /** Resolves when the delivery is on disk. */
  add(delivery: Delivery): Promise<void>;
}

interface Waiting<Delivery> {
  readonly delivery: Delivery;
  readonly deadline: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Keeps one statement small: at a hundred deliveries a second, a batch has a few. */
const MAX_BATCH = 200;
const PAUSE_MS = 100;

export function createDeliveryStore<Delivery>(options: StoreOptions<Delivery>): DeliveryStore<Delivery> {
  const { store, tryMs, pauseMs = PAUSE_MS } = options;
  const waiting: Waiting<Delivery>[] = [];
  let writing = false;

  async function write(): Promise<void> {
    if (writing) return;
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MAX_BATCH);
      const failed = await storeOrSplit(batch);
      if (failed.length === 0) continue;
      waiting.unshift(...failed);
      await wait(pauseMs);
    }
    writing = false;
  }

  /** @returns the deliveries to retry */
  async function storeOrSplit(batch: readonly Waiting<Delivery>[]): Promise<Waiting<Delivery>[]> {
    try {
      await store(batch.map(({ delivery }) => delivery));
      for (const { resolve } of batch) resolve();
      return [];
    } catch (error) {
      if (mayPass(error)) {
        const late = batch.filter(({ deadline }) => performance.now() + pauseMs >= deadline);
        for (const { reject } of late) reject(error);
        return batch.filter((one) => !late.includes(one));
      }
      const [only, ...others] = batch;
      if (others.length === 0) {
        only?.reject(error);
        return [];
      }
      const again: Waiting<Delivery>[] = [];
      for (const one of batch) again.push(...(await storeOrSplit([one])));
      return again;
    }
  }

  return {
    add(delivery) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting.push({ delivery, deadline: performance.now() + tryMs, resolve, reject });
      void write();
      return promise;
    },
  };
}

function mayPass(error: unknown): boolean {
  return error instanceof Error && "retry" in error && error.retry === "soon";
}
