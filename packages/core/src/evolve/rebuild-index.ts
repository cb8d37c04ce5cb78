import type { OrchestratorState } from "../state.ts";
import { relinkBlockers } from "./dependents.ts";
import { Draft } from "./draft.ts";

import { indexOrder } from "./fold-order.ts";
import { settle } from "./standing.ts";

const nowhere = { issue: undefined, state: "", isReady: false, run: null, dueAt: null };

/** Derives the whole index anew: after a restore and after a change of policy. */
export function rebuildIndex(draft: Draft): void {
  draft.clearIndex();
  for (const [issueId, issue] of draft.issues.entries()) {
    relinkBlockers(draft, issueId, undefined, issue);
    settle(draft, issueId, nowhere, issue);
  }
  for (const order of draft.orders.values()) {
    draft.indexDraft.moveTimer("order", order.key, null, order.retryAt);
    indexOrder(draft, order);
  }
}

/** The same state with its index derived anew. */
export function rebuiltState(state: OrchestratorState): OrchestratorState {
  const draft = new Draft(state);
  draft.touch(state.at);
  rebuildIndex(draft);
  return draft.close();
}
