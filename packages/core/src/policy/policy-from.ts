import type { Tracker, TrackerDefaults, WorkflowConfig } from "@signalbox/contracts";
import { normalizeState } from "../issue/normalize-state.ts";
import type { Policy } from "./policy.ts";

/**
 * The policy that a workflow file asks for; the tracker's defaults fill what the file leaves out. What its `tracker`
 * cannot do is not ordered.
 */
export function policyFrom(
  config: WorkflowConfig,
  defaults: TrackerDefaults,
  can: Pick<Tracker, "claim" | "release"> = {},
): Policy {
  const { tracker, agent } = config;
  const marksClaims = can.claim !== undefined || can.release !== undefined;
  return {
    activeStates: (tracker.activeStates ?? defaults.activeStates).map(normalizeState),
    terminalStates: (tracker.terminalStates ?? defaults.terminalStates).map(normalizeState),
    requiredLabels: tracker.requiredLabels.map(normalizeState),
    writes: tracker.writes,
    states: tracker.states ?? defaults.states,
    ...(marksClaims ? { marksClaims } : {}),
    backend: agent.backend,
    deliveryKind: config.delivery.kind,
    maxConcurrentAgents: agent.maxConcurrentAgents,
    maxConcurrentAgentsByState: Object.fromEntries(
      Object.entries(agent.maxConcurrentAgentsByState).map(([state, cap]) => [
        normalizeState(state),
        cap,
      ]),
    ),
    maxTurns: agent.maxTurns,
    maxFailures: agent.maxFailures,
    maxContinuations: agent.maxContinuations,
    maxNoProgress: agent.maxNoProgress,
    maxRetryBackoffMs: agent.maxRetryBackoffMs,
    stallTimeoutMs: agent.stallTimeoutMs,
    budgets: config.budgets,
  };
}
