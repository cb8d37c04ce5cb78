import type { IssueSummary } from "../issue/issue-summary.ts";
import { normalizeState } from "../issue/normalize-state.ts";
import type { Doubt } from "../order.ts";
import type { Decision } from "./decision.ts";
import type { TransitionOrder } from "./place-orders.ts";

/** Who looks later than this after a state was in doubt cannot tell a late request from a person's move. */
const longestAwayMs = 60_000;

/**
 * A written state is in doubt no more. Where a request that came late may have moved the issue, it is moved back from
 * there, and from nowhere else: any other state is a person's word.
 */
export function restoreWritten(decision: Decision, order: TransitionOrder, doubt: Doubt): void {
  const late = doubt.states.find((state) => state !== normalizeState(order.to));
  if (late !== undefined && decision.at - doubt.until <= longestAwayMs)
    writeFrom(decision, order, late);
  else decision.emit({ type: "order-closed", key: order.key, result: "confirmed", detail: null });
}

/** The same order, for an issue that is, or may be, in this state by now. */
export function writeFrom(decision: Decision, order: TransitionOrder, from: string): void {
  decision.emit({ type: "order-placed", order: { ...order, from, retryAt: null } });
}

/** Somebody has moved the issue since we did: what was written is not written again. */
export function giveWay(decision: Decision, issue: IssueSummary): void {
  const { draft } = decision;
  const order = draft.orders.get(draft.index.transitions.get(issue.id) ?? "");
  if (order?.kind !== "transition-issue" || order.doubt?.isWritten !== true) return;
  if (normalizeState(issue.state) === normalizeState(order.to)) return;
  decision.emit({ type: "order-closed", key: order.key, result: "superseded", detail: null });
}
