import type { Issue } from "@signalbox/contracts";
import { executionOf } from "../evolve/execution-of.ts";
import type { IssueSummary } from "../issue/issue-summary.ts";
import { normalizeState } from "../issue/normalize-state.ts";
import { isSameSummary, summarizeIssue } from "../issue/summarize-issue.ts";
import { hasSameContent } from "../issue/version.ts";
import { isActive } from "../selection/blockers.ts";
import type { OrchestratorState } from "../state.ts";
import { forgetIssue, resumeParked } from "./claim-moves.ts";
import type { Decision } from "./decision.ts";
import { endClaim, enforceFitness } from "./enforce-fitness.ts";
import { isInDoubt, orderCleaning } from "./place-orders.ts";
import { giveWay, writeFrom } from "./restore-written.ts";

/** Takes in what the tracker says of an issue. An unchanged one costs no fact. Returns whether it had changed. */
export function observeIssue(
  decision: Decision,
  issue: Issue,
  source: "anybody" | "own-write" = "anybody",
): boolean {
  const { draft } = decision;
  const before = draft.issues.get(issue.id);
  const after = summarizeIssue(issue);
  if (before !== undefined && isSameSummary(before, after)) return false;
  if (isLateWrite(decision, before, after)) return true;
  const own = source === "own-write" || isOwnWrite(draft, before, after);
  decision.emit({ type: "issue-changed", issue: after, own });
  if (!own) giveWay(decision, after);
  if (draft.claims.has(issue.id)) followClaimed(decision, after);
  else followUnclaimed(decision, before, after, own);
  return true;
}

/** The issue does not exist any more. A live run is stopped and keeps its workspace. */
export function observeGone(decision: Decision, issueId: string): void {
  if (decision.draft.claims.has(issueId)) endClaim(decision, issueId, "issue-gone");
  else forgetIssue(decision, issueId, "gone");
}

/**
 * A write that was given up, and came after a later one: nobody's word. What was written last is written again. Of an
 * issue that was not listed, as a finished one, nothing is known that it could be compared with.
 */
function isLateWrite(
  decision: Decision,
  before: IssueSummary | undefined,
  after: IssueSummary,
): boolean {
  const { draft, at } = decision;
  const order = draft.orders.get(draft.index.transitions.get(after.id) ?? "");
  if (order?.kind !== "transition-issue" || !isInDoubt(order, after.state, at)) return false;
  const isMoveAlone =
    before === undefined ||
    (normalizeState(after.state) !== normalizeState(before.state) &&
      hasSameContent(before.version, after.version));
  if (!isMoveAlone) return false;
  decision.emit({ type: "issue-changed", issue: after, own: true });
  if (order.retryAt !== null) writeFrom(decision, order, after.state);
  return true;
}

/** The change that an outstanding order is about to make, and no other. */
function isOwnWrite(
  state: OrchestratorState,
  before: IssueSummary | undefined,
  after: IssueSummary,
): boolean {
  const order = state.orders.get(state.index.transitions.get(after.id) ?? "");
  return (
    before !== undefined &&
    order?.kind === "transition-issue" &&
    normalizeState(after.state) === normalizeState(order.to) &&
    hasSameContent(before.version, after.version)
  );
}

function followClaimed(decision: Decision, after: IssueSummary): void {
  if (!enforceFitness(decision, after.id)) return;
  const claim = decision.draft.claims.get(after.id);
  if (claim?.phase === "parked" && claim.issueVersion !== after.version)
    resumeParked(decision, after.id, "reset");
}

function followUnclaimed(
  decision: Decision,
  before: IssueSummary | undefined,
  after: IssueSummary,
  own: boolean,
): void {
  const { id: issueId } = after;
  const execution = executionOf(decision.draft, issueId);
  const active = isActive(decision.draft.policy, after.state);
  if (execution.delivered !== null) {
    if (!active && !execution.delivered.left)
      decision.emit({ type: "delivered-issue-left", issueId });
    if (active && execution.delivered.left && !own)
      decision.emit({ type: "issue-reopened", issueId });
  } else if (!own && before !== undefined && before.version !== after.version) {
    const { failures, continuations, noProgress, losses } = execution;
    if (failures + continuations + noProgress + losses > 0)
      decision.emit({ type: "counters-reset", issueId });
  }
  orderCleaning(decision, issueId);
}
