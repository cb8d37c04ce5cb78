import { claimDueAt } from "../evolve/standing.ts";
import type { TimerKey } from "../state.ts";
import { resumeParked, stopRun } from "./claim-moves.ts";
import type { Decision } from "./decision.ts";
import { listenAnew } from "./listen-anew.ts";
import { poolDue } from "./pool-gate.ts";
import { restoreWritten } from "./restore-written.ts";

/** Who looks later than this after the time was asleep, or its clock has jumped: it did not listen either. */
const longestLateMs = 10_000;

/**
 * Handles every timer that is due. A heartbeat does not move the timer of its run, so that one may ring early: then it
 * is armed again for the time that holds now.
 */
export function onTimePassed(decision: Decision): void {
  poolDue(decision);
  for (const { subject, id } of dueTimers(decision)) {
    if (subject === "claim") claimDue(decision, id);
    else orderDue(decision, id);
  }
}

function dueTimers({ draft, at }: Decision): readonly TimerKey[] {
  const due: TimerKey[] = [];
  for (const timer of draft.index.timers.keys()) {
    if (timer.dueAt > at) break;
    due.push(timer);
  }
  return due;
}

function claimDue(decision: Decision, issueId: string): void {
  const { draft, at } = decision;
  const claim = draft.claims.get(issueId);
  if (claim === undefined) return;
  switch (claim.phase) {
    case "running": {
      const dueAt = claimDueAt(claim, draft.policy) ?? at;
      if (dueAt > at)
        return decision.emit({ type: "run-found-alive", issueId, runId: claim.runId });
      if (at - dueAt > longestLateMs) return listenAnew(decision, issueId, claim);
      return stopRun(decision, issueId, claim, "stalled");
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
  const order = decision.draft.orders.get(key);
  if (order === undefined) return;
  if (order.kind === "transition-issue" && order.doubt?.isWritten === true)
    restoreWritten(decision, order, order.doubt);
  else decision.emit({ type: "order-resumed", key });
}
