/** One queue per key: work of one key runs in order, work of different keys side by side. */
export class SerialQueues {
  readonly #tails = new Map<string, Promise<void>>();

  /** Rejects as `work` does; what comes after it runs all the same. */
  async add(key: string, work: () => Promise<void>): Promise<void> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const done = before.then(work);
    const tail = done.catch(() => undefined);
    this.#tails.set(key, tail);
    try {
      await done;
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }
}
