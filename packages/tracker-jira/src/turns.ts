import { setTimeout as wait } from "node:timers/promises";

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

/** Turns with a distance between their starts. */
export class Pace {
  readonly #turns = new Turns();
  readonly #intervalMs: number;
  readonly #now: () => number;
  #nextAt = 0;

  /** `now` in milliseconds of a clock that does not go back. */
  constructor(intervalMs: number, now: () => number = () => performance.now()) {
    this.#intervalMs = intervalMs;
    this.#now = now;
  }

  async take<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    return this.#turns.take(signal, async () => {
      await pause(this.#nextAt - this.#now(), signal);
      this.#nextAt = this.#now() + this.#intervalMs;
      return work();
    });
  }
}

/** Rejects with the signal's reason as soon as it is aborted. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (milliseconds <= 0) return;
  try {
    await wait(milliseconds, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
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
