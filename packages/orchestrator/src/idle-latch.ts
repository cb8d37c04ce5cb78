import type { Clock } from "@signalbox/contracts";

/** Work that is under way, and a way to wait until none is. */
export class IdleLatch {
  readonly #clock: Clock;
  readonly #restMs: number;
  readonly #busy = new Set<unknown>();
  #rest: Disposable | null = null;
  #idle: PromiseWithResolvers<void> | null = null;

  /** `restMs`: for how long after the last of it more is to be expected. */
  constructor(clock: Clock, restMs: number) {
    this.#clock = clock;
    this.#restMs = restMs;
  }

  /** `work` stands for itself: added twice, it is over when it is removed once. */
  add(work: unknown): void {
    this.#busy.add(work);
    this.#endRest();
  }

  delete(work: unknown): void {
    if (!this.#busy.delete(work) || this.#busy.size > 0) return;
    if (this.#restMs === 0) this.#settle();
    else this.#rest = this.#clock.setTimer(this.#restMs, () => this.#settle());
  }

  clear(): void {
    this.#busy.clear();
    this.#settle();
  }

  async idle(): Promise<void> {
    if (this.#busy.size === 0 && this.#rest === null) return;
    this.#idle ??= Promise.withResolvers<void>();
    await this.#idle.promise;
  }

  #settle(): void {
    this.#endRest();
    this.#idle?.resolve();
    this.#idle = null;
  }

  #endRest(): void {
    this.#rest?.[Symbol.dispose]();
    this.#rest = null;
  }
}
