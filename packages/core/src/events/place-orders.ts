import type { StateMapping } from "@signalbox/contracts";
import { normalizeState } from "../issue/normalize-state.ts";
import { doubtOf, type CommentFacts, type Doubt, type Order } from "../order.ts";
import { doubling } from "../policy/retry.ts";
import { isTerminal } from "../selection/blockers.ts";
import { cleanOrderKey } from "../selection/eligibility.ts";
import { executionOf } from "../evolve/execution-of.ts";
import { tokensOf } from "../policy/budget.ts";
import type { Decision } from "./decision.ts";

export type TransitionOrder = Extract<Order, { kind: "transition-issue" }>;

/** What is written to the tracker. */
export type WriteOrder = Exclude<Order, { kind: "clean-workspace" }>;

type MarkOrder = Extract<Order, { kind: "write-claim" | "release-claim" }>;

const commentIntervalMs = 60_000;
const postponeCapMs = 300_000;
/** For how long a request of ours can be on its way: what takes longer was given up by everybody in between. */
const longestLateMs = 300_000;

/**
 * Writes the state that is mapped for `purpose`, unless the issue has it. It takes the place of an earlier order, also
 * where nothing is mapped: what that one says is not so any more.
 */
export function orderTransition(
  decision: Decision,
  issueId: string,
  purpose: TransitionOrder["purpose"],
  subject: string,
): void {
  const { draft } = decision;
  const issue = draft.issues.get(issueId);
  const to = mappedState(draft.policy.states, purpose);
  if (draft.policy.writes !== "full" || issue === undefined) return;
  const doubt = supersede(decision, draft.index.transitions.get(issueId));
  if (to === undefined) return;
  const isThere = normalizeState(issue.state) === normalizeState(to);
  // What may still arrive would move it away.
  if (isThere && doubt === undefined) return;
  decision.emit({
    type: "order-placed",
    order: {
      kind: "transition-issue",
      key: `transition-${purpose}-${subject}`,
      issueId,
      purpose,
      from: issue.state,
      to,
      tries: 0,
      retryAt: null,
      ...(doubt === undefined ? {} : { doubt }),
    },
  });
}

/** The mark by which people see that the issue is being dealt with. The claim itself is the journal's, whatever becomes of it. */
export function orderClaimMark(decision: Decision, issueId: string, runId: string): void {
  orderMark(decision, { kind: "write-claim", key: `claim-${runId}`, issueId });
}

/** Takes the mark away. At most one release follows a claim, and every claim counts a run: the key is its own. */
export function orderMarkRemoval(decision: Decision, issueId: string): void {
  const key = `release-${issueId}-after-${decision.draft.runCount}`;
  orderMark(decision, { kind: "release-claim", key, issueId });
}

/** The living comment of an issue: at most one edit a minute, unless what it says is `urgent`. */
export function orderProgressComment(
  decision: Decision,
  issueId: string,
  status: CommentFacts["status"],
  about: { readonly detail?: string; readonly urgent?: boolean } = {},
): void {
  if (decision.draft.policy.writes === "off") return;
  const key = `progress-${issueId}`;
  const outstanding = decision.draft.orders.get(key);
  const last = executionOf(decision.draft, issueId).commentedAt;
  const waiting = outstanding?.kind === "write-comment" && outstanding.doubt?.isWritten !== true;
  const earliest = last === null ? decision.at : last + commentIntervalMs;
  const waitsUntil =
    (waiting ? outstanding.retryAt : null) ?? Math.min(earliest, decision.at + commentIntervalMs);
  const retryAt = about.urgent === true || waitsUntil <= decision.at ? null : waitsUntil;
  const comment = commentFacts(decision, issueId, "progress", status, about.detail ?? null);
  orderComment(decision, issueId, key, comment, retryAt);
}

/** Why the issue waits for a person. */
export function orderParkedComment(decision: Decision, issueId: string, detail: string): void {
  const comment = commentFacts(decision, issueId, "parked", "parked", detail);
  orderComment(decision, issueId, parkedCommentKey(issueId), comment, null);
}

/** Removes the workspace of an issue that is over and that nobody works on. */
export function orderCleaning(decision: Decision, issueId: string): void {
  const { draft } = decision;
  if (!draft.workspaces.has(issueId) || draft.claims.has(issueId)) return;
  const issue = draft.issues.get(issueId);
  const key = cleanOrderKey(issueId);
  if (issue === undefined || !isTerminal(draft.policy, issue.state) || draft.orders.has(key))
    return;
  decision.emit({
    type: "order-placed",
    order: { kind: "clean-workspace", key, issueId, tries: 0, retryAt: null },
  });
}

