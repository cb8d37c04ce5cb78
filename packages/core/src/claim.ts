import type { AgentUsage, RetryKind, RunPhase, StopReason } from "@signalbox/contracts";

/** Exactly one per issue that is being dealt with; no claim, no work. Only `running` takes a slot. */
export type Claim = RunningClaim | RetryingClaim | ParkedClaim | DeliveringClaim;

export interface RunningClaim {
  readonly phase: "running";
  readonly runId: string;
  /** `null` on the first run, else how many runs came before. */
  readonly attempt: number | null;
  readonly retryKind: RetryKind | null;
  readonly feedback: string | null;
  readonly resumeSessionId: string | null;
  /** `checking`: the issue is being read again, nothing has started. */
  readonly runPhase: "checking" | "starting" | RunPhase;
  /** The first reason wins; the slot stays taken until the run has ended. */
  readonly stopping: StopReason | null;
  /** The operator who asked for the stop, if one did. */
  readonly stoppedBy: string | null;
  /** The operator wants the claim given up at the end of the run, not the issue parked. */
  readonly releasing?: true;
  readonly claimedAt: number;
  /** When the run was confirmed; `null` while checking. */
  readonly startedAt: number | null;
  readonly lastEventAt: number;
  /** What its timer counts from: the last sign of life by the time it was set. Signs of life move no timer. */
  readonly watchedFrom: number | null;
  readonly sessionId: string | null;
  readonly turns: number;
  /** Absolute for this run's session, as last reported. */
  readonly usage: AgentUsage | null;
  readonly spoolSeq: number;
  /** Version of the issue that this run works on, our own writes left out of account. */
  readonly issueVersion: string;
  /** The policy's when it was claimed. */
  readonly backend?: string;
  /** Workspace content before the agent began; `null` until it is prepared. */
  readonly baseline: string | null;
}

export interface RetryingClaim {
  readonly phase: "retrying";
  readonly kind: RetryKind;
  readonly attempt: number;
  readonly dueAt: number;
  /** Due and in the ready queue, waiting for a slot: neither attempt nor backoff grows. */
  readonly due: boolean;
  readonly error: string | null;
  readonly feedback: string | null;
  readonly resumeSessionId: string | null;
}

export type ParkReason =
  | { readonly kind: "needs-input"; readonly question: string }
  /** Runs in a row. */
  | { readonly kind: "no-progress"; readonly continuations: number }
  | { readonly kind: "failure-limit"; readonly failures: number; readonly error: string }
  | { readonly kind: "loss-limit"; readonly losses: number; readonly error: string }
  /** Runs beyond the first. */
  | { readonly kind: "continuation-limit"; readonly continuations: number }
  | { readonly kind: "quota"; readonly pool: string }
  | { readonly kind: "budget"; readonly budget: string }
  | { readonly kind: "not-retryable"; readonly error: string }
  | { readonly kind: "operator"; readonly by: string };

export interface ParkedClaim {
  readonly phase: "parked";
  readonly reason: ParkReason;
  readonly parkedAt: number;
  /** When the reason was written to the tracker, by the tracker's clock (RFC 3339): answers come after it. */
  readonly askedAt: string | null;
  /** When it is released by itself (a quota's reset); `null`: by a tracker change, an answer or an operator. */
  readonly until: number | null;
  readonly attempt: number;
  /** What the next run is told; a person's answer replaces it. */
  readonly feedback: string | null;
  readonly resumeSessionId: string | null;
  /** Version of the issue as it was parked, our own writes included: another one releases it. */
  readonly issueVersion: string;
}

export interface DeliveringClaim {
  readonly phase: "delivering";
  readonly runId: string;
  /** Idempotency key of the delivery. */
  readonly key: string;
  readonly startedAt: number;
  readonly resumeSessionId: string | null;
  readonly attempt: number;
  readonly tries: number;
  /** Something only a person can clear is in the way. */
  readonly waiting: { readonly reason: string; readonly remedy: string } | null;
  /** When it is tried again; `null` while an attempt is under way. */
  readonly retryAt: number | null;
}
