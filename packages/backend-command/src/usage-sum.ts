import type { AgentUsage } from "@signalbox/contracts";
import type { ReportedUsage } from "./agent-line.ts";

const nothing: AgentUsage = {
  pool: "",
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  costUsd: 0,
};

/** Usage of a session whose turns are programs that each count from nothing. A report that is repeated changes nothing. */
export class UsageSum {
  readonly #defaultPool: string;
  #before: AgentUsage = nothing;
  #turn: ReportedUsage | null = null;

  constructor(defaultPool: string) {
    this.#defaultPool = defaultPool;
  }

  /** Takes a report of the turn that runs, and returns what the session has used so far. */
  report(usage: ReportedUsage): AgentUsage {
    this.#turn = this.#turn === null ? usage : later(this.#turn, usage);
    return this.#total(this.#turn);
  }

  endTurn(): void {
    if (this.#turn !== null) this.#before = this.#total(this.#turn);
    this.#turn = null;
  }

  #total(turn: ReportedUsage): AgentUsage {
    const before = this.#before;
    return {
      pool: turn.pool ?? this.#defaultPool,
      inputTokens: before.inputTokens + turn.inputTokens,
      outputTokens: before.outputTokens + turn.outputTokens,
      cacheReadTokens: before.cacheReadTokens + turn.cacheReadTokens,
      cacheWriteTokens: before.cacheWriteTokens + turn.cacheWriteTokens,
      costUsd:
        before.costUsd === null || turn.costUsd === null ? null : before.costUsd + turn.costUsd,
    };
  }
}

/** Figures only grow; one that falls is an older one. */
function later(known: ReportedUsage, usage: ReportedUsage): ReportedUsage {
  return {
    pool: usage.pool ?? known.pool,
    inputTokens: Math.max(known.inputTokens, usage.inputTokens),
    outputTokens: Math.max(known.outputTokens, usage.outputTokens),
    cacheReadTokens: Math.max(known.cacheReadTokens, usage.cacheReadTokens),
    cacheWriteTokens: Math.max(known.cacheWriteTokens, usage.cacheWriteTokens),
    costUsd:
      known.costUsd === null || usage.costUsd === null
        ? (usage.costUsd ?? known.costUsd)
        : Math.max(known.costUsd, usage.costUsd),
  };
}
