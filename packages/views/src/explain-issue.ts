import {
  explainEligibility,
  type IssueSummary,
  type OrchestratorState,
  type Reason,
} from "@signalbox/core";
import { reasonText } from "./reason-text.ts";

/** What holds an issue back and is not in the orchestrator's state: the caller sees it. */
export type OutsideReason =
  | { readonly code: "daemon-not-running" }
  /** There is one, and it does not say how things stand. */
  | { readonly code: "daemon-silent"; readonly pid: number }
  /** Nothing can be decided: the journal cannot be written. `message` and `remedy` are the journal's own. */
  | {
      readonly code: "journal-unwritable";
      readonly message: string;
      readonly remedy: string | null;
    }
  /** The explanation rests on what was known before. */
  | { readonly code: "tracker-unreadable"; readonly message: string };

export interface Explanation {
  readonly issue: IssueSummary;
  /** Every reason why the issue is not started now; none: the next tick starts it. */
  readonly reasons: readonly ExplainedReason[];
}

export interface ExplainedReason {
  readonly code: (Reason | OutsideReason)["code"];
  /** What holds the issue back, as one sentence. */
  readonly text: string;
  /** What would release it, as one sentence. */
  readonly release: string;
}

/** Every reason why `issue` is not started at `at` (epoch milliseconds), in words. */
export function explainIssue(
  state: OrchestratorState,
  issue: IssueSummary,
  at: number,
  outside: readonly OutsideReason[] = [],
): Explanation {
  const reasons: readonly (Reason | OutsideReason)[] = [
    ...outside,
    ...explainEligibility(issue, state, at),
  ];
  const daemonRuns = !outside.some((reason) => reason.code === "daemon-not-running");
  return {
    issue,
    reasons: reasons.map((reason) => ({
      code: reason.code,
      ...reasonText(reason, at, daemonRuns, feedbackOf(state, issue)),
    })),
  };
}

/** What the next run of a parked issue is told. */
function feedbackOf(state: OrchestratorState, issue: IssueSummary): string | null {
  const claim = state.claims.get(issue.id);
  return claim?.phase === "parked" ? claim.feedback : null;
}
