import type { RetryKind, StopReason } from "@signalbox/contracts";
import type { ParkReason, RunningClaim } from "../claim.ts";
import type { ReleaseReason } from "../decided-event.ts";
import { executionOf } from "../evolve/execution-of.ts";
import { isActive } from "../selection/blockers.ts";
import type { Decision } from "./decision.ts";
import {
  orderCleaning,
  orderMarkRemoval,
  orderParkedComment,
  orderProgressComment,
  orderTransition,
} from "./place-orders.ts";

/** What the next run is given. */
export interface NextRun {
  readonly kind: RetryKind;
  readonly delayMs: number;
  readonly error: string | null;
  readonly feedback: string | null;
  readonly resumeSessionId: string | null;
}

export function scheduleRetry(decision: Decision, issueId: string, next: NextRun): void {
  const { kind, error, feedback, resumeSessionId } = next;
  const attempt = executionOf(decision.draft, issueId).runs;
  const dueAt = decision.at + next.delayMs;
  decision.emit({
    type: "retry-scheduled",
    issueId,
    kind,
    attempt,
    dueAt,
    error,
    feedback,
    resumeSessionId,
  });
}

/** The first reason wins. */
export function stopRun(
  decision: Decision,
  issueId: string,
  claim: RunningClaim,
  reason: StopReason,
): void {
  if (claim.stopping !== null) return;
  decision.emit({ type: "run-stop-decided", issueId, runId: claim.runId, reason, by: null });
}

/** What becomes of the issue is the operator's word, also where the run is being stopped for another reason already. */
export function stopRunFor(
  decision: Decision,
  issueId: string,
  { runId, stoppedBy, releasing }: RunningClaim,
  order: { readonly by: string; readonly afterwards: "park" | "release" },
): void {
  const { by, afterwards } = order;
  const isKnown = afterwards === "park" ? stoppedBy !== null : releasing === true;
  if (isKnown) return;
  const stop = { type: "run-stop-decided", issueId, runId, reason: "operator", by } as const;
  decision.emit(afterwards === "park" ? stop : { ...stop, release: true });
}

/** The end of the claim. An issue that is gone is forgotten, one that is over loses its workspace. */
export function releaseClaim(decision: Decision, issueId: string, reason: ReleaseReason): void {
  decision.emit({ type: "claim-released", issueId, reason });
  orderMarkRemoval(decision, issueId);
  tellRelease(decision, issueId, reason);
  if (reason === "issue-gone") forgetIssue(decision, issueId, "gone");
  else orderCleaning(decision, issueId);
}

/** The tracker took the issue away from us: the living comment, where there is one, must not say that work goes on. */
function tellRelease(decision: Decision, issueId: string, reason: ReleaseReason): void {
  const { draft } = decision;
  const issue = draft.issues.get(issueId);
  const isOurs =
    reason !== "issue-terminal" && reason !== "issue-inactive" && reason !== "issue-not-routable";
  if (isOurs || issue === undefined || executionOf(draft, issueId).commentedAt === null) return;
  const detail =
    reason === "issue-not-routable"
      ? "The issue is not for this workflow any more."
      : `The issue is in "${issue.state}".`;
  orderProgressComment(decision, issueId, "stopped", { detail, urgent: true });
}

/** `unlisted`: it has left the active states, no more is known; `gone`: it does not exist any more. */
export function forgetIssue(decision: Decision, issueId: string, why: "unlisted" | "gone"): void {
  const { draft } = decision;
  if (!draft.issues.has(issueId)) return;
  const execution = draft.executions.get(issueId);
  const mark = execution?.delivered ?? null;
  if (why === "unlisted" && mark !== null && !mark.left)
    decision.emit({ type: "delivered-issue-left", issueId });
  const isKept = mark !== null || draft.workspaces.has(issueId);
  const withExecution = why === "gone" && execution !== undefined && !isKept;
  decision.emit({ type: "issue-forgotten", issueId, withExecution });
}

/** An operator gives the issue back: nothing is left of what it waited for. */
export function releaseFor(decision: Decision, issueId: string, by: string): void {
  decision.emit({ type: "counters-reset", issueId });
  // What its run has used is counted once the claim is gone.
  releaseClaim(decision, issueId, "operator");
  const detail = `Released by ${by}.`;
  orderProgressComment(decision, issueId, "stopped", { detail, urgent: true });
}

export interface Park {
  readonly reason: ParkReason;
  readonly until: number | null;
  readonly feedback: string | null;
  readonly resumeSessionId: string | null;
}

/** `subject` makes the key of the writes: the run that led here. */
export function parkIssue(decision: Decision, issueId: string, subject: string, park: Park): void {
  const attempt = executionOf(decision.draft, issueId).runs;
  decision.emit({ type: "issue-parked", issueId, attempt, ...park });
  const detail = describePark(park.reason);
  switch (park.reason.kind) {
    case "quota":
      orderProgressComment(decision, issueId, "parked", { detail, urgent: true });
      break;
    case "operator":
      orderProgressComment(decision, issueId, "stopped", { detail, urgent: true });
      break;
    case "needs-input":
    case "no-progress":
    case "failure-limit":
    case "loss-limit":
    case "continuation-limit":
    case "budget":
    case "not-retryable":
      orderTransition(decision, issueId, "needs-human", subject);
      orderProgressComment(decision, issueId, "parked", { detail, urgent: true });
      orderParkedComment(decision, issueId, detail);
  }
}

/** Out of the park, due at once. An issue that we had moved out of the active states is moved back. */
export function resumeParked(
  decision: Decision,
  issueId: string,
  counters: "reset" | "keep",
  answer: string | null = null,
): void {
  const { draft } = decision;
  const claim = draft.claims.get(issueId);
  if (claim?.phase !== "parked") return;
  if (counters === "reset") decision.emit({ type: "counters-reset", issueId });
  scheduleRetry(decision, issueId, {
    kind: "resumed",
    delayMs: 0,
    error: null,
    feedback: answer ?? claim.feedback,
    resumeSessionId: claim.resumeSessionId,
  });
  const issue = draft.issues.get(issueId);
  if (issue !== undefined && !isActive(draft.policy, issue.state))
    orderTransition(decision, issueId, "running", `${issueId}-after-${draft.runCount}`);
}

function describePark(reason: ParkReason): string {
  switch (reason.kind) {
    case "needs-input":
      return reason.question;
    case "no-progress":
      return `No progress in ${counted(reason.continuations, "run")} in a row.`;
    case "failure-limit":
      return `${counted(reason.failures, "failure")} in a row, the last one: ${reason.error}`;
    case "loss-limit":
      return `${counted(reason.losses, "run")} in a row ${reason.losses === 1 ? "was" : "were"} lost, the last one: ${reason.error}`;
    case "continuation-limit":
      return `Not finished after ${counted(reason.continuations, "continuation")}.`;
    case "quota":
      return `The quota of ${reason.pool} is used up.`;
    case "budget":
      return `The budget is used up: ${reason.budget}.`;
    case "not-retryable":
      return reason.error;
    case "operator":
      return `Stopped by ${reason.by}.`;
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
