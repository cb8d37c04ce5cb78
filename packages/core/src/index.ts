export { type Transition, applyEvent, decide } from "./apply-event.ts";
export { outstandingEffects } from "./effects-of.ts";
export { createEmptyState } from "./empty-state.ts";
export { evolve, evolveAll } from "./evolve/evolve.ts";
export { normalizeState } from "./issue/normalize-state.ts";
export { summarizeIssue } from "./issue/summarize-issue.ts";
export { nextDueAt } from "./next-due-at.ts";
export { defaultPolicy } from "./policy/default-policy.ts";
export { policyFrom } from "./policy/policy-from.ts";
export { calculateRetryDelay } from "./policy/retry.ts";
export { reconcile, runningIssueIds } from "./reconcile.ts";
export {
  canDispatch,
  getAvailableSlots,
  takenSlots,
  upcomingIssues,
} from "./selection/concurrency.ts";
export { type EligibilitySubject, isEligible } from "./selection/eligibility.ts";
export { explainEligibility } from "./selection/explain.ts";
export { type RankedIssue, selectCandidates, sortCandidates } from "./selection/ordering.ts";
export { factForm, factsFrom, factsVersion } from "./snapshot/fact-form.ts";
export { journalForm } from "./snapshot/journal-form.ts";
export {
  hashState,
  restoreState,
  snapshotOf,
  snapshotParts,
  snapshotVersion,
} from "./snapshot/snapshot.ts";
export type {
  Claim,
  DeliveringClaim,
  ParkReason,
  ParkedClaim,
  RetryingClaim,
  RunningClaim,
} from "./claim.ts";
export type { DecidedEvent, DecidedEventType, ReleaseReason } from "./decided-event.ts";
export type {
  CheckIssueEffect,
  CleanWorkspaceEffect,
  DeliverEffect,
  DispatchEffect,
  ReleaseClaimEffect,
  ReplyTurnEffect,
  ScheduleRetryEffect,
  SideEffect,
  StopEffect,
  TransitionIssueEffect,
  WriteClaimEffect,
  WriteCommentEffect,
} from "./effect.ts";
export type { OrchestratorEvent, OrchestratorEventType } from "./event.ts";
export type { DeliveredMark, Execution } from "./execution.ts";
export type { Gate, GateName, PoolGate } from "./gate.ts";
export type { IssueSummary } from "./issue/issue-summary.ts";
export type { CommentFacts, Order } from "./order.ts";
export type { OrderedMap } from "./ordered-map.ts";
export type { Policy } from "./policy/policy.ts";
export type { Reason, ReasonCode } from "./reason.ts";
export type {
  DayUsage,
  OrchestratorState,
  ReadyKey,
  StateIndex,
  TimerKey,
  Totals,
} from "./state.ts";
