/** Work that nobody waits for at once (webhooks under way, a push being processed), and the moment when none is left. */
export interface Background {
  run(work: () => Promise<void>): void;
  /** Resolves when nothing is under way; throws the first error that any of it ended in. */
  idle(): Promise<void>;
}

export function createBackground(): Background {
  const underWay = new Set<Promise<void>>();
  const errors: unknown[] = [];
  return {
    run(work) {
      const promise = work()
        .catch((error: unknown) => {
          errors.push(error);
        })
        .finally(() => underWay.delete(promise));
      underWay.add(promise);
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
      const [first] = errors.splice(0);
      if (first !== undefined)
        throw new Error("Work in the background of the local GitHub failed.", { cause: first });
    },
  };
}
