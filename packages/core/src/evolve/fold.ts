import type { DecidedEvent } from "../decided-event.ts";
import type { Draft } from "./draft.ts";
import { foldIssue } from "./fold-issue.ts";
import { foldMove } from "./fold-move.ts";
import { foldOrder } from "./fold-order.ts";
import { foldRecord } from "./fold-record.ts";
import { foldRunReport } from "./fold-run-report.ts";
import { foldSetting } from "./fold-setting.ts";

/** Folds one fact into the draft. Nothing is decided here: the same facts give the same state under any version. */
export function fold(draft: Draft, fact: DecidedEvent): void {
  draft.touch(fact.at);
  switch (fact.type) {
    case "epoch-begun":
    case "policy-changed":
    case "gate-changed":
      return foldSetting(draft, fact);
    case "issue-changed":
    case "issue-forgotten":
      return foldIssue(draft, fact);
    case "run-phase-entered":
    case "workspace-recorded":
    case "session-recorded":
    case "run-progress-recorded":
    case "turn-answered":
    case "run-closed":
      return foldRunReport(draft, fact);
    case "run-claimed":
    case "run-confirmed":
    case "run-found-alive":
    case "run-stop-decided":
    case "retry-scheduled":
    case "retry-came-due":
    case "issue-parked":
    case "question-posted":
    case "delivery-decided":
    case "delivery-postponed":
    case "delivery-resumed":
    case "issue-delivered":
    case "delivered-issue-left":
    case "issue-reopened":
    case "claim-released":
      return foldMove(draft, fact);
    case "counters-set":
    case "signal-heeded":
    case "counters-reset":
    case "workspace-forgotten":
      return foldRecord(draft, fact);
    case "order-placed":
    case "order-postponed":
    case "order-resumed":
    case "order-doubted":
    case "order-written":
    case "order-closed":
      return foldOrder(draft, fact);
  }
}
