/** Why a run is stopped from outside. */
export type StopReason =
  | "issue-terminal"
  | "issue-inactive"
  | "issue-not-routable"
  | "issue-gone"
  | "issue-changed"
  | "budget"
  | "stalled"
  | "operator"
  | "shutdown"
  | "drain"
  | "daemon-absent";

/** Machine-readable cause of a failed run; backends map their vendor's errors onto these. */
export type FailureCode =
  | "agent-error"
  | "agent-exit"
  | "agent-not-found"
  | "agent-protocol"
  | "auth"
  | "billing"
  | "overloaded"
  | "context-too-long"
  | "transport"
  | "spawn"
  | "workspace"
  /** Nothing of this issue: no run can start until somebody mends the repository or the set-up. */
  | "setup"
  | "hook"
  | "prompt"
  | "internal";

/** How a run, or one turn of it, ended. A union and never a boolean: `succeeded` says that the agent claims success, no more. */
export type RunOutcome =
  | { readonly kind: "succeeded" }
  | {
      readonly kind: "failed";
      readonly code: FailureCode;
      readonly retryable: boolean;
      readonly message: string;
    }
  | {
      readonly kind: "timed-out";
      readonly limit: "startup" | "turn" | "run";
      readonly limitMs: number;
    }
  | { readonly kind: "stalled"; readonly silentMs: number }
  | { readonly kind: "canceled"; readonly reason: StopReason }
  | { readonly kind: "needs-input"; readonly question: string }
  | {
      readonly kind: "quota-exhausted";
      readonly pool: string;
      /** Epoch milliseconds; `null` where the provider does not say. */
      readonly resetsAt: number | null;
    }
  | { readonly kind: "budget-exhausted"; readonly budget: string }
  | { readonly kind: "lost"; readonly message: string };

export type TurnOutcome = Exclude<RunOutcome, { kind: "lost" }>;
