import type { RunOutcome } from "@signalbox/contracts";
import type { RunningClaim } from "../claim.ts";
import type { EventOf } from "../event.ts";
import { exhaustedBudget, laterUsage } from "../policy/budget.ts";
import { type JudgedOutcome, followOutcome } from "./after-run.ts";
import { releaseClaim, releaseFor } from "./claim-moves.ts";
import type { Decision } from "./decision.ts";
import { unfitness } from "./enforce-fitness.ts";
import { hasChanged } from "./is-finished.ts";
import { liveRun } from "./live-run.ts";

export function onRunEnded(decision: Decision, event: EventOf<"run-ended">): void {
  const { draft } = decision;
  const { issueId, runId, ending } = event;
  const claim = liveRun(draft, event);
  if (claim === null) return;
  const usage = laterUsage(claim.usage, event.usage);
  const budget = exhaustedBudget(draft, issueId, usage) ?? "asked by the agent";
  const outcome = judge(ending.outcome, claim, decision.at, budget);
  const issue = draft.issues.get(issueId);
  const progressed =
    hasChanged(claim, ending.fingerprint) ||
    (issue !== undefined && issue.version !== claim.issueVersion);
  decision.emit({ type: "run-closed", issueId, runId, outcome, progressed, usage });
  const unfit = claim.stopping === "issue-gone" ? "issue-gone" : unfitness(issue, draft);
  if (unfit !== null) releaseClaim(decision, issueId, unfit);
  else if (claim.releasing === true)
    releaseFor(decision, issueId, claim.stoppedBy ?? "an operator");
  else followOutcome(decision, { issueId, claim, outcome, progressed, ending });
}

/** What the end means: a stop's reason goes before what the agent died of, unless it had succeeded first. */
function judge(
  outcome: RunOutcome,
  claim: RunningClaim,
  at: number,
  budget: string,
): JudgedOutcome {
  const isOperators = claim.stopping === "operator" || claim.stoppedBy !== null;
  if (outcome.kind === "succeeded" && !isOperators) return outcome;
  if (outcome.kind !== "canceled" && claim.stopping === null) return outcome;
  const reason = claim.stopping ?? (outcome.kind === "canceled" ? outcome.reason : "operator");
  if (reason === "stalled")
    return { kind: "stalled", silentMs: Math.max(0, at - claim.lastEventAt) };
  return reason === "budget" ? { kind: "budget-exhausted", budget } : { kind: "canceled", reason };
}
