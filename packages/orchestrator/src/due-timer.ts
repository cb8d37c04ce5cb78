import type { Clock } from "@signalbox/contracts";

const longestTimerMs = 2 ** 31 - 1;

/** The one timer of the decision path: wakes up when something in the state falls due. */
export class DueTimer {
  readonly #clock: Clock;
  readonly #onDue: () => void;
  #armedFor: number | null = null;
  #timer: Disposable | null = null;

  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Arms it for this instant, or disarms it. */
  arm(dueAt: number | null): void {
    if (dueAt === this.#armedFor) return;
    this.close();
    if (dueAt === null) return;
    this.#armedFor = dueAt;
    const delayMs = Math.min(Math.max(dueAt - this.#clock.now(), 0), longestTimerMs);
    this.#timer = this.#clock.setTimer(delayMs, () => {
      this.#armedFor = null;
      this.#timer = null;
      this.#onDue();
    });
  }

  close(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    this.#armedFor = null;
  }
}
