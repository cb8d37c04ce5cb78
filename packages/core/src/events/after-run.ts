import type { RunEnding, RunOutcome, StopReason } from "@signalbox/contracts";
import type { ParkReason, RunningClaim } from "../claim.ts";
import { executionOf } from "../evolve/execution-of.ts";
import { clipText } from "../issue/summarize-issue.ts";
import type { Policy } from "../policy/policy.ts";
import { calculateRetryDelay } from "../policy/retry.ts";
import { parkIssue, scheduleRetry } from "./claim-moves.ts";
import { continueWork } from "./continue-work.ts";
import { setCounters } from "./counters.ts";
import type { Decision } from "./decision.ts";
import { isFinished } from "./is-finished.ts";
import { orderProgressComment } from "./place-orders.ts";
import { closePool } from "./pool-gate.ts";

/** A stall and a used-up budget are outcomes of their own, also where a stop brought them about. */
export type JudgedOutcome =
  | Exclude<RunOutcome, { kind: "canceled" }>
  | { readonly kind: "canceled"; readonly reason: InterruptReason };

type InterruptReason = Exclude<StopReason, "stalled" | "budget">;

export interface EndedRun {
  readonly issueId: string;
  readonly claim: RunningClaim;
  readonly outcome: JudgedOutcome;
  readonly progressed: boolean;
  readonly ending: RunEnding;
}

const feedbackLength = 4_000;
const uncommitted =
  "Nothing is committed, but the workspace holds changes. Only commits are delivered: commit what belongs to the issue.";
/** How long an unknown reset of a quota, or somebody to see to an account, is waited for. */
const poolWaitMs = 300_000;
/** The least wait for a reset. */
const leastQuotaWaitMs = 10_000;
/** More than the longest of the known periods, a week: an agent may say anything, and then one run finds out. */
const mostQuotaWaitMs = 8 * 24 * 3_600_000;

/** What becomes of an issue that may still be worked on. */
export function followOutcome(decision: Decision, run: EndedRun): void {
  const { issueId, claim, outcome } = run;
  const resumeSessionId = sessionOf(claim);
  if (claim.stoppedBy !== null)
    return park(decision, run, { kind: "operator", by: claim.stoppedBy });
  switch (outcome.kind) {
    case "succeeded":
      return followSuccess(decision, run);
    case "failed":
      if (outcome.code === "setup" || outcome.code === "agent-not-found")
        return awaitSetup(decision, run, outcome.message);
      if (outcome.code === "auth" || outcome.code === "billing")
        return awaitPool(decision, run, { because: outcome.code, message: outcome.message });
      return outcome.retryable
        ? retryFailure(decision, run, outcome.message)
        : park(decision, run, { kind: "not-retryable", error: outcome.message });
    case "timed-out":
      return retryFailure(decision, run, `The ${outcome.limit} took over ${outcome.limitMs} ms.`);
    case "stalled":
      return retryFailure(decision, run, `Nothing was heard for ${outcome.silentMs} ms.`);
    case "canceled":
      return followStop(decision, run, outcome.reason);
    case "needs-input":
      return park(decision, run, { kind: "needs-input", question: outcome.question });
    case "budget-exhausted":
      return park(decision, run, { kind: "budget", budget: outcome.budget });
    case "quota-exhausted": {
      const { pool } = outcome;
      const resetsAt = outcome.resetsAt ?? decision.at + poolWaitMs;
      const waitMs = Math.max(resetsAt - decision.at, leastQuotaWaitMs);
      const until = decision.at + Math.min(waitMs, mostQuotaWaitMs);
      const message = `The quota of ${pool} is used up`;
      closePool(decision, claim, { pool, because: "quota", message, until });
      return parkIssue(decision, issueId, claim.runId, {
        reason: { kind: "quota", pool },
        until,
        feedback: claim.feedback,
        resumeSessionId,
      });
    }
    case "lost":
      return retryLost(decision, run, outcome.message);
  }
}

function followSuccess(decision: Decision, run: EndedRun): void {
  const { issueId, claim, progressed, ending } = run;
  setCounters(decision, issueId, { failures: 0, losses: 0 });
  if (!isFinished(decision.draft, issueId, claim, ending.fingerprint)) {
    const resumeSessionId = sessionOf(claim);
    const { runId } = claim;
    const progress = progressed ? "some" : "none";
    const feedback = isUncommitted(decision.draft.policy, ending) ? uncommitted : null;
    continueWork(decision, issueId, { runId, progress, feedback, resumeSessionId });
    return;
  }
  decision.emit({
    type: "delivery-decided",
    issueId,
    runId: claim.runId,
    key: `deliver-${claim.runId}`,
    attempt: executionOf(decision.draft, issueId).runs,
    resumeSessionId: sessionOf(claim),
  });
  orderProgressComment(decision, issueId, "delivering");
}

