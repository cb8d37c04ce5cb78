import { claimDueAt } from "../evolve/standing.ts";
import { resumeParked, stopRun } from "./claim-moves.ts";
import type { Decision } from "./decision.ts";

/**
 * Handles every timer that is due. A heartbeat does not move the timer of its run, so that one may ring early: then it
 * is armed again for the time that holds now.
 */
export function onTimePassed(decision: Decision): void {
  for (const subject of dueSubjects(decision)) {
    const [kind, id] = splitSubject(subject);
    if (kind === "claim") claimDue(decision, id);
    else orderDue(decision, id);
  }
}

function dueSubjects({ draft, at }: Decision): readonly string[] {
  const due: string[] = [];
  for (const { dueAt, subject } of draft.index.timers.keys()) {
    if (dueAt > at) break;
    due.push(subject);
  }
  return due;
}

function claimDue(decision: Decision, issueId: string): void {
  const { draft, at } = decision;
  const claim = draft.claims.get(issueId);
  if (claim === undefined) return;
  switch (claim.phase) {
    case "running": {
      if ((claimDueAt(claim, draft.policy) ?? at) <= at)
        return stopRun(decision, issueId, claim, "stalled");
      return decision.emit({ type: "run-found-alive", issueId, runId: claim.runId });
    }
    case "retrying":
      return decision.emit({ type: "retry-came-due", issueId });
    case "parked":
      return resumeParked(decision, issueId, "keep");
    case "delivering":
      return decision.emit({ type: "delivery-resumed", issueId, key: claim.key });
  }
}

function orderDue(decision: Decision, key: string): void {
  if (decision.draft.orders.has(key)) decision.emit({ type: "order-resumed", key });
}

function splitSubject(subject: string): readonly [string, string] {
  const colon = subject.indexOf(":");
  return [subject.slice(0, colon), subject.slice(colon + 1)];
}
