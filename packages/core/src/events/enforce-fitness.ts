import type { StopReason } from "@signalbox/contracts";
import type { ParkedClaim } from "../claim.ts";
import type { IssueSummary } from "../issue/issue-summary.ts";
import { normalizeState } from "../issue/normalize-state.ts";
import type { Policy } from "../policy/policy.ts";
import { isWorkable, trackerReasons } from "../selection/eligibility.ts";
import type { OrchestratorState } from "../state.ts";
import { releaseClaim, stopRun } from "./claim-moves.ts";
import type { Decision } from "./decision.ts";

/** What ends a claim from the tracker's side. A blocker is not among it: it only keeps work from starting. */
export type Unfitness = Extract<
  StopReason,
  "issue-terminal" | "issue-inactive" | "issue-not-routable" | "issue-gone"
>;

/** `null`: the issue may be worked on. */
export function unfitness(
  issue: IssueSummary | undefined,
  state: OrchestratorState,
): Unfitness | null {
  if (issue === undefined) return "issue-gone";
  if (isWorkable(issue, state)) return null;
  const codes = new Set(trackerReasons(issue, state).map((reason) => reason.code));
  if (codes.has("state-terminal")) return "issue-terminal";
  if (codes.has("state-not-active")) return "issue-inactive";
  return codes.has("label-missing") || codes.has("not-dispatchable") ? "issue-not-routable" : null;
}

/** Stops or releases the claim of an issue that may not be worked on any more. Returns whether it may. */
export function enforceFitness(decision: Decision, issueId: string): boolean {
  const { draft } = decision;
  const issue = draft.issues.get(issueId);
  const unfit = unfitness(issue, draft);
  if (unfit === null) return true;
  const claim = draft.claims.get(issueId);
  if (claim?.phase === "parked" && waitsWhereWePutIt(claim, issue, draft.policy)) return false;
  endClaim(decision, issueId, unfit);
  return false;
}

/** A run that has not started and a claim without a run are released at once; a live run is stopped first. */
export function endClaim(decision: Decision, issueId: string, unfit: Unfitness): void {
  const claim = decision.draft.claims.get(issueId);
  switch (claim?.phase) {
    case undefined:
      return;
    case "running":
      if (claim.runPhase === "checking") releaseClaim(decision, issueId, unfit);
      else stopRun(decision, issueId, claim, unfit);
      return;
    case "delivering":
      if (claim.waiting !== null && claim.retryAt !== null) releaseClaim(decision, issueId, unfit);
      return;
    case "retrying":
    case "parked":
      releaseClaim(decision, issueId, unfit);
  }
}

/** A parked issue may stand in the state that says that it needs a person, active or not. */
function waitsWhereWePutIt(
  claim: ParkedClaim,
  issue: IssueSummary | undefined,
  policy: Policy,
): boolean {
  const home = policy.states.needsHuman;
  return (
    claim.reason.kind !== "operator" &&
    home !== undefined &&
    issue !== undefined &&
    normalizeState(issue.state) === normalizeState(home)
  );
}
