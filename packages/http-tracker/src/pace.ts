import { setTimeout as wait } from "node:timers/promises";
import { Turns } from "./turns.ts";

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
