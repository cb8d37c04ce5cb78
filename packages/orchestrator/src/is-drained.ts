import type { OrchestratorState } from "@signalbox/core";

/** Whether a drain is over: nothing runs, is delivered or is written any more but what waits for its time. */
export function isDrained(state: OrchestratorState): boolean {
  if (state.index.running > 0) return false;
  for (const claim of state.claims.values()) {
    if (claim.phase === "delivering" && claim.retryAt === null) return false;
  }
  for (const order of state.orders.values()) if (order.retryAt === null) return false;
  return true;
}
