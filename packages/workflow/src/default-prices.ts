import type { ModelPrice } from "@signalbox/contracts";

/**
 * List prices by which Claude Code 2.1.330 accounts for what it uses, seen in November 2026; cache writes at the rate
 * of those that are kept for five minutes. Models whose price depends on the length of the prompt are left out, since
 * one figure for them would be wrong.
 */
export const defaultPrices: Readonly<Record<string, ModelPrice>> = {
  "claude-opus-5-5": price(4, 20, 0.2, 5),
  "claude-opus-5": price(5, 25, 0.5, 6.25),
  "claude-opus-4-8": price(5, 25, 0.5, 6.25),
  "claude-sonnet-5-5": price(2, 10, 0.1, 2.5),
  "claude-sonnet-5": price(2, 10, 0.2, 2.5),
  "claude-sonnet-4-6": price(3, 15, 0.3, 3.75),
  "claude-sonnet-4-5": price(3, 15, 0.3, 3.75),
  "claude-haiku-4-5": price(1, 5, 0.1, 1.25),
  "claude-fable-5-2": price(8, 40, 0.2, 10),
  "claude-mythos-5-2": price(8, 40, 0.2, 10),
};

function price(input: number, output: number, cacheRead: number, cacheWrite: number): ModelPrice {
  return { input, output, cacheRead, cacheWrite };
}
