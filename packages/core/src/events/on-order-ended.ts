import type { EventOf } from "../event.ts";
import { normalizeState } from "../issue/normalize-state.ts";
import { isActive, isRunningState } from "../selection/blockers.ts";
import { cleanOrderKey } from "../selection/eligibility.ts";
import type { Decision } from "./decision.ts";
import { observeIssue } from "./observe-issue.ts";
import {
  doubtOrder,
  isInDoubt,
  parkedCommentKey,
  postponeOrder,
  type TransitionOrder,
  type WriteOrder,
} from "./place-orders.ts";

const maxWriteTries = 20;
const maxCleanTries = 5;
const maxTransitionOrders = 5;

/** A confirmed write is ours even where the order has been superseded meanwhile. */
export function onTransitionEnded(decision: Decision, event: EventOf<"transition-ended">): void {
  const { key, issueId, result } = event;
  const found = decision.draft.orders.get(key);
  const order = found?.kind === "transition-issue" && found.issueId === issueId ? found : null;
  switch (result.kind) {
    case "confirmed":
      if (result.issue.id === issueId) observeIssue(decision, result.issue, "own-write");
      if (order !== null) closeWritten(decision, order);
      return;
    case "conflict":
      if (order !== null && result.issue.id === issueId)
        followConflict(decision, order, observeIssue(decision, result.issue));
      return;
    case "rejected":
      if (order !== null)
        decision.emit({ type: "order-closed", key, result: "rejected", detail: result.reason });
      return;
    case "failed":
      if (order !== null) tryAgain(decision, order, result);
  }
}

export function onCommentEnded(decision: Decision, event: EventOf<"comment-ended">): void {
  const { key, issueId, result } = event;
  const order = decision.draft.orders.get(key);
  if (order?.kind !== "write-comment" || order.issueId !== issueId) return;
  if (result.kind === "confirmed") {
    const { writtenAt } = result;
    if (writtenAt !== null && key === parkedCommentKey(issueId) && isUnasked(decision, issueId))
      decision.emit({ type: "question-posted", issueId, postedAt: writtenAt });
    closeWritten(decision, order);
  } else if (result.retryable) tryAgain(decision, order, result);
  else decision.emit({ type: "order-closed", key, result: "dropped", detail: result.message });
}

/** Without a retry where the tracker has no such issue any more: then it carries no mark either. */
export function onClaimMarkEnded(decision: Decision, event: EventOf<"claim-mark-ended">): void {
  const { key, issueId, result } = event;
  const order = decision.draft.orders.get(key);
  if (order?.kind !== "write-claim" && order?.kind !== "release-claim") return;
  if (order.issueId !== issueId) return;
  if (result.kind === "confirmed") closeWritten(decision, order);
  else if (result.retryable) tryAgain(decision, order, result);
  else {
    const isGone = order.kind === "release-claim" && !decision.draft.issues.has(issueId);
    const end = isGone ? "confirmed" : "dropped";
    decision.emit({ type: "order-closed", key, result: end, detail: result.message });
  }
}

/** What may be undone behind our back stays an order until it cannot be undone any more. */
function closeWritten(decision: Decision, { key, doubt }: WriteOrder): void {
  if (doubt !== undefined && doubt.until > decision.at)
    decision.emit({ type: "order-written", key, retryAt: doubt.until });
  else decision.emit({ type: "order-closed", key, result: "confirmed", detail: null });
}

/** Who says when to come again has refused; from anybody else a request may be on its way for a while. */
function tryAgain(
  decision: Decision,
  order: WriteOrder,
  failure: { readonly message: string; readonly retryAfterMs: number | null },
): void {
  if (failure.retryAfterMs === null) doubtOrder(decision, order);
  postponeOrder(decision, order, failure, maxWriteTries);
}

/** Whoever answered after a question was posted first has answered it, however often it is posted. */
function isUnasked({ draft }: Decision, issueId: string): boolean {
  const claim = draft.claims.get(issueId);
  return claim?.phase === "parked" && claim.askedAt === null;
}

export function onWorkspaceCleaned(decision: Decision, event: EventOf<"workspace-cleaned">): void {
  const { key, issueId, result } = event;
  const order = decision.draft.orders.get(key);
  if (order?.kind !== "clean-workspace" || key !== cleanOrderKey(issueId)) return;
  if (result.kind === "failed") {
    const failure = { message: result.message, retryAfterMs: null };
    postponeOrder(decision, order, failure, maxCleanTries);
    return;
  }
  const { savedRef } = result;
  decision.emit({ type: "workspace-forgotten", issueId, savedRef });
  decision.emit({ type: "order-closed", key, result: "confirmed", detail: savedRef });
}

/**
 * The issue was in another state than the order thought. Where somebody moved it, theirs stands, unless the work is
 * done and the issue still open; where we only knew less than we do now, the order is given again.
 */
function followConflict(decision: Decision, order: TransitionOrder, hasMoved: boolean): void {
  const { draft } = decision;
  const { key, issueId, purpose } = order;
  // What was observed may have closed the order already.
  if (!draft.orders.has(key)) return;
  const issue = draft.issues.get(issueId);
  const isThere = issue !== undefined && normalizeState(issue.state) === normalizeState(order.to);
  const detail = issue === undefined ? null : `The issue is in "${issue.state}".`;
  decision.emit({
    type: "order-closed",
    key,
    result: isThere ? "confirmed" : "dropped",
    detail: isThere ? null : detail,
  });
  if (issue === undefined || isThere) return;
  const isOpen = isActive(draft.policy, issue.state) || isRunningState(draft.policy, issue.state);
  const isWanted =
    isInDoubt(order, issue.state, decision.at) ||
    (purpose === "succeeded" ? isOpen : !hasMoved && draft.claims.has(issueId));
  const tries = order.tries + 1;
  if (!isWanted || tries >= maxTransitionOrders) return;
  decision.emit({
    type: "order-placed",
    order: { ...order, key: `${key}.${tries}`, from: issue.state, tries, retryAt: null },
  });
}
