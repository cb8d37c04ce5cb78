import type { Clock } from "@signalbox/contracts";

interface Timer {
  readonly dueAt: number;
  readonly callback: () => void;
}

/** Time that passes only when a test says so. */
export class ManualClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now = 1_700_000_000_000;

  now(): number {
    return this.#now;
  }

  setTimer(delayMs: number, callback: () => void): Disposable {
    const timer = { dueAt: this.#now + delayMs, callback };
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }

  async yield(): Promise<void> {
    await new Promise(setImmediate);
  }

  /** Calls what comes due on the way. */
  advance(ms: number): void {
    this.#now += ms;
    for (const timer of this.#timers) {
      if (timer.dueAt > this.#now) continue;
      this.#timers.delete(timer);
      timer.callback();
    }
  }
}
