import type { RunningClaim } from "../claim.ts";
import type { OrchestratorState } from "../state.ts";

interface RunSubject {
  readonly issueId: string;
  readonly runId: string;
}

/** The claim of a run that was started and has not ended; what is heard of any other run is ignored. */
export function liveRun(state: OrchestratorState, subject: RunSubject): RunningClaim | null {
  const claim = claimOf(state, subject);
  return claim === null || claim.runPhase === "checking" ? null : claim;
}

/** The claim of a run whose issue is being read again. */
export function checkingRun(state: OrchestratorState, subject: RunSubject): RunningClaim | null {
  const claim = claimOf(state, subject);
  return claim?.runPhase === "checking" ? claim : null;
}

function claimOf(state: OrchestratorState, subject: RunSubject): RunningClaim | null {
  const claim = state.claims.get(subject.issueId);
  return claim?.phase === "running" && claim.runId === subject.runId ? claim : null;
}
