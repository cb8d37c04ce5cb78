import type { DeliveryResult } from "@signalbox/contracts";
import type { DeliveringClaim } from "../claim.ts";
import type { EventOf } from "../event.ts";
import { clipText } from "../issue/summarize-issue.ts";
import { calculateRetryDelay } from "../policy/retry.ts";
import { isActive, isRunningState, isTerminal } from "../selection/blockers.ts";
import { parkIssue, releaseClaim } from "./claim-moves.ts";
import { continueWork } from "./continue-work.ts";
import type { Decision } from "./decision.ts";
import { unfitness } from "./enforce-fitness.ts";
import { orderProgressComment, orderTransition } from "./place-orders.ts";

const waitingIntervalMs = 10_000;
const maxDeliveryTries = 5;
const feedbackLength = 4_000;

export function onDeliveryEnded(decision: Decision, event: EventOf<"delivery-ended">): void {
  const { draft } = decision;
  const { issueId, key, result } = event;
  const claim = draft.claims.get(issueId);
  if (claim?.phase !== "delivering" || claim.key !== key) return;
  if (result.kind === "delivered") {
    onDelivered(decision, issueId, claim, result);
    return;
  }
  const unfit = unfitness(draft.issues.get(issueId), draft);
  if (unfit === null) followRefusal(decision, issueId, claim, result);
  else releaseClaim(decision, issueId, unfit);
}

/** The state folder was lost, the work was not: the mark comes back, and so does the write that may have been lost. */
export function onDeliveryFound(decision: Decision, event: EventOf<"delivery-found">): void {
  const { draft } = decision;
  const { issueId, commit } = event;
  const issue = draft.issues.get(issueId);
  if (issue === undefined || draft.claims.has(issueId) || draft.executions.has(issueId)) return;
  decision.emit({ type: "issue-delivered", issueId, commit, branch: null, notes: [] });
  if (isActive(draft.policy, issue.state) || isRunningState(draft.policy, issue.state))
    orderTransition(decision, issueId, "succeeded", `found-${issueId}`);
  else decision.emit({ type: "delivered-issue-left", issueId });
}

function onDelivered(
  decision: Decision,
  issueId: string,
  claim: DeliveringClaim,
  { commit, branch, notes }: Extract<DeliveryResult, { kind: "delivered" }>,
): void {
  const { draft } = decision;
  decision.emit({ type: "issue-delivered", issueId, commit, branch, notes });
  const issue = draft.issues.get(issueId);
  if (issue !== undefined && !isActive(draft.policy, issue.state))
    decision.emit({ type: "delivered-issue-left", issueId });
  releaseClaim(decision, issueId, "delivered");
  if (issue !== undefined && !isTerminal(draft.policy, issue.state))
    orderTransition(decision, issueId, "succeeded", claim.runId);
  const detail = notes.join("\n");
  orderProgressComment(decision, issueId, "delivered", {
    urgent: true,
    ...(detail === "" ? {} : { detail }),
  });
}

function followRefusal(
  decision: Decision,
  issueId: string,
  claim: DeliveringClaim,
  result: Exclude<DeliveryResult, { kind: "delivered" }>,
): void {
  const { key, runId, resumeSessionId } = claim;
  const goOn = (progress: "none" | "given", feedback: string | null): void =>
    continueWork(decision, issueId, { runId, progress, feedback, resumeSessionId });
  switch (result.kind) {
    case "empty":
      return goOn("none", null);
    case "conflict":
      return goOn("given", clip(`Conflict in ${result.files.join(", ")}.\n${result.detail}`));
    case "check-failed":
      return goOn("given", clip(`The check failed on the merged result.\n${result.output}`));
    case "waiting": {
      const { reason, remedy } = result;
      const retryAt = decision.at + waitingIntervalMs;
      const waiting = { reason, remedy };
      return decision.emit({ type: "delivery-postponed", issueId, key, waiting, retryAt });
    }
    case "failed":
      return followFailure(decision, issueId, claim, result);
  }
}

function followFailure(
  decision: Decision,
  issueId: string,
  claim: DeliveringClaim,
  { message, retryable }: Extract<DeliveryResult, { kind: "failed" }>,
): void {
  const { key, runId, resumeSessionId } = claim;
  const tries = claim.tries + 1;
  if (retryable && tries < maxDeliveryTries) {
    const cap = decision.draft.policy.maxRetryBackoffMs;
    const retryAt = decision.at + calculateRetryDelay(tries, "failure", cap);
    decision.emit({ type: "delivery-postponed", issueId, key, waiting: null, retryAt });
    return;
  }
  parkIssue(decision, issueId, runId, {
    reason: { kind: "not-retryable", error: clip(message) },
    until: null,
    feedback: clip(message),
    resumeSessionId,
  });
}

function clip(text: string): string {
  return clipText(text, feedbackLength);
}
