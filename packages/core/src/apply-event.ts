import type { DecidedEvent } from "./decided-event.ts";
import type { SideEffect } from "./effect.ts";
import type { OrchestratorEvent } from "./event.ts";
import { Decision } from "./events/decision.ts";
import { fillSlots } from "./events/fill-slots.ts";
import { onDeliveryEnded, onDeliveryFound } from "./events/on-delivery-ended.ts";
import { onIssueCheckFailed, onIssueChecked } from "./events/on-issue-checked.ts";
import { onIssuesObserved, onIssuesRefreshed } from "./events/on-issues-observed.ts";
import {
  onClaimMarkEnded,
  onCommentEnded,
  onTransitionEnded,
  onWorkspaceCleaned,
} from "./events/on-order-ended.ts";
import {
  onAnswerReceived,
  onReleaseRequested,
  onRetryRequested,
  onStopRequested,
} from "./events/on-person.ts";
import { onRunEnded } from "./events/on-run-ended.ts";
import {
  onRunUnheard,
  onRunPhaseChanged,
  onRunProgressed,
  onSessionStarted,
  onWorkspacePrepared,
} from "./events/on-run-report.ts";
import {
  onDaemonStarted,
  onGateClosed,
  onGateOpened,
  onPolicyReplaced,
} from "./events/on-settings.ts";
import { onTimePassed } from "./events/on-time-passed.ts";
import { onTurnEnded } from "./events/on-turn-ended.ts";
import type { OrchestratorState } from "./state.ts";

/** What an input came to. */
export interface Transition {
  readonly state: OrchestratorState;
  /** In the order in which they follow from `decided`; to be performed once those are durable. */
  readonly effects: readonly SideEffect[];
  /** What to journal. Empty: nothing happened, and there is nothing to write down. */
  readonly decided: readonly DecidedEvent[];
}

/**
 * Decides on an input and folds what was decided. The state that is given stays valid; the very same one comes back
 * where nothing was decided, but for timers that were armed again.
 */
export function applyEvent(state: OrchestratorState, event: OrchestratorEvent): Transition {
  const decision = new Decision(state, event.at);
  handle(decision, event);
  fillSlots(decision);
  const { decided, effects } = decision;
  return { state: decision.draft.close(), effects, decided };
}

/** The facts that an input leads to. Folded with `evolve`, they give the state of `applyEvent`. */
export function decide(
  state: OrchestratorState,
  event: OrchestratorEvent,
): readonly DecidedEvent[] {
  return applyEvent(state, event).decided;
}

function handle(decision: Decision, event: OrchestratorEvent): void {
  switch (event.type) {
    case "daemon-started":
      return onDaemonStarted(decision, event);
    case "policy-replaced":
      return onPolicyReplaced(decision, event);
    case "gate-closed":
      return onGateClosed(decision, event);
    case "gate-opened":
      return onGateOpened(decision, event);
    case "time-passed":
      return onTimePassed(decision);
    case "issues-observed":
      return onIssuesObserved(decision, event);
    case "issues-refreshed":
      return onIssuesRefreshed(decision, event);
    case "issue-checked":
      return onIssueChecked(decision, event);
    case "issue-check-failed":
      return onIssueCheckFailed(decision, event);
    case "run-unheard":
      return onRunUnheard(decision, event);
    case "run-phase-changed":
      return onRunPhaseChanged(decision, event);
    case "workspace-prepared":
      return onWorkspacePrepared(decision, event);
    case "session-started":
      return onSessionStarted(decision, event);
    case "run-progressed":
      return onRunProgressed(decision, event);
    case "turn-ended":
      return onTurnEnded(decision, event);
    case "run-ended":
      return onRunEnded(decision, event);
    case "delivery-ended":
      return onDeliveryEnded(decision, event);
    case "delivery-found":
      return onDeliveryFound(decision, event);
    case "transition-ended":
      return onTransitionEnded(decision, event);
    case "comment-ended":
      return onCommentEnded(decision, event);
    case "claim-mark-ended":
      return onClaimMarkEnded(decision, event);
    case "workspace-cleaned":
      return onWorkspaceCleaned(decision, event);
    case "answer-received":
      return onAnswerReceived(decision, event);
    case "stop-requested":
      return onStopRequested(decision, event);
    case "retry-requested":
      return onRetryRequested(decision, event);
    case "release-requested":
      return onReleaseRequested(decision, event);
  }
}
