import type { AgentUsage, SessionLimits } from "@signalbox/contracts";

/** Watches what a session uses from its start on. */
export class SessionBudget {
  readonly #limit: SessionLimits["budget"];
  readonly #before: AgentUsage;

  /** @param before what earlier processes have used */
  constructor(limit: SessionLimits["budget"], before: AgentUsage) {
    this.#limit = limit;
    this.#before = before;
  }

  /** Whether money is limited and cannot be counted. */
  isBlind(usage: AgentUsage): boolean {
    return this.#limit?.usd != null && this.#cost(usage) === null;
  }

  /** The limit that is used up, as people call it; `null`: none is. */
  exhausted(usage: AgentUsage): string | null {
    const { tokens = null, usd = null } = this.#limit ?? {};
    const used = tokensOf(usage) - tokensOf(this.#before);
    if (tokens !== null && used >= tokens) return `${tokens} tokens of this session`;
    const cost = this.#cost(usage);
    if (usd !== null && cost !== null && cost >= usd) return `${usd} US dollars of this session`;
    return null;
  }

  #cost(usage: AgentUsage): number | null {
    if (usage.costUsd === null || this.#before.costUsd === null) return null;
    return usage.costUsd - this.#before.costUsd;
  }
}

function tokensOf({ inputTokens, outputTokens }: AgentUsage): number {
  return inputTokens + outputTokens;
}
