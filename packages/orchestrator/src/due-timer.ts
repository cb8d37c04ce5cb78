import type { Clock } from "@signalbox/contracts";

const longestTimerMs = 2 ** 31 - 1;
/** Who rings later than this was stopped, or busy: what has come meanwhile is heard first. */
const longestLateMs = 500;
const hearMs = 1_000;

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
    const armedAt = this.#clock.now();
    const delayMs = Math.min(Math.max(dueAt - armedAt, 0), longestTimerMs);
    this.#timer = this.#clock.setTimer(delayMs, () => {
      if (this.#clock.now() - armedAt - delayMs <= longestLateMs) this.#ring();
      else this.#timer = this.#clock.setTimer(hearMs, () => this.#ring());
    });
  }

  close(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    this.#armedFor = null;
  }

  #ring(): void {
    this.#armedFor = null;
    this.#timer = null;
    this.#onDue();
  }
}
