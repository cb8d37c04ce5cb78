import type { Clock } from "@signalbox/contracts";

/** More than enough to see what it is at. */
const perMinute = 120;
const minuteMs = 60_000;

/** Keeps an agent from filling logs by what it is refused, which it can try as fast as it likes. */
export class ReportAllowance {
  readonly #clock: Clock;
  #since = Number.NEGATIVE_INFINITY;
  #made = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `last`: it may be reported, and none that follows within the minute. */
  admit(): "yes" | "last" | "no" {
    const now = this.#clock.now();
    if (now - this.#since >= minuteMs || now < this.#since) {
      this.#since = now;
      this.#made = 0;
    }
    this.#made += 1;
    if (this.#made > perMinute) return "no";
    return this.#made === perMinute ? "last" : "yes";
  }
}
