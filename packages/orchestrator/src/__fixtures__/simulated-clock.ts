import type { Clock } from "@signalbox/contracts";

/** A clock that moves when it is told to, and lets promises settle in between. */
export class SimulatedClock implements Clock {
  #now = 1_700_000_000_000;
  readonly #timers = new Set<{ readonly dueAt: number; readonly callback: () => void }>();

  now(): number {
    return this.#now;
  }

  setTimer(delayMs: number, callback: () => void): Disposable {
    const timer = { dueAt: this.#now + delayMs, callback };
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => void this.#timers.delete(timer) };
  }

  async yield(): Promise<void> {
    await Promise.resolve();
  }

  get pending(): number {
    return this.#timers.size;
  }

  async advance(byMs: number): Promise<void> {
    const until = this.#now + byMs;
    await settle();
    for (;;) {
      const due = [...this.#timers]
        .filter((timer) => timer.dueAt <= until)
        .toSorted((a, b) => a.dueAt - b.dueAt)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.dueAt);
      due.callback();
      await settle();
    }
    this.#now = until;
    await settle();
  }
}

/** Lets everything run that waits for nothing but promises. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}
