import type { Policy } from "./policy.ts";

const unlimited = { tokens: null, usd: null };

/** The documented defaults of a workflow file. Without a tracker no state is active: nothing runs. */
export const defaultPolicy: Policy = {
  activeStates: [],
  terminalStates: [],
  requiredLabels: [],
  writes: "full",
  states: {},
  deliveryKind: "branch",
  maxConcurrentAgents: 10,
  maxConcurrentAgentsByState: {},
  maxTurns: 20,
  maxFailures: 5,
  maxContinuations: 20,
  maxNoProgress: 3,
  maxRetryBackoffMs: 300_000,
  stallTimeoutMs: 300_000,
  budgets: { perRun: unlimited, perIssue: unlimited, perDay: unlimited },
};
