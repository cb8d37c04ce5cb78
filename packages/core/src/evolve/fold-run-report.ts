import type { AgentUsage } from "@signalbox/contracts";
import type { RunningClaim } from "../claim.ts";
import type { FactOf } from "../decided-event.ts";
import { dayOf } from "../issue/instant.ts";
import { laterUsage, tokensOf } from "../policy/budget.ts";
import type { Draft } from "./draft.ts";
import { executionOf, updateExecution } from "./execution-of.ts";
import { settle, standingOf } from "./standing.ts";

/** What is heard of a run while its claim stays. */
export type RunReport = FactOf<
  | "run-phase-entered"
  | "workspace-recorded"
  | "session-recorded"
  | "run-progress-recorded"
  | "turn-answered"
  | "run-closed"
>;

export function foldRunReport(draft: Draft, fact: RunReport): void {
  switch (fact.type) {
    case "run-progress-recorded":
      foldProgress(draft, fact);
      break;
    case "run-phase-entered": {
      // Only the last phase changes where the issue stands: it frees the slot.
      const before = fact.phase === "finishing" ? standingOf(draft, fact.issueId) : null;
      updateRun(draft, fact, (claim) => ({ ...heard(claim, fact.at), runPhase: fact.phase }));
      if (before !== null) settle(draft, fact.issueId, before, before.issue);
      break;
    }
    case "turn-answered":
      updateRun(draft, fact, (claim) => ({ ...heard(claim, fact.at), turns: fact.turn }));
      break;
    case "workspace-recorded":
      updateRun(draft, fact, (claim) => ({ ...heard(claim, fact.at), baseline: fact.baseline }));
      draft.workspaces.set(fact.issueId, fact.workspace);
      break;
    case "session-recorded":
      foldSessionRecorded(draft, fact);
      break;
    case "run-closed":
      foldRunClosed(draft, fact);
      break;
  }
}

/** Changes the claim of a run; a fact about another run changes nothing. */
export function updateRun(
  draft: Draft,
  { issueId, runId }: { readonly issueId: string; readonly runId: string },
  change: (claim: RunningClaim) => RunningClaim,
): void {
  const claim = draft.claims.get(issueId);
  if (claim?.phase !== "running" || claim.runId !== runId) return;
  draft.claims.set(issueId, change(claim));
}

function foldSessionRecorded(draft: Draft, fact: FactOf<"session-recorded">): void {
  const { at, issueId, sessionId } = fact;
  updateRun(draft, fact, (claim) => ({ ...heard(claim, at), sessionId }));
  if (sessionId === null) return;
  updateExecution(draft, issueId, (execution) => ({ ...execution, lastSessionId: sessionId }));
}

function foldProgress(draft: Draft, fact: FactOf<"run-progress-recorded">): void {
  updateRun(draft, fact, (claim) => {
    const usage = fact.usage === null ? claim.usage : laterUsage(claim.usage, fact.usage);
    if (usage !== claim.usage) spend(draft, fact.at, claim.usage, usage);
    return { ...claim, spoolSeq: fact.spoolSeq, lastEventAt: fact.lastEventAt, usage };
  });
}

/** The claim stays until the fact that follows says what becomes of the issue. */
function foldRunClosed(draft: Draft, fact: FactOf<"run-closed">): void {
  const { at, issueId, outcome, usage } = fact;
  const claim = draft.claims.get(issueId);
  if (claim?.phase !== "running" || claim.runId !== fact.runId) return;
  spend(draft, at, claim.usage, usage);
  const tokens = tokensOf(usage);
  const costUsd = usage?.costUsd ?? null;
  const { totals } = draft;
  draft.totals = {
    tokens: totals.tokens + tokens,
    costUsd: totals.costUsd + (costUsd ?? 0),
    runMs: totals.runMs + Math.max(0, at - (claim.startedAt ?? at)),
    runs: totals.runs + 1,
  };
  const execution = executionOf(draft, issueId);
  draft.executions.set(issueId, {
    ...execution,
    tokens: execution.tokens + tokens,
    costUsd: execution.costUsd === null || costUsd === null ? null : execution.costUsd + costUsd,
    lastEndedAt: at,
    lastOutcome: outcome,
  });
}

function heard(claim: RunningClaim, at: number): RunningClaim {
  return { ...claim, lastEventAt: Math.max(claim.lastEventAt, at) };
}

/** Adds to the day what a report says beyond the one before. */
function spend(
  draft: Draft,
  at: number,
  before: AgentUsage | null,
  after: AgentUsage | null,
): void {
  const tokens = tokensOf(after) - tokensOf(before);
  const costUsd = (after?.costUsd ?? 0) - (before?.costUsd ?? 0);
  const day = dayOf(at);
  const known = draft.day.day === day ? draft.day : { tokens: 0, costUsd: 0 };
  draft.day = { day, tokens: known.tokens + tokens, costUsd: known.costUsd + costUsd };
}
