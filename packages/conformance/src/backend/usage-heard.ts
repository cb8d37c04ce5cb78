import type { AgentUsage } from "@signalbox/contracts";
import type { TriedSession } from "./tried-session.ts";

/** The last report; `null` where none came. */
export function usageOf({ hearing }: TriedSession): AgentUsage | null {
  return hearing.ofType("usage").at(-1)?.usage ?? null;
}

export function tokensOf(usage: AgentUsage | null): number {
  if (usage === null) return 0;
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  return inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens;
}
