import type { RunningClaim } from "../claim.ts";
import type { EventOf } from "../event.ts";
import { normalizeState } from "../issue/normalize-state.ts";
import { holdReasons, stateRoom } from "../selection/concurrency.ts";
import { isWorkable } from "../selection/eligibility.ts";
import { releaseClaim, scheduleRetry } from "./claim-moves.ts";
import type { Decision } from "./decision.ts";
import { checkingRun } from "./live-run.ts";
import { observeGone, observeIssue } from "./observe-issue.ts";
import { orderClaimMark, orderProgressComment, orderTransition } from "./place-orders.ts";

const checkBackoffMs = 10_000;

/** The last look before a run starts: what it finds decides, not what the last poll said. */
export function onIssueChecked(decision: Decision, event: EventOf<"issue-checked">): void {
  const { draft } = decision;
  const { issueId, runId } = event;
  if (checkingRun(draft, event) === null) return;
  if (event.issue === null || event.issue.id !== issueId) observeGone(decision, issueId);
  else observeIssue(decision, event.issue);
  const claim = checkingRun(draft, event);
  const issue = draft.issues.get(issueId);
  if (claim === null || issue === undefined) return;
  if (!isWorkable(issue, draft)) {
    releaseClaim(decision, issueId, "issue-blocked");
  } else if (
    holdReasons(draft, decision.at).length > 0 ||
    stateRoom(draft, normalizeState(issue.state)) < 0
  ) {
    putBack(decision, issueId, claim);
  } else {
    decision.emit({ type: "run-confirmed", issueId, runId });
    orderClaimMark(decision, issueId, runId);
    orderTransition(decision, issueId, "running", runId);
    orderProgressComment(decision, issueId, "running");
  }
}

/** The tracker did not answer: the claim is kept and nothing is counted. */
export function onIssueCheckFailed(decision: Decision, event: EventOf<"issue-check-failed">): void {
  const claim = checkingRun(decision.draft, event);
  if (claim === null) return;
  scheduleRetry(decision, event.issueId, {
    ...sameAgain(claim),
    delayMs: Math.max(event.retryAfterMs ?? 0, checkBackoffMs),
    error: event.message,
  });
}

/** A gate closed or the state filled up while the issue was read: it waits as it did before. */
function putBack(decision: Decision, issueId: string, claim: RunningClaim): void {
  if (claim.retryKind === null) releaseClaim(decision, issueId, "check-stale");
  else scheduleRetry(decision, issueId, { ...sameAgain(claim), delayMs: 0, error: null });
}

function sameAgain({ retryKind, feedback, resumeSessionId }: RunningClaim): {
  readonly kind: NonNullable<RunningClaim["retryKind"]>;
  readonly feedback: string | null;
  readonly resumeSessionId: string | null;
} {
  return { kind: retryKind ?? "resumed", feedback, resumeSessionId };
}
