import type { OrchestratorState } from "./state.ts";

/** When the shell should next say `time-passed`: epoch milliseconds, never too late, at times too early; `null`: nothing waits. */
export function nextDueAt(state: OrchestratorState): number | null {
  return state.index.timers.minKey()?.dueAt ?? null;
}
