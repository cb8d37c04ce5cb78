import type { AgentEvent } from "@signalbox/contracts";

/** Characters that may be said at once, and that may be said more with each millisecond. */
const burst = 2 * 1024 * 1024;
const perMillisecond = 64;

/** How much of what an agent says is passed on: a flood must not reach whoever watches. */
export class TextAllowance {
  readonly #now: () => number;
  #left = burst;
  #at: number;

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#at = now();
  }

  /** Whether the event may be passed on. What somebody decides by always may. */
  takes(event: AgentEvent): boolean {
    const size = sizeOf(event);
    if (size === 0) return true;
    const now = this.#now();
    this.#left = Math.min(burst, this.#left + (now - this.#at) * perMillisecond);
    this.#at = now;
    if (size > this.#left) return false;
    this.#left -= size;
    return true;
  }
}

function sizeOf(event: AgentEvent): number {
  if (event.type === "message" || event.type === "tool-result") return event.text.length;
  return event.type === "tool-call" ? JSON.stringify(event.input).length : 0;
}
