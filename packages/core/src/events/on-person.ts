import type { EventOf } from "../event.ts";
import { executionOf } from "../evolve/execution-of.ts";
import { clipText } from "../issue/summarize-issue.ts";
import { parkIssue, releaseFor, resumeParked, scheduleRetry, stopRunFor } from "./claim-moves.ts";
import type { Decision } from "./decision.ts";

const answerLength = 4_000;

export function onAnswerReceived(decision: Decision, event: EventOf<"answer-received">): void {
  resumeParked(decision, event.issueId, "reset", clipText(event.text, answerLength));
}

/** A run is stopped first and parked when it has ended; whatever else waits is parked at once. */
export function onStopRequested(decision: Decision, event: EventOf<"stop-requested">): void {
  const { issueId, by, key } = event;
  if (key !== undefined && !heedOnce(decision, issueId, key)) return;
  const claim = decision.draft.claims.get(issueId);
  if (claim === undefined || claim.phase === "delivering") return;
  if (claim.phase === "running" && claim.runPhase !== "checking") {
    stopRunFor(decision, issueId, claim, { by, afterwards: "park" });
    return;
  }
  if (claim.phase === "parked" && claim.reason.kind === "operator") return;
  const { feedback, resumeSessionId } = claim;
  const reason = { kind: "operator", by } as const;
  parkIssue(decision, issueId, issueId, { reason, until: null, feedback, resumeSessionId });
}

/** Remembers the order, also where there is nothing to stop now: it does not mean what starts later. */
function heedOnce(decision: Decision, issueId: string, key: string): boolean {
  const { draft } = decision;
  if (!draft.issues.has(issueId)) return false;
  if (executionOf(draft, issueId).heededSignals?.includes(key) === true) return false;
  decision.emit({ type: "signal-heeded", issueId, key });
  return true;
}

/** Whatever waits goes on now, with fresh counters. */
export function onRetryRequested(decision: Decision, event: EventOf<"retry-requested">): void {
  const { issueId } = event;
  const claim = decision.draft.claims.get(issueId);
  switch (claim?.phase) {
    case undefined:
    case "running":
      return;
    case "parked":
      return resumeParked(decision, issueId, "reset");
    case "retrying": {
      const { kind, error, feedback, resumeSessionId } = claim;
      decision.emit({ type: "counters-reset", issueId });
      const next = { kind, error, feedback, resumeSessionId };
      return scheduleRetry(decision, issueId, { ...next, delayMs: 0 });
    }
    case "delivering":
      if (claim.retryAt !== null)
        decision.emit({ type: "delivery-resumed", issueId, key: claim.key });
  }
}

/** The claim is given up: a run is stopped first, a delivery that is under way is not interrupted. */
export function onReleaseRequested(decision: Decision, event: EventOf<"release-requested">): void {
  const { issueId, by } = event;
  const claim = decision.draft.claims.get(issueId);
  if (claim === undefined || (claim.phase === "delivering" && claim.retryAt === null)) return;
  if (claim.phase === "running" && claim.runPhase !== "checking")
    stopRunFor(decision, issueId, claim, { by, afterwards: "release" });
  else releaseFor(decision, issueId, by);
}
