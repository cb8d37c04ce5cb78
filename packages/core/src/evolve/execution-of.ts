import type { Execution } from "../execution.ts";
import type { OrchestratorState } from "../state.ts";
import type { Draft } from "./draft.ts";

export const noCounts: Pick<Execution, "failures" | "continuations" | "noProgress" | "losses"> = {
  failures: 0,
  continuations: 0,
  noProgress: 0,
  losses: 0,
};

const neverRan: Execution = {
  runs: 0,
  ...noCounts,
  tokens: 0,
  costUsd: 0,
  firstStartedAt: null,
  lastEndedAt: null,
  lastOutcome: null,
  lastSessionId: null,
  delivered: null,
  lastDeliveredCommit: null,
  commentedAt: null,
  writtenAt: null,
};

export function executionOf(state: OrchestratorState, issueId: string): Execution {
  return state.executions.get(issueId) ?? neverRan;
}

export function updateExecution(
  draft: Draft,
  issueId: string,
  change: (execution: Execution) => Execution,
): void {
  draft.executions.set(issueId, change(executionOf(draft, issueId)));
}
