import type { AgentUsage, ModelPrice } from "@signalbox/contracts";
import type { RequestUsage } from "./session-entry.ts";

const perMillion = 1_000_000;
/** `claude-opus-5-5-20260801` is `claude-opus-5-5` as it was on a day. */
const dated = /-\d{8}$/;

export interface Billing {
  readonly pool: string;
  /** By model. */
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
    const cost = price === null ? null : costOf(usage, price);
    costUsd = costUsd === null || cost === null ? null : costUsd + cost;
  }
  return { pool, ...sum, costUsd };
}

function priceOf(model: string, prices: Billing["prices"]): ModelPrice | null {
  return own(prices, model) ?? own(prices, model.replace(dated, ""));
}

function own(prices: Billing["prices"], model: string): ModelPrice | null {
  return Object.hasOwn(prices, model) ? (prices[model] ?? null) : null;
}

function costOf(usage: RequestUsage, price: ModelPrice): number | null {
  const { input, output, cacheWrite, cacheRead } = price;
  if (cacheRead === null && usage.cacheRead > 0) return null;
  if (cacheWrite === null && usage.cacheWrite > 0) return null;
  const cached = usage.cacheWrite * (cacheWrite ?? 0) + usage.cacheRead * (cacheRead ?? 0);
  return (usage.input * input + usage.output * output + cached) / perMillion;
}
