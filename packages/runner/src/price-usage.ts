import type { AgentEvent, AgentUsage, ModelPrice } from "@signalbox/contracts";

type Prices = Readonly<Record<string, ModelPrice>>;

/**
 * Puts a price on the usage of agents that report none. A model without a price, and tokens of a kind that has none,
 * leave the cost unknown.
 */
export class UsagePricer {
  readonly #prices: ReadonlyMap<string, ModelPrice>;
  #model: string | null = null;

  constructor(prices: Prices = {}) {
    this.#prices = new Map(Object.entries(prices));
  }

  /** The event, with a cost where it can be known. Events have to pass in their order: the model is in the first. */
  price(event: AgentEvent): AgentEvent {
    if (event.type === "session-started") this.#model = event.model ?? this.#model;
    if (event.type !== "usage" || event.usage.costUsd !== null) return event;
    const costUsd = this.#costOf(event.usage);
    return costUsd === null ? event : { ...event, usage: { ...event.usage, costUsd } };
  }

  #costOf(usage: AgentUsage): number | null {
    const price = this.#model === null ? undefined : priceOf(this.#model, this.#prices);
    if (price === undefined) return null;
    const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
    if (price.cacheRead === null && cacheReadTokens > 0) return null;
    if (price.cacheWrite === null && cacheWriteTokens > 0) return null;
    const microdollars =
      inputTokens * price.input +
      outputTokens * price.output +
      cacheReadTokens * (price.cacheRead ?? 0) +
      cacheWriteTokens * (price.cacheWrite ?? 0);
    return microdollars / 1_000_000;
  }
}

/** A model may be named with the day of its release, as `claude-haiku-4-5-20251001`. */
function priceOf(model: string, prices: ReadonlyMap<string, ModelPrice>): ModelPrice | undefined {
  return prices.get(model) ?? prices.get(model.replace(/-\d{8}$/, ""));
}
