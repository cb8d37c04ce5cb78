import type { AgentEvent } from "@signalbox/contracts";
import { cleanEvent, type Redact } from "./clean-event.ts";
import { TextAllowance } from "./text-allowance.ts";

export interface AgentVoiceOrder {
  readonly emit: (event: AgentEvent) => void;
  /** Takes secrets out of texts, such as what `redactor` makes. */
  readonly redact: Redact;
  /** Milliseconds of a clock that never goes back. Default: `performance.now`. */
  readonly now?: () => number;
}

/**
 * What an agent says, as a host can carry it: without secrets, each text cut at 16,384 characters, and of a flood of
 * them (messages, tool calls, results) 2 Mi characters at once and 64 more with each millisecond. A notice says once that
 * some were left out. What somebody decides by is always passed on.
 */
export class AgentVoice {
  readonly #order: AgentVoiceOrder;
  readonly #allowance: TextAllowance;
  #isFlooded = false;

  constructor(order: AgentVoiceOrder) {
    this.#order = order;
    this.#allowance = new TextAllowance(order.now);
  }

  say(event: AgentEvent): void {
    const clean = cleanEvent(event, this.#order.redact);
    if (this.#allowance.takes(clean)) return this.#order.emit(clean);
    if (this.#isFlooded) return;
    this.#isFlooded = true;
    const text = "The agent says more than can be passed on. The transcript has all of it.";
    this.#order.emit({ type: "notice", level: "warn", text });
  }
}
