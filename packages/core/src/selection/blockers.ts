import type { IssueBlocker, StateKind } from "@signalbox/contracts";
import { normalizeState } from "../issue/normalize-state.ts";
import type { Policy } from "../policy/policy.ts";
import type { OrchestratorState } from "../state.ts";
import type { EligibilitySubject } from "./eligibility.ts";

export function isTerminal(policy: Policy, state: string): boolean {
  return policy.terminalStates.includes(normalizeState(state));
}

export function isActive(policy: Policy, state: string): boolean {
  return policy.activeStates.includes(normalizeState(state));
}

/** Whether `state` is the one that we write when a run starts. It need not be an active one. */
export function isRunningState(policy: Policy, state: string): boolean {
  const { running } = policy.states;
  return running !== undefined && normalizeState(state) === normalizeState(running);
}

/** Whether work stated as `state` is over, in the policy's words or in the adapter's. */
export function isOver(policy: Policy, state: string | null, kind: StateKind | null): boolean {
  if (kind === "completed" || kind === "canceled") return true;
  return state !== null && isTerminal(policy, state);
}

/** What is known of the blocker itself goes before what the blocked issue says of it. */
export function isResolved(blocker: IssueBlocker, state: OrchestratorState): boolean {
  if (blocker.id === null) return false;
  const known = state.issues.get(blocker.id) ?? blocker;
  return isOver(state.policy, known.state, known.stateKind);
}

/** A started issue is not gated by blockers. */
export function isStarted(issue: EligibilitySubject, state: OrchestratorState): boolean {
  if (issue.stateKind === "started") return true;
  const execution = state.executions.get(issue.id);
  if (execution === undefined) return false;
  return execution.lastSessionId !== null || (issue.stateKind === null && execution.runs > 0);
}