/** Later again, 1 s · 2^n and never sooner than the tracker asks for; given up after `maxTries`. */
export function postponeOrder(
  decision: Decision,
  order: Order,
  failure: { readonly message: string; readonly retryAfterMs: number | null },
  maxTries: number,
): void {
  const { key } = order;
  const tries = order.tries + 1;
  const { message: error } = failure;
  if (tries >= maxTries) {
    decision.emit({ type: "order-closed", key, result: "dropped", detail: error });
    return;
  }
  const delayMs = Math.max(doubling(1_000, tries, postponeCapMs), failure.retryAfterMs ?? 0);
  decision.emit({ type: "order-postponed", key, retryAt: decision.at + delayMs, error });
}

function orderComment(
  decision: Decision,
  issueId: string,
  key: string,
  comment: CommentFacts,
  retryAt: number | null,
): void {
  if (decision.draft.policy.writes === "off") return;
  const replaced = decision.draft.orders.get(key);
  const tries = replaced?.tries ?? 0;
  const doubt = replaced?.kind === "write-comment" ? inheritedDoubt(decision, replaced) : undefined;
  const order = { kind: "write-comment", key, issueId, comment, tries, retryAt } as const;
  decision.emit({ type: "order-placed", order: doubt === undefined ? order : { ...order, doubt } });
}

/** What the mark should be now goes before what it should have been. */
function orderMark(
  decision: Decision,
  order: { readonly kind: MarkOrder["kind"]; readonly key: string; readonly issueId: string },
): void {
  const { policy, index } = decision.draft;
  if (policy.marksClaims !== true || policy.writes !== "full") return;
  const doubt = supersede(decision, index.marks.get(order.issueId));
  const placed = { ...order, tries: 0, retryAt: null };
  decision.emit({
    type: "order-placed",
    order: doubt === undefined ? placed : { ...placed, doubt },
  });
}

function commentFacts(
  { draft }: Decision,
  issueId: string,
  topic: CommentFacts["topic"],
  status: CommentFacts["status"],
  detail: string | null,
): CommentFacts {
  const execution = executionOf(draft, issueId);
  const claim = draft.claims.get(issueId);
  const live = claim?.phase === "running" ? claim.usage : null;
  const tokens = execution.tokens + tokensOf(live);
  return {
    topic,
    status,
    runs: execution.runs,
    detail,
    branch: execution.delivered?.branch ?? draft.workspaces.get(issueId)?.branch ?? null,
    commit: execution.delivered?.commit ?? null,
    tokens: tokens === 0 ? null : tokens,
    costUsd:
      tokens === 0 || execution.costUsd === null ? null : execution.costUsd + (live?.costUsd ?? 0),
  };
}

/** Closes the order, if there is one; what was in doubt about it is in doubt about the one that takes its place. */
function supersede(decision: Decision, key: string | undefined): Doubt | undefined {
  const order = key === undefined ? undefined : decision.draft.orders.get(key);
  if (order === undefined || order.kind === "clean-workspace") return undefined;
  const doubt = inheritedDoubt(decision, order);
  decision.emit({ type: "order-closed", key: order.key, result: "superseded", detail: null });
  return doubt;
}

/** One that is under way has not been answered. */
function inheritedDoubt({ at }: Decision, order: WriteOrder): Doubt | undefined {
  const doubt = order.retryAt === null ? doubtOf(order, at + longestLateMs) : order.doubt;
  return doubt !== undefined && doubt.until > at ? { ...doubt, isWritten: false } : undefined;
}

/** Whether this state is not what the order writes, and may be what an earlier request of ours wrote. */
export function isInDoubt(order: TransitionOrder, stateName: string, at: number): boolean {
  const { doubt, retryAt, to } = order;
  const state = normalizeState(stateName);
  return (
    doubt !== undefined &&
    // What comes to light as it is written again had come in time.
    (doubt.until > at || retryAt === null) &&
    doubt.states.includes(state) &&
    state !== normalizeState(to)
  );
}

/** A request about it was made, and nothing was heard of it. */
export function doubtOrder(decision: Decision, { key }: WriteOrder): void {
  decision.emit({ type: "order-doubted", key, until: decision.at + longestLateMs });
}

function mappedState(
  states: StateMapping,
  purpose: TransitionOrder["purpose"],
): string | undefined {
  return purpose === "needs-human" ? states.needsHuman : states[purpose];
}

/** One comment per issue tells why it is parked. */
export function parkedCommentKey(issueId: string): string {
  return `parked-${issueId}`;
}
