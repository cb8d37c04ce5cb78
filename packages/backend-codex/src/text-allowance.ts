import type { AgentEvent } from "@signalbox/contracts";

/** Characters that may be said at once, and that may be said more with each millisecond. */
const burst = 2 * 1024 * 1024;
const perMillisecond = 64;
/** Of one event. */
const maxCharacters = 256 * 1024;

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

  /** The event, shortened where it is too long; `null` where it may not be passed on. */
  take(event: AgentEvent): AgentEvent | null {
    const short = shorten(event);
    const size = sizeOf(short);
    if (size === 0) return short;
    const now = this.#now();
    this.#left = Math.min(burst, this.#left + (now - this.#at) * perMillisecond);
    this.#at = now;
    if (size > this.#left) return null;
    this.#left -= size;
    return short;
  }
}

function shorten(event: AgentEvent): AgentEvent {
  if (sizeOf(event) <= maxCharacters) return event;
  if (event.type === "tool-call") return { ...event, input: { omitted: "too long" } };
  return "text" in event ? { ...event, text: `${event.text.slice(0, maxCharacters)}…` } : event;
}

/** What somebody decides by always may be passed on. */
function sizeOf(event: AgentEvent): number {
  if (event.type === "message" || event.type === "tool-result") return event.text.length;
  return event.type === "tool-call" ? JSON.stringify(event.input).length : 0;
}
