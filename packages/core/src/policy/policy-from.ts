import type { TrackerDefaults, WorkflowConfig } from "@signalbox/contracts";
import { normalizeState } from "../issue/normalize-state.ts";
import type { Policy } from "./policy.ts";

/** The policy that a workflow file asks for; the tracker's defaults fill what the file leaves out. */
export function policyFrom(config: WorkflowConfig, defaults: TrackerDefaults): Policy {
  const { tracker, agent } = config;
  return {
    activeStates: (tracker.activeStates ?? defaults.activeStates).map(normalizeState),
    terminalStates: (tracker.terminalStates ?? defaults.terminalStates).map(normalizeState),
    requiredLabels: tracker.requiredLabels.map(normalizeState),
    writes: tracker.writes,
    states: tracker.states ?? defaults.states,
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
