import type { RunPhase } from "@signalbox/contracts";
import type { RunningClaim } from "../claim.ts";
import type { EventOf } from "../event.ts";
import { exhaustedBudget, laterUsage } from "../policy/budget.ts";
import { stopRun } from "./claim-moves.ts";
import type { Decision } from "./decision.ts";
import { listenAnew } from "./listen-anew.ts";
import { liveRun } from "./live-run.ts";

const phaseOrder: readonly RunningClaim["runPhase"][] = [
  "checking",
  "starting",
  "preparing-workspace",
  "rendering-prompt",
  "starting-session",
  "running-turn",
  "finishing",
];

/** What it said while nobody listened is not heard yet: its silence counts from now on. */
export function onRunUnheard(decision: Decision, event: EventOf<"run-unheard">): void {
  const claim = liveRun(decision.draft, event);
  if (claim !== null) listenAnew(decision, event.issueId, claim);
}

export function onRunPhaseChanged(decision: Decision, event: EventOf<"run-phase-changed">): void {
  const { issueId, runId, phase } = event;
  const claim = liveRun(decision.draft, event);
  if (claim === null || isBehind(claim, phase)) return;
  decision.emit({ type: "run-phase-entered", issueId, runId, phase });
}

export function onWorkspacePrepared(
  decision: Decision,
  event: EventOf<"workspace-prepared">,
): void {
  const { issueId, runId, workspace, fingerprint } = event;
  const claim = liveRun(decision.draft, event);
  if (claim === null || claim.baseline !== null) return;
  const baseline = fingerprint.digest;
  decision.emit({ type: "workspace-recorded", issueId, runId, workspace, baseline });
}

export function onSessionStarted(decision: Decision, event: EventOf<"session-started">): void {
  const { issueId, runId, sessionId } = event;
  const claim = liveRun(decision.draft, event);
  if (claim === null || claim.sessionId === sessionId) return;
  decision.emit({ type: "session-recorded", issueId, runId, sessionId });
}

/** A run that is adopted tells its story from the last report on: what is known already changes nothing. */
function isBehind(claim: RunningClaim, phase: RunPhase): boolean {
  return phaseOrder.indexOf(phase) <= phaseOrder.indexOf(claim.runPhase);
}

/** Reports count once, in whatever order they come: an older one than the last is ignored. */
export function onRunProgressed(decision: Decision, event: EventOf<"run-progressed">): void {
  const { issueId, runId, spoolSeq, usage } = event;
  const { draft } = decision;
  const claim = liveRun(draft, event);
  if (claim === null || spoolSeq <= claim.spoolSeq) return;
  const lastEventAt = Math.max(claim.lastEventAt, event.lastEventAt);
  decision.emit({ type: "run-progress-recorded", issueId, runId, spoolSeq, lastEventAt, usage });
  const spent = laterUsage(claim.usage, usage);
  if (exhaustedBudget(draft, issueId, spent) !== null) stopRun(decision, issueId, claim, "budget");
}
