import { bestReady, getAvailableSlots, globalReasons } from "../selection/concurrency.ts";
import type { OrchestratorState } from "../state.ts";
import type { Decision } from "./decision.ts";
import { admitToPool } from "./pool-gate.ts";

/** Ends every input: while there are slots, the best ready issues are claimed. */
export function fillSlots(decision: Decision): void {
  const { draft } = decision;
  while (hasChoice(draft) && globalReasons(draft, decision.at).length === 0) {
    const next = bestReady(draft);
    if (next === null) return;
    claimRun(decision, next.id);
    admitToPool(decision);
  }
}

/** Asked first, since it costs nothing: most inputs leave all slots taken. */
function hasChoice(state: OrchestratorState): boolean {
  return state.index.readyCount > 0 && getAvailableSlots(state) > 0;
}

function claimRun(decision: Decision, issueId: string): void {
  const { draft } = decision;
  const claim = draft.claims.get(issueId);
  const waiting = claim?.phase === "retrying" ? claim : null;
  const runs = draft.executions.get(issueId)?.runs ?? 0;
  decision.emit({
    type: "run-claimed",
    issueId,
    runId: `run-${draft.runCount + 1}`,
    attempt: runs === 0 ? null : runs,
    retryKind: runs === 0 ? null : (waiting?.kind ?? null),
    feedback: waiting?.feedback ?? null,
    resumeSessionId: waiting?.resumeSessionId ?? null,
  });
}
