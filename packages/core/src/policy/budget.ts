import type { AgentUsage, BudgetLimit } from "@signalbox/contracts";
import { dayOf } from "../issue/instant.ts";
import type { Reason } from "../reason.ts";
import type { OrchestratorState } from "../state.ts";

/** Tokens that are billed as work: what went in and what came out. */
export function tokensOf(usage: AgentUsage | null): number {
  return usage === null ? 0 : usage.inputTokens + usage.outputTokens;
}

/** Each counter only ever grows: of two reports of one session the greater figure holds, in whatever order they came. */
export function laterUsage(known: AgentUsage | null, report: AgentUsage | null): AgentUsage | null {
  if (known === null || report === null) return report ?? known;
  return {
    pool: report.pool,
    inputTokens: Math.max(known.inputTokens, report.inputTokens),
    outputTokens: Math.max(known.outputTokens, report.outputTokens),
    cacheReadTokens: Math.max(known.cacheReadTokens, report.cacheReadTokens),
    cacheWriteTokens: Math.max(known.cacheWriteTokens, report.cacheWriteTokens),
    costUsd:
      known.costUsd === null || report.costUsd === null
        ? (report.costUsd ?? known.costUsd)
        : Math.max(known.costUsd, report.costUsd),
  };
}

/** Which budget of the run or of its issue is used up; `null`: none. An unknown cost uses up no budget in money. */
export function exhaustedBudget(
  { policy, executions }: OrchestratorState,
  issueId: string,
  usage: AgentUsage | null,
): string | null {
  const { perRun, perIssue } = policy.budgets;
  if (isUnlimited(perRun) && isUnlimited(perIssue)) return null;
  const tokens = tokensOf(usage);
  const costUsd = usage?.costUsd ?? 0;
  const run = exceeded(perRun, tokens, costUsd);
  if (run !== null) return `per run, ${run}`;
  const before = executions.get(issueId);
  const allTokens = tokens + (before?.tokens ?? 0);
  const issue = exceeded(perIssue, allTokens, costUsd + (before?.costUsd ?? 0));
  return issue === null ? null : `per issue, ${issue}`;
}

/** The daily budget as a reason for holding every issue back; `null` while there is some left, and on a new day. */
export function dayBudgetReason(state: OrchestratorState, at: number): Reason | null {
  const limit = state.policy.budgets.perDay;
  if (state.day.day !== dayOf(at)) return null;
  const { tokens, costUsd } = state.day;
  const unit = exceeded(limit, tokens, costUsd);
  if (unit === "tokens")
    return { code: "day-budget", unit, used: tokens, limit: limit.tokens ?? 0 };
  if (unit === "usd") return { code: "day-budget", unit, used: costUsd, limit: limit.usd ?? 0 };
  return null;
}

function exceeded(limit: BudgetLimit, tokens: number, costUsd: number): "tokens" | "usd" | null {
  if (limit.tokens !== null && tokens >= limit.tokens) return "tokens";
  if (limit.usd !== null && costUsd >= limit.usd) return "usd";
  return null;
}

function isUnlimited(limit: BudgetLimit): boolean {
  return limit.tokens === null && limit.usd === null;
}
