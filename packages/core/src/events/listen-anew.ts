import type { RunningClaim } from "../claim.ts";
import { claimDueAt } from "../evolve/standing.ts";
import type { Decision } from "./decision.ts";

/** Nobody was there to hear the run for some time: its silence counts from now on. */
export function listenAnew(decision: Decision, issueId: string, claim: RunningClaim): void {
  const { draft, at } = decision;
  if (claimDueAt(claim, draft.policy) === null) return;
  const { runId, spoolSeq } = claim;
  const usage = null;
  const lastEventAt = Math.max(claim.lastEventAt, at);
  decision.emit({ type: "run-progress-recorded", issueId, runId, spoolSeq, lastEventAt, usage });
  decision.emit({ type: "run-found-alive", issueId, runId });
}
