import type { FactOf } from "../decided-event.ts";
import { doubtOf, type Order } from "../order.ts";
import type { Draft } from "./draft.ts";
import { updateExecution } from "./execution-of.ts";
import { settle, standingOf } from "./standing.ts";

export function foldOrder(
  draft: Draft,
  fact: FactOf<
    | "order-placed"
    | "order-postponed"
    | "order-resumed"
    | "order-doubted"
    | "order-written"
    | "order-closed"
  >,
): void {
  switch (fact.type) {
    case "order-placed":
      return foldPlaced(draft, fact.at, fact.order);
    case "order-postponed":
      return foldPostponed(draft, fact.key, fact.retryAt);
    case "order-resumed":
      return foldResumed(draft, fact.key);
    case "order-doubted":
      return foldDoubted(draft, fact.key, fact.until);
    case "order-written":
      return foldWritten(draft, fact.key, fact.retryAt);
    case "order-closed":
      return foldClosed(draft, fact.key);
  }
}

function foldPlaced(draft: Draft, at: number, order: Order): void {
  write(draft, order);
  indexOrder(draft, order);
  if (order.kind === "write-comment" && order.comment.topic === "progress") {
    const commentedAt = order.retryAt ?? at;
    updateExecution(draft, order.issueId, (execution) => ({ ...execution, commentedAt }));
  }
}

/** Of what an issue has one at most, by issue. */
export function indexOrder({ indexDraft }: Draft, { kind, issueId, key }: Order): void {
  if (kind === "transition-issue") indexDraft.setTransition(issueId, key);
  if (kind === "write-claim" || kind === "release-claim") indexDraft.setMark(issueId, key);
}

function foldPostponed(draft: Draft, key: string, retryAt: number): void {
  const order = draft.orders.get(key);
  if (order !== undefined) write(draft, { ...order, tries: order.tries + 1, retryAt });
}

function foldResumed(draft: Draft, key: string): void {
  const order = draft.orders.get(key);
  if (order !== undefined) write(draft, { ...order, retryAt: null });
}

function foldDoubted(draft: Draft, key: string, until: number): void {
  const order = draft.orders.get(key);
  if (order !== undefined && order.kind !== "clean-workspace")
    write(draft, { ...order, doubt: doubtOf(order, until) });
}

function foldWritten(draft: Draft, key: string, retryAt: number): void {
  const order = draft.orders.get(key);
  if (order === undefined || order.kind === "clean-workspace" || order.doubt === undefined) return;
  write(draft, { ...order, tries: 0, retryAt, doubt: { ...order.doubt, isWritten: true } });
}

function foldClosed(draft: Draft, key: string): void {
  const order = draft.orders.get(key);
  if (order === undefined) return;
  around(draft, order, () => draft.orders.delete(key));
  draft.indexDraft.moveTimer("order", key, order.retryAt, null);
  if (draft.index.transitions.get(order.issueId) === key)
    draft.indexDraft.setTransition(order.issueId, null);
  if (draft.index.marks.get(order.issueId) === key) draft.indexDraft.setMark(order.issueId, null);
}

function write(draft: Draft, order: Order): void {
  const before = draft.orders.get(order.key)?.retryAt ?? null;
  around(draft, order, () => draft.orders.set(order.key, order));
  draft.indexDraft.moveTimer("order", order.key, before, order.retryAt);
}

/** An issue whose workspace is being removed is not ready. */
function around(draft: Draft, order: Order, change: () => void): void {
  if (order.kind !== "clean-workspace") {
    change();
    return;
  }
  const before = standingOf(draft, order.issueId);
  change();
  settle(draft, order.issueId, before, before.issue);
}
