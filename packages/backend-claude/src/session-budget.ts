import type { AgentUsage, SessionLimits } from "@signalbox/contracts";

type Budget = SessionLimits["budget"];

/** The limit that is used up, as people call it; `null`: none is. */
export function exhaustedBudget(budget: Budget, usage: AgentUsage): string | null {
  const { tokens = null, usd = null } = budget ?? {};
  const { inputTokens, outputTokens, costUsd } = usage;
  if (tokens !== null && inputTokens + outputTokens >= tokens)
    return `${tokens} tokens of this run`;
  if (usd !== null && costUsd !== null && costUsd >= usd) return `${usd} US dollars of this run`;
  return null;
}

/** Whether money is limited and cannot be counted. */
export function isBudgetBlind(budget: Budget, { costUsd }: AgentUsage): boolean {
  return budget?.usd != null && costUsd === null;
}
