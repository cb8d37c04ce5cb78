import type { Clock } from "@signalbox/contracts";

const minuteMs = 60_000;

/** How much all agents together may ask of the tracker: its quota has to last for the daemon's own reads and writes. */
export class SharedAllowance {
  readonly #clock: Clock;
  readonly #perMinute: number;
  /** When the calls of the last minute were made, in epoch milliseconds. */
  #recent: number[] = [];

  constructor(clock: Clock, perMinute: number) {
    this.#clock = clock;
    this.#perMinute = perMinute;
  }

  /** Counts a call and returns 0, or for how many milliseconds there can be none. */
  take(): number {
    const now = this.#clock.now();
    // A clock that was set back has made none of them.
    this.#recent = this.#recent.filter((at) => at > now - minuteMs && at <= now);
    const [oldest] = this.#recent;
    if (oldest !== undefined && this.#recent.length >= this.#perMinute) {
      return oldest + minuteMs - now;
    }
    this.#recent.push(now);
    return 0;
  }
}