/** The agent says that it is done and has left its work where no delivery finds it. */
function isUncommitted({ states, deliveryKind }: Policy, { fingerprint }: RunEnding): boolean {
  return (
    states.succeeded !== undefined &&
    deliveryKind !== "none" &&
    fingerprint !== null &&
    fingerprint.dirty &&
    fingerprint.commitsAhead === 0
  );
}

/** Not the issue's fault, and the next one would fare the same: nothing is dispatched until it is tried again. */
function awaitSetup(decision: Decision, run: EndedRun, message: string): void {
  const error = clipText(message, feedbackLength);
  if (decision.draft.gates["setup-failed"] === undefined) {
    const closed = { gate: "setup-failed", message: error } as const;
    decision.emit({ type: "gate-changed", gate: "setup-failed", closed });
  }
  waitForGate(decision, run, error);
}

/** The same, where it is the account of the agent that somebody has to see to. */
function awaitPool(
  decision: Decision,
  run: EndedRun,
  { because, message }: { readonly because: "auth" | "billing"; readonly message: string },
): void {
  const error = clipText(message, feedbackLength);
  const pool = run.claim.usage?.pool ?? null;
  const until = decision.at + poolWaitMs;
  closePool(decision, run.claim, { pool, because, message: error, until });
  waitForGate(decision, run, error);
}

/** Due at once, and no failure: the gate alone holds it back. */
function waitForGate(decision: Decision, { issueId, claim }: EndedRun, error: string): void {
  scheduleRetry(decision, issueId, {
    kind: "resumed",
    delayMs: 0,
    error,
    feedback: claim.feedback,
    resumeSessionId: sessionOf(claim),
  });
}

function retryFailure(decision: Decision, run: EndedRun, message: string): void {
  const { issueId, claim, outcome } = run;
  const { maxFailures, maxRetryBackoffMs } = decision.draft.policy;
  const failures = executionOf(decision.draft, issueId).failures + 1;
  setCounters(decision, issueId, { failures, losses: 0 });
  const error = clipText(message, feedbackLength);
  if (maxFailures > 0 && failures >= maxFailures) {
    park(decision, run, { kind: "failure-limit", failures, error });
    return;
  }
  const isTooLong = outcome.kind === "failed" && outcome.code === "context-too-long";
  scheduleRetry(decision, issueId, {
    kind: "failure",
    delayMs: calculateRetryDelay(failures, "failure", maxRetryBackoffMs),
    error,
    feedback: error,
    resumeSessionId: isTooLong ? null : sessionOf(claim),
  });
  orderProgressComment(decision, issueId, "retrying", { detail: error });
}

function retryLost(decision: Decision, run: EndedRun, message: string): void {
  const { issueId, claim } = run;
  const { maxFailures, maxRetryBackoffMs } = decision.draft.policy;
  const losses = executionOf(decision.draft, issueId).losses + 1;
  setCounters(decision, issueId, { losses });
  const error = clipText(message, feedbackLength);
  if (maxFailures > 0 && losses >= maxFailures) {
    park(decision, run, { kind: "loss-limit", losses, error });
    return;
  }
  scheduleRetry(decision, issueId, {
    kind: "lost",
    delayMs: calculateRetryDelay(losses, "lost", maxRetryBackoffMs),
    error,
    feedback: claim.feedback,
    resumeSessionId: sessionOf(claim),
  });
}

/** What nobody here asked for is a loss: it has a delay and a limit, or it could go on for ever without a pause. */
function followStop(decision: Decision, run: EndedRun, reason: InterruptReason): void {
  const { issueId, claim } = run;
  const resumeSessionId = sessionOf(claim);
  const { runId, feedback } = claim;
  switch (reason) {
    case "operator":
      return park(decision, run, { kind: "operator", by: "an operator" });
    case "issue-changed":
      return continueWork(decision, issueId, {
        runId,
        progress: "given",
        feedback,
        resumeSessionId,
      });
    // The issue was unfit when the run was stopped and is fit again.
    case "issue-terminal":
    case "issue-inactive":
    case "issue-not-routable":
    case "issue-gone":
    case "shutdown":
    case "drain":
    case "daemon-absent":
      if (claim.stopping === null && decision.draft.gates.draining === undefined)
        return retryLost(decision, run, `The run ended by itself, as canceled (${reason}).`);
      return scheduleRetry(decision, issueId, {
        kind: "resumed",
        delayMs: 0,
        error: null,
        feedback,
        resumeSessionId,
      });
  }
}

function park(decision: Decision, { issueId, claim }: EndedRun, reason: ParkReason): void {
  const resumeSessionId = sessionOf(claim);
  const feedback = claim.feedback;
  parkIssue(decision, issueId, claim.runId, { reason, until: null, feedback, resumeSessionId });
}

/** The session to go on with: this run's, or the one it was to resume and never got to. */
function sessionOf(claim: RunningClaim): string | null {
  return claim.sessionId ?? claim.resumeSessionId;
}
