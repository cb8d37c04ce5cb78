import type { RetryKind, StopReason, TurnEnd, TurnReply, WorkspaceRef } from "@signalbox/contracts";
import type { CommentFacts } from "./order.ts";

/** An order to the shell. It is given out only after the facts that it follows from are durable; performing it twice is harmless. */
export type SideEffect =
  | CheckIssueEffect
  | DispatchEffect
  | StopEffect
  | ReplyTurnEffect
  | ScheduleRetryEffect
  | DeliverEffect
  | TransitionIssueEffect
  | WriteCommentEffect
  | WriteClaimEffect
  | ReleaseClaimEffect
  | CleanWorkspaceEffect;

/** Read the issue again; answer with `issue-checked` or `issue-check-failed`. Key: the run id. */
export interface CheckIssueEffect {
  readonly type: "check-issue";
  readonly issueId: string;
  readonly runId: string;
}

/** Start the run. Key: the run id. */
export interface DispatchEffect {
  readonly type: "start-run";
  readonly issueId: string;
  readonly runId: string;
  readonly attempt: number | null;
  readonly retryKind: RetryKind | null;
  readonly feedback: string | null;
  readonly resumeSessionId: string | null;
  readonly endsAfter: TurnEnd | null;
}

/** Stop the run; its end comes as `run-ended`. Key: the run id. */
export interface StopEffect {
  readonly type: "stop-run";
  readonly issueId: string;
  readonly runId: string;
  readonly reason: StopReason;
}

/** Tell the runner what to do after a turn. Key: run id and turn. */
export interface ReplyTurnEffect {
  readonly type: "reply-turn";
  readonly runId: string;
  readonly turn: number;
  readonly reply: TurnReply;
}

/** Announces a timer; `nextDueAt` is what drives it. */
export interface ScheduleRetryEffect {
  readonly type: "schedule-retry";
  readonly issueId: string;
  readonly kind: RetryKind;
  readonly dueAt: number;
}

export interface DeliverEffect {
  readonly type: "deliver";
  readonly issueId: string;
  readonly key: string;
  readonly identifier: string;
  readonly title: string;
  readonly workspace: WorkspaceRef;
}

export interface TransitionIssueEffect {
  readonly type: "transition-issue";
  readonly issueId: string;
  readonly key: string;
  readonly from: string | null;
  readonly to: string;
}

export interface WriteCommentEffect {
  readonly type: "write-comment";
  readonly issueId: string;
  readonly key: string;
  readonly comment: CommentFacts;
}

/** Mark the issue as claimed in the tracker, for people to see; answer with `claim-mark-ended`. */
export interface WriteClaimEffect {
  readonly type: "write-claim";
  readonly issueId: string;
  readonly key: string;
}

/** The claim is gone from the state: take its mark away from the tracker; answer with `claim-mark-ended`. */
export interface ReleaseClaimEffect {
  readonly type: "release-claim";
  readonly issueId: string;
  readonly key: string;
}

/** Remove a workspace that no run uses; answer with `workspace-cleaned`. */
export interface CleanWorkspaceEffect {
  readonly type: "clean-workspace";
  readonly issueId: string;
  readonly key: string;
  readonly workspace: WorkspaceRef;
}
