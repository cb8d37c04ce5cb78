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
  WriteCommentEffect,
} from "./effect.ts";
export type { OrchestratorEvent, OrchestratorEventType } from "./event.ts";
export type { DeliveredMark, Execution } from "./execution.ts";
export type { Gate, GateName } from "./gate.ts";
export type { IssueSummary } from "./issue-summary.ts";
export type { CommentFacts, Order } from "./order.ts";
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
