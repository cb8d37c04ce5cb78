import type { AgentEvent, AgentUsage } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { UsagePricer } from "./price-usage.ts";

const million = 1_000_000;
const used: AgentUsage = {
  pool: "plan",
  inputTokens: million,
  outputTokens: 2 * million,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: null,
};
const prices = {
  "m-1": { input: 1, output: 10, cacheRead: 0.5, cacheWrite: null },
};

function costOf(model: string | null, usage: Partial<AgentUsage>): number | null {
  const pricer = new UsagePricer(prices);
  pricer.price({ type: "session-started", sessionId: null, model });
  const priced: AgentEvent = pricer.price({ type: "usage", usage: { ...used, ...usage } });
  if (priced.type !== "usage") throw new TypeError(`${priced.type} came out`);
  return priced.usage.costUsd;
}

describe("R-804 the cost of usage", () => {
  it("is the agent's own report where there is one, be it 0", () => {
    expect(costOf("m-1", { costUsd: 7 })).toBe(7);
    expect(costOf("m-1", { costUsd: 0 })).toBe(0);
  });

  it("comes from the price table otherwise", () => {
    expect(costOf("m-1", {})).toBe(21);
    expect(costOf("m-1", { cacheReadTokens: 2 * million })).toBe(22);
    expect(costOf("m-1-20260101", {})).toBe(21);
  });

  it.each([
    ["the model has no price", "m-2", {}],
    ["the model is a word that objects know", "constructor", {}],
    ["nobody said which model it is", null, {}],
    ["tokens of that kind have no price", "m-1", { cacheWriteTokens: 1 }],
  ])("is unknown, and not 0, where %s", (_, model, usage) => {
    expect(costOf(model, usage)).toBeNull();
  });

  it("is unknown without a table", () => {
    const pricer = new UsagePricer();
    const event: AgentEvent = { type: "usage", usage: used };
    expect(pricer.price(event)).toBe(event);
  });
});
