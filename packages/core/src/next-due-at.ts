import type { OrchestratorState } from "./state.ts";

/** When the shell should next say `time-passed`: epoch milliseconds, never too late, at times too early; `null`: nothing waits. */
export function nextDueAt(state: OrchestratorState): number | null {
  const { index, gates } = state;
  const timer = index.timers.minKey()?.dueAt ?? null;
  const pool = gates["pool-closed"];
  const opening = pool?.gate === "pool-closed" ? pool.until : null;
  return timer === null || opening === null ? (timer ?? opening) : Math.min(timer, opening);
}
