/** Runs work under one name strictly one after another, in the order of asking. Holds for one process. */
export interface KeyedLock {
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

export function createKeyedLock(): KeyedLock {
  const tails = new Map<string, Promise<void>>();
  return {
    async run(key, work) {
      const before = tails.get(key) ?? Promise.resolve();
      const done = Promise.withResolvers<void>();
      const tail = before.then(() => done.promise);
      tails.set(key, tail);
      await before;
      try {
        return await work();
      } finally {
        done.resolve();
        if (tails.get(key) === tail) tails.delete(key);
      }
    },
  };
}
