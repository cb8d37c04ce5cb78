import { createEmptyIndex } from "./evolve/index-draft.ts";
import { createTextMap } from "./ordered-map.ts";
import { defaultPolicy } from "./policy/default-policy.ts";
import type { Policy } from "./policy/policy.ts";
import type { OrchestratorState } from "./state.ts";

/** A state that knows nothing yet. */
export function createEmptyState(policy: Policy = defaultPolicy): OrchestratorState {
  return {
    at: 0,
    epoch: 0,
    policy,
    gates: {},
    issues: createTextMap(),
    claims: createTextMap(),
    executions: createTextMap(),
    workspaces: createTextMap(),
    orders: createTextMap(),
    runCount: 0,
    day: { day: 0, tokens: 0, costUsd: 0 },
    totals: { tokens: 0, costUsd: 0, runMs: 0, runs: 0 },
    index: createEmptyIndex(),
  };
}
