import type { Issue } from "@signalbox/contracts";
import { type Transition, applyEvent } from "./apply-event.ts";
import type { OrchestratorState } from "./state.ts";

/**
 * Holds the running issues against the tracker's complete answer about them: what is over, inactive or no longer
 * routable is stopped, and so is a running issue that the answer lacks. Other issues are only brought up to date.
 */
export function reconcile(
  state: OrchestratorState,
  issues: readonly Issue[],
  at: number,
): Transition {
  const requestedIds = runningIssueIds(state);
  return applyEvent(state, { type: "issues-refreshed", at, requestedIds, issues });
}

/** Whom to ask the tracker about between polls; nobody running, nobody to ask about. */
export function runningIssueIds(state: OrchestratorState): readonly string[] {
  const running: string[] = [];
  for (const [issueId, claim] of state.claims.entries()) {
    if (claim.phase === "running") running.push(issueId);
  }
  return running;
}
