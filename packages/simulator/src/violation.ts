/** A promise that was not kept. */
export interface Violation {
  readonly rule: Rule;
  readonly detail: string;
  /** Number of the step after which it was seen. */
  readonly step: number;
  /** Virtual time, epoch milliseconds. */
  readonly at: number;
  /** The steps up to it. */
  readonly trace: readonly string[];
}

export type Rule =
  | "claim-phase"
  | "one-live-agent"
  | "agent-outlives-run"
  | "start-without-intent"
  | "started-twice"
  | "cap"
  | "outcome-once"
  | "outcome-lost"
  | "effect-once"
  | "claim-mark"
  | "last-word"
  | "delivery-once"
  | "acknowledged-entry-lost"
  | "answer-lost"
  | "workspace-in-use"
  | "budget"
  | "backoff"
  | "stall"
  | "stop"
  | "replay"
  | "unbounded"
  | "liveness"
  | "broken";
