import type {
  AgentUsage,
  RetryKind,
  RunOutcome,
  RunPhase,
  StopReason,
  TurnReply,
  WorkspaceRef,
} from "@signalbox/contracts";
import type { ParkReason } from "./claim.ts";
import type { Gate, GateName } from "./gate.ts";
import type { IssueSummary } from "./issue/issue-summary.ts";
import type { Order } from "./order.ts";
import type { Policy } from "./policy/policy.ts";

/**
 * A fact that the core decided. The journal keeps these; folding them with `evolve` gives the state, and nothing is
 * ever decided twice.
 */
export type DecidedEvent = { readonly at: number } & Fact;

export type Fact =
  | { readonly type: "epoch-begun"; readonly epoch: number }
  | { readonly type: "policy-changed"; readonly policy: Policy }
  | { readonly type: "gate-changed"; readonly gate: GateName; readonly closed: Gate | null }
  /** `own`: the change is our own confirmed write. */
  | { readonly type: "issue-changed"; readonly issue: IssueSummary; readonly own: boolean }
  /** Not listed any more. `withExecution`: nothing of its runs is worth keeping either. */
  | {
      readonly type: "issue-forgotten";
      readonly issueId: string;
      readonly withExecution: boolean;
    }
  /** The claim: from here on nobody else gets this issue. */
  | {
      readonly type: "run-claimed";
      readonly issueId: string;
      readonly runId: string;
      readonly attempt: number | null;
      readonly retryKind: RetryKind | null;
      readonly feedback: string | null;
      readonly resumeSessionId: string | null;
    }
  /** The re-read agreed: the run starts. */
  | { readonly type: "run-confirmed"; readonly issueId: string; readonly runId: string }
  | {
      readonly type: "run-phase-entered";
      readonly issueId: string;
      readonly runId: string;
      readonly phase: RunPhase;
    }
  | {
      readonly type: "workspace-recorded";
      readonly issueId: string;
      readonly runId: string;
      readonly workspace: WorkspaceRef;
      readonly baseline: string;
    }
  | {
      readonly type: "session-recorded";
      readonly issueId: string;
      readonly runId: string;
      readonly sessionId: string | null;
    }
  | {
      readonly type: "run-progress-recorded";
      readonly issueId: string;
      readonly runId: string;
      readonly spoolSeq: number;
      readonly lastEventAt: number;
      readonly usage: AgentUsage | null;
    }
  /** The stall timer rang and the run had been heard of since: it is armed again. */
  | { readonly type: "run-found-alive"; readonly issueId: string; readonly runId: string }
  | {
      readonly type: "turn-answered";
      readonly issueId: string;
      readonly runId: string;
      readonly turn: number;
      readonly reply: TurnReply;
    }
  | {
      readonly type: "run-stop-decided";
      readonly issueId: string;
      readonly runId: string;
      readonly reason: StopReason;
      /** The operator who asked for it; `null` where the core itself decided. */
      readonly by: string | null;
      /** Its end gives up the claim. Missing: an operator's stop parks the issue. */
      readonly release?: true;
    }
  /** `progressed`: issue or workspace changed by somebody but us. */
  | {
      readonly type: "run-closed";
      readonly issueId: string;
      readonly runId: string;
      readonly outcome: RunOutcome;
      readonly progressed: boolean;
      readonly usage: AgentUsage | null;
    }
  /** Another run at `dueAt`; where that is not after `at`, it is due already. */
  | {
      readonly type: "retry-scheduled";
      readonly issueId: string;
      readonly kind: RetryKind;
      readonly attempt: number;
      readonly dueAt: number;
      readonly error: string | null;
      readonly feedback: string | null;
      readonly resumeSessionId: string | null;
    }
  | { readonly type: "retry-came-due"; readonly issueId: string }
  | {
      readonly type: "issue-parked";
      readonly issueId: string;
      readonly reason: ParkReason;
      readonly until: number | null;
      readonly attempt: number;
      readonly feedback: string | null;
      readonly resumeSessionId: string | null;
    }
  | { readonly type: "question-posted"; readonly issueId: string; readonly postedAt: string }
  /** Where the counters stand after a run or a delivery ended. */
  | {
      readonly type: "counters-set";
      readonly issueId: string;
      readonly failures: number;
      readonly continuations: number;
      readonly noProgress: number;
      readonly losses: number;
    }
  /** An order that the tracker passes on was followed, and is not followed again. */
  | { readonly type: "signal-heeded"; readonly issueId: string; readonly key: string }
  /** A person changed something: the counters start again. */
  | { readonly type: "counters-reset"; readonly issueId: string }
  | {
      readonly type: "delivery-decided";
      readonly issueId: string;
      readonly runId: string;
      readonly key: string;
      readonly attempt: number;
      readonly resumeSessionId: string | null;
    }
  | {
      readonly type: "delivery-postponed";
      readonly issueId: string;
      readonly key: string;
      readonly waiting: { readonly reason: string; readonly remedy: string } | null;
      readonly retryAt: number;
    }
  | { readonly type: "delivery-resumed"; readonly issueId: string; readonly key: string }
  | {
      readonly type: "issue-delivered";
      readonly issueId: string;
      readonly commit: string | null;
      readonly branch: string | null;
      readonly notes: readonly string[];
    }
  /** A delivered issue was seen outside the active states: coming back means rework. */
  | { readonly type: "delivered-issue-left"; readonly issueId: string }
  /** Somebody moved a delivered issue back to an active state. */
  | { readonly type: "issue-reopened"; readonly issueId: string }
  | { readonly type: "claim-released"; readonly issueId: string; readonly reason: ReleaseReason }
  | { readonly type: "order-placed"; readonly order: Order }
  | {
      readonly type: "order-postponed";
      readonly key: string;
      readonly retryAt: number;
      readonly error: string;
    }
  | { readonly type: "order-resumed"; readonly key: string }
  /** A request about it was given up, and may still be made until then. */
  | { readonly type: "order-doubted"; readonly key: string; readonly until: number }
  /** The tracker has it; as it is in doubt, it is carried out again at `retryAt`. */
  | { readonly type: "order-written"; readonly key: string; readonly retryAt: number }
  /** `dropped`: given up, with the reason in `detail`. */
  | {
      readonly type: "order-closed";
      readonly key: string;
      readonly result: "confirmed" | "rejected" | "dropped" | "superseded";
      readonly detail: string | null;
    }
  | {
      readonly type: "workspace-forgotten";
      readonly issueId: string;
      readonly savedRef: string | null;
    };

export type DecidedEventType = DecidedEvent["type"];

export type FactOf<T extends DecidedEventType> = Extract<DecidedEvent, { readonly type: T }>;

export type ReleaseReason =
  | "delivered"
  | "issue-gone"
  | "issue-terminal"
  | "issue-inactive"
  | "issue-not-routable"
  | "issue-blocked"
  | "check-stale"
  | "operator";
