/** Tracks work that runs after its request is answered: webhooks in flight, pushes being processed. */
export interface Background {
  run(work: () => Promise<void>): void;
  /** Resolves when no work is left; throws the first error that any work ended with. */
  idle(): Promise<void>;
}

export function createBackground(): Background {
  const running = new Set<Promise<void>>();
  const errors: unknown[] = [];
  return {
    run(work) {
      const promise = work()
        .catch((error: unknown) => {
          errors.push(error);
        })
        .finally(() => running.delete(promise));
      running.add(promise);
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
      const [first] = errors.splice(0);
      if (first !== undefined)
        throw new Error("Background work of the local GitHub failed.", { cause: first });
    },
  };
}
