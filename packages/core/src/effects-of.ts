import type { TurnEnd } from "@signalbox/contracts";
import type { DeliveringClaim } from "./claim.ts";
import type { DecidedEvent } from "./decided-event.ts";
import type { SideEffect } from "./effect.ts";
import type { Order } from "./order.ts";
import type { Policy } from "./policy/policy.ts";
import type { OrchestratorState } from "./state.ts";

const none: readonly SideEffect[] = [];

/** What the shell has to do about a fact; `state` is the one that the fact is part of already. */
export function effectsOf(decided: DecidedEvent, state: OrchestratorState): readonly SideEffect[] {
  switch (decided.type) {
    case "run-claimed":
      return [{ type: "check-issue", issueId: decided.issueId, runId: decided.runId }];
    case "run-confirmed":
      return startRun(decided.issueId, state);
    case "run-stop-decided": {
      const { issueId, runId, reason } = decided;
      return [{ type: "stop-run", issueId, runId, reason }];
    }
    case "turn-answered": {
      const { runId, turn, reply } = decided;
      return [{ type: "reply-turn", runId, turn, reply }];
    }
    case "retry-scheduled": {
      const { issueId, kind, dueAt } = decided;
      return [{ type: "schedule-retry", issueId, kind, dueAt }];
    }
    case "delivery-decided":
    case "delivery-resumed": {
      const claim = state.claims.get(decided.issueId);
      return claim?.phase === "delivering" ? deliver(decided.issueId, claim, state) : none;
    }
    case "order-placed":
      return orderEffects(decided.order, state);
    case "order-resumed": {
      const order = state.orders.get(decided.key);
      return order === undefined ? none : orderEffects(order, state);
    }
    case "claim-released":
    case "counters-reset":
    case "counters-set":
    case "delivered-issue-left":
    case "delivery-postponed":
    case "epoch-begun":
    case "gate-changed":
    case "issue-changed":
    case "issue-delivered":
    case "issue-forgotten":
    case "issue-parked":
    case "question-posted":
    case "issue-reopened":
    case "order-closed":
    case "order-doubted":
    case "order-postponed":
    case "order-written":
    case "policy-changed":
    case "retry-came-due":
    case "run-closed":
    case "run-found-alive":
    case "run-phase-entered":
    case "run-progress-recorded":
    case "signal-heeded":
    case "session-recorded":
    case "workspace-forgotten":
    case "workspace-recorded":
      return none;
  }
}

/**
 * Everything that was decided and not yet confirmed, for a daemon that takes over: checks, deliveries and orders under
 * way. Live runs are left to the run host, which knows what became of them.
 */
export function outstandingEffects(state: OrchestratorState): readonly SideEffect[] {
  const effects: SideEffect[] = [];
  for (const [issueId, claim] of state.claims.entries()) {
    if (claim.phase === "running" && claim.runPhase === "checking")
      effects.push({ type: "check-issue", issueId, runId: claim.runId });
    if (claim.phase === "delivering") effects.push(...deliver(issueId, claim, state));
  }
  for (const order of state.orders.values()) effects.push(...orderEffects(order, state));
  return effects;
}

function startRun(issueId: string, state: OrchestratorState): readonly SideEffect[] {
  const claim = state.claims.get(issueId);
  if (claim?.phase !== "running") return none;
  const { runId, attempt, retryKind, feedback, resumeSessionId } = claim;
  const next = { attempt, retryKind, feedback, resumeSessionId, endsAfter: turnEnd(state.policy) };
  return [{ type: "start-run", issueId, runId, ...next }];
}

/** The turns after which there is nothing to ask: whatever else is known, the answer would be the end. */
function turnEnd({ states, deliveryKind }: Policy): TurnEnd | null {
  if (states.succeeded === undefined) return null;
  return deliveryKind === "none" ? "success" : "commit";
}

function deliver(
  issueId: string,
  claim: DeliveringClaim,
  state: OrchestratorState,
): readonly SideEffect[] {
  const workspace = state.workspaces.get(issueId);
  if (workspace === undefined || claim.retryAt !== null) return none;
  const issue = state.issues.get(issueId);
  const identifier = issue?.identifier ?? workspace.identifier;
  const title = issue?.title ?? identifier;
  return [{ type: "deliver", issueId, key: claim.key, identifier, title, workspace }];
}

/** An order with a time of its own waits for it. */
function orderEffects(order: Order, state: OrchestratorState): readonly SideEffect[] {
  if (order.retryAt !== null) return none;
  const { key, issueId } = order;
  switch (order.kind) {
    case "transition-issue":
      return [{ type: "transition-issue", issueId, key, from: order.from, to: order.to }];
    case "write-comment":
      return [{ type: "write-comment", issueId, key, comment: order.comment }];
    case "write-claim":
    case "release-claim":
      return [{ type: order.kind, issueId, key }];
    case "clean-workspace": {
      const workspace = state.workspaces.get(issueId);
      return workspace === undefined
        ? none
        : [{ type: "clean-workspace", issueId, key, workspace }];
    }
  }
}
