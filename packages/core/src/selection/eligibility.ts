import type { IssueBlocker, StateKind } from "@signalbox/contracts";
import { normalizeState } from "../issue/normalize-state.ts";
import type { Reason } from "../reason.ts";
import type { OrchestratorState } from "../state.ts";
import { isActive, isResolved, isRunningState, isStarted, isTerminal } from "./blockers.ts";
import type { RankedIssue } from "./ordering.ts";

/** What eligibility looks at; an `Issue` and an `IssueSummary` are both such. */
export interface EligibilitySubject extends RankedIssue {
  readonly state: string;
  readonly stateKind: StateKind | null;
  readonly labels: readonly string[];
  readonly blockedBy: readonly IssueBlocker[];
  readonly notDispatchable: string | null;
}

/** One thing that can hold an issue back by itself. A new brake is a new term in one of the two lists below. */
type Term = (issue: EligibilitySubject, state: OrchestratorState) => readonly Reason[];

const none: readonly Reason[] = [];

/** What the tracker says. */
const trackerTerms: readonly Term[] = [stateTerm, labelTerm, dispatchableTerm, blockerTerm];
/** What our own work on the issue says. Cheapest first. */
const localTerms: readonly Term[] = [claimTerm, deliveredTerm, cleaningTerm, ...trackerTerms];

/** Whether the issue by itself may run: capacity and rank are left aside. */
export function isEligible(issue: EligibilitySubject, state: OrchestratorState): boolean {
  return localTerms.every((term) => term(issue, state).length === 0);
}

/** Whether the tracker by itself has nothing against a run. */
export function isWorkable(issue: EligibilitySubject, state: OrchestratorState): boolean {
  return trackerTerms.every((term) => term(issue, state).length === 0);
}

/** Every reason of the issue's own: its claim, its past, the tracker. */
export function localReasons(
  issue: EligibilitySubject,
  state: OrchestratorState,
): readonly Reason[] {
  return localTerms.flatMap((term) => term(issue, state));
}

/** The reasons among them that the tracker gives; they hold for an issue that is claimed too. */
export function trackerReasons(
  issue: EligibilitySubject,
  state: OrchestratorState,
): readonly Reason[] {
  return trackerTerms.flatMap((term) => term(issue, state));
}

/** The key of an issue's only clean-up order. */
export function cleanOrderKey(issueId: string): string {
  return `clean-${issueId}`;
}

function claimTerm(issue: EligibilitySubject, state: OrchestratorState): readonly Reason[] {
  const claim = state.claims.get(issue.id);
  switch (claim?.phase) {
    case undefined:
      return none;
    case "running":
      return [{ code: "running", runId: claim.runId, stopping: claim.stopping }];
    case "retrying":
      return claim.due
        ? none
        : [{ code: "backoff", kind: claim.kind, dueAt: claim.dueAt, error: claim.error }];
    case "parked":
      return [{ code: "parked", park: claim.reason, until: claim.until }];
    case "delivering":
      return [{ code: "delivering", waiting: claim.waiting }];
  }
}

function deliveredTerm(issue: EligibilitySubject, state: OrchestratorState): readonly Reason[] {
  const mark = state.executions.get(issue.id)?.delivered;
  return mark ? [{ code: "delivered", commit: mark.commit }] : none;
}

function cleaningTerm(issue: EligibilitySubject, state: OrchestratorState): readonly Reason[] {
  return state.orders.size > 0 && state.orders.has(cleanOrderKey(issue.id))
    ? [{ code: "cleaning" }]
    : none;
}

function stateTerm(issue: EligibilitySubject, state: OrchestratorState): readonly Reason[] {
  const { policy } = state;
  const isOver = isTerminal(policy, issue.state);
  if ((!isOver && isActive(policy, issue.state)) || isWhereWePutIt(issue, state)) return none;
  return [{ code: isOver ? "state-terminal" : "state-not-active", state: issue.state }];
}

/** Whether it is claimed and in the state that we wrote for that: whatever this state is, it is no order to stop. */
function isWhereWePutIt(issue: EligibilitySubject, state: OrchestratorState): boolean {
  return (
    isRunningState(state.policy, issue.state) &&
    state.claims.has(issue.id) &&
    (state.executions.get(issue.id)?.writtenAt ?? null) !== null
  );
}

function labelTerm(issue: EligibilitySubject, { policy }: OrchestratorState): readonly Reason[] {
  if (policy.requiredLabels.length === 0) return none;
  const labels = new Set(issue.labels.map(normalizeState));
  return policy.requiredLabels
    .filter((label) => label === "" || !labels.has(label))
    .map((label) => ({ code: "label-missing", label }));
}

function dispatchableTerm(issue: EligibilitySubject): readonly Reason[] {
  return issue.notDispatchable === null
    ? none
    : [{ code: "not-dispatchable", detail: issue.notDispatchable }];
}

function blockerTerm(issue: EligibilitySubject, state: OrchestratorState): readonly Reason[] {
  if (issue.blockedBy.length === 0 || isStarted(issue, state)) return none;
  return issue.blockedBy
    .filter((blocker) => !isResolved(blocker, state))
    .map((blocker) => {
      const known = blocker.id === null ? undefined : state.issues.get(blocker.id);
      return { code: "blocked", by: blocker.identifier, state: known?.state ?? blocker.state };
    });
}
