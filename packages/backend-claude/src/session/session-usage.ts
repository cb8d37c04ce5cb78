import type { AgentUsage } from "@signalbox/contracts";
import type { ModelPrice } from "../claude-options.ts";
import type { RequestUsage } from "./session-entry.ts";

/** List prices where they are known and the same for prompts of every length. */
const listPrices: Readonly<Record<string, ModelPrice>> = {
  "claude-opus-5-5": { input: 4, output: 20, cacheWrite: 5, cacheRead: 0.2 },
  "claude-opus-5": { input: 5, output: 25, cacheWrite: 6.25, cacheRead: 0.5 },
  "claude-opus-4-8": { input: 5, output: 25, cacheWrite: 6.25, cacheRead: 0.5 },
  "claude-sonnet-5-5": { input: 2, output: 10, cacheWrite: 2.5, cacheRead: 0.1 },
  "claude-sonnet-5": { input: 2, output: 10, cacheWrite: 2.5, cacheRead: 0.2 },
  "claude-sonnet-4-6": { input: 3, output: 15, cacheWrite: 3.75, cacheRead: 0.3 },
  "claude-sonnet-4-5": { input: 3, output: 15, cacheWrite: 3.75, cacheRead: 0.3 },
  "claude-haiku-4-5": { input: 1, output: 5, cacheWrite: 1.25, cacheRead: 0.1 },
  "claude-fable-5-2": { input: 8, output: 40, cacheWrite: 10, cacheRead: 0.2 },
  "claude-mythos-5-2": { input: 8, output: 40, cacheWrite: 10, cacheRead: 0.2 },
};
const perMillion = 1_000_000;
/** `claude-opus-5-5-20260801` is `claude-opus-5-5` as it was on a day. */
const dated = /-\d{8}$/;

export interface Billing {
  readonly pool: string;
  /** By model; these come before those that are known here. */
  readonly prices: Readonly<Record<string, ModelPrice>>;
}

/** What all these requests add up to. One of an unknown price makes the cost unknown. */
export function totalUsage(usages: readonly RequestUsage[], { pool, prices }: Billing): AgentUsage {
  let costUsd: number | null = 0;
  const sum = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
  for (const usage of usages) {
    sum.inputTokens += usage.input;
    sum.outputTokens += usage.output;
    sum.cacheReadTokens += usage.cacheRead;
    sum.cacheWriteTokens += usage.cacheWrite;
    const price = priceOf(usage.model, prices);
    costUsd = costUsd === null || price === null ? null : costUsd + costOf(usage, price);
  }
  return { pool, ...sum, costUsd };
}

export function priceOf(model: string, prices: Billing["prices"]): ModelPrice | null {
  const name = model.replace(dated, "");
  return own(prices, model) ?? own(prices, name) ?? own(listPrices, name);
}

function own(prices: Billing["prices"], model: string): ModelPrice | null {
  return Object.hasOwn(prices, model) ? (prices[model] ?? null) : null;
}

function costOf(usage: RequestUsage, price: ModelPrice): number {
  const { input, output, cacheWrite, cacheRead } = price;
  return (
    (usage.input * input +
      usage.output * output +
      usage.cacheWrite * cacheWrite +
      usage.cacheRead * cacheRead) /
    perMillion
  );
}
