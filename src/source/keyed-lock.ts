/** Lets one task at a time run for each key, in the order in which they came. */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<void>>();

  isHeld(key: string): boolean {
    return this.#tails.has(key);
  }

  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#tails.set(key, promise);
    await before;
    try {
      return await task();
    } finally {
      resolve(undefined);
      if (this.#tails.get(key) === promise) this.#tails.delete(key);
    }
  }
}
