import type { TurnReply } from "@signalbox/contracts";
import type { RunningClaim } from "../claim.ts";
import type { EventOf } from "../event.ts";
import { exhaustedBudget } from "../policy/budget.ts";
import type { Decision } from "./decision.ts";
import { isFinished } from "./is-finished.ts";
import { liveRun } from "./live-run.ts";
import { observeGone, observeIssue } from "./observe-issue.ts";
import { orderProgressComment } from "./place-orders.ts";

/** Between turns the issue is looked at again, and everything that can end a run is asked. */
export function onTurnEnded(decision: Decision, event: EventOf<"turn-ended">): void {
  const { draft } = decision;
  const { issueId, runId } = event;
  if (liveRun(draft, event) === null) return;
  if (event.issue === null) observeGone(decision, issueId);
  else if (event.issue !== "unknown") observeIssue(decision, event.issue);
  const claim = liveRun(draft, event);
  if (claim === null) return;
  const { turn } = event.turn;
  const reply = replyTo(decision, claim, event);
  decision.emit({ type: "turn-answered", issueId, runId, turn, reply });
  if (reply.kind === "go")
    orderProgressComment(decision, issueId, "running", { detail: `Turn ${turn} has ended.` });
}

function replyTo(
  { draft }: Decision,
  claim: RunningClaim,
  { issueId, turn: report }: EventOf<"turn-ended">,
): TurnReply {
  const { policy, gates } = draft;
  if (claim.stopping !== null) return { kind: "end", reason: claim.stopping };
  if (isFinished(draft, issueId, claim, report.fingerprint)) return { kind: "end", reason: "done" };
  if (gates.draining !== undefined) return { kind: "end", reason: "drain" };
  if (exhaustedBudget(draft, issueId, claim.usage) !== null)
    return { kind: "end", reason: "budget" };
  if (report.turn >= policy.maxTurns) return { kind: "end", reason: "done" };
  if (policy.states.succeeded === undefined) return { kind: "go" };
  const didNothing = report.fingerprint.digest === claim.baseline;
  return didNothing ? { kind: "end", reason: "done" } : { kind: "go" };
}
