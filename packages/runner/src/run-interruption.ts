import type { RunOutcome } from "@signalbox/contracts";

/**
 * What ends a run from outside: an order to stop, or a limit. The first reason wins and becomes the run's outcome;
 * later ones are ignored. May be interrupted at any time, also before the run has begun.
 */
export class RunInterruption {
  readonly #controller = new AbortController();
  #outcome: RunOutcome | null = null;

  /** Aborted by the first reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The first reason; `null` as long as there is none. */
  get outcome(): RunOutcome | null {
    return this.#outcome;
  }

  interrupt(outcome: RunOutcome): void {
    if (this.#outcome !== null) return;
    this.#outcome = outcome;
    this.#controller.abort();
  }
}
