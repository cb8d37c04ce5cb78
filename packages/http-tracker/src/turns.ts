/** One piece of work at a time, in order. Waiting ends at once when the signal does; work that has begun is its own. */
export class Turns {
  #last: Promise<void> = Promise.resolve();

  async take<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last;
    const { promise: done, resolve } = Promise.withResolvers<void>();
    // Who gives up waiting still hands the turn on, and only after those before it.
    this.#last = before.then(() => done);
    try {
      await untilAborted(before, signal);
      return await work();
    } finally {
      resolve();
    }
  }
}

/** The work's result, or a rejection with the signal's reason as soon as that is aborted. The work itself goes on. */
async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
