/** The clocks that run while a turn does. Each calls its listener once, unless it is stopped before. */
export class TurnTimers {
  #silence: NodeJS.Timeout | null = null;
  #patience: NodeJS.Timeout | null = null;
  #grace: NodeJS.Timeout | null = null;

  /** `limitMs` 0: silence may last. */
  startSilence(limitMs: number, onSilent: () => void): void {
    if (limitMs > 0) this.#silence ??= setTimeout(onSilent, limitMs);
  }

  noteOutput(): void {
    this.#silence?.refresh();
  }

  /** Runs from the first refusal of a row. */
  startPatience(limitMs: number, onTooLong: () => void): void {
    this.#patience ??= setTimeout(onTooLong, limitMs);
  }

  endPatience(): void {
    if (this.#patience !== null) clearTimeout(this.#patience);
    this.#patience = null;
  }

  startGrace(limitMs: number, onOver: () => void): void {
    this.#grace ??= setTimeout(onOver, limitMs);
  }

  stop(): void {
    this.endPatience();
    for (const timer of [this.#silence, this.#grace]) if (timer !== null) clearTimeout(timer);
    this.#silence = null;
    this.#grace = null;
  }
}
