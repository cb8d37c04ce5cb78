import type {
  AgentUsage,
  DeliveryResult,
  Issue,
  RunEnding,
  RunPhase,
  TransitionResult,
  TurnReport,
  WorkspaceFingerprint,
  WorkspaceRef,
} from "@signalbox/contracts";
import type { Gate, GateName } from "./gate.ts";
import type { Policy } from "./policy/policy.ts";

/** Something that happened outside and that the core is told of. `at` is in epoch milliseconds; it is the only time that the core knows. */
export type OrchestratorEvent = { readonly at: number } &
  /** A daemon life begins. `epoch` fences every earlier one. */
  (
    | { readonly type: "daemon-started"; readonly epoch: number; readonly policy: Policy }
    | { readonly type: "policy-replaced"; readonly policy: Policy }
    | { readonly type: "gate-closed"; readonly gate: Gate }
    | { readonly type: "gate-opened"; readonly gate: GateName }
    /** Time passed: what is due happens. */
    | { readonly type: "time-passed" }
    /** A poll's answer. `full`: what is missing and unclaimed is forgotten. */
    | {
        readonly type: "issues-observed";
        readonly scope: "full" | "active" | "changes";
        readonly issues: readonly Issue[];
        readonly removedIds: readonly string[];
        /** When the read began: it says nothing about issues that we wrote to since. Missing: now. */
        readonly readAt?: number;
      }
    /** A complete answer by id: a requested id that is missing is gone. */
    | {
        readonly type: "issues-refreshed";
        readonly requestedIds: readonly string[];
        readonly issues: readonly Issue[];
        /** As in `issues-observed`. */
        readonly readAt?: number;
      }
    /** The re-read right before a dispatch. */
    | {
        readonly type: "issue-checked";
        readonly issueId: string;
        readonly runId: string;
        readonly issue: Issue | null;
      }
    | {
        readonly type: "issue-check-failed";
        readonly issueId: string;
        readonly runId: string;
        readonly message: string;
        readonly retryAfterMs: number | null;
      }
    /** A run of an earlier daemon was just adopted, or cannot be judged yet: nobody has listened to it up to now. */
    | { readonly type: "run-unheard"; readonly issueId: string; readonly runId: string }
    | {
        readonly type: "run-phase-changed";
        readonly issueId: string;
        readonly runId: string;
        readonly phase: RunPhase;
      }
    | {
        readonly type: "workspace-prepared";
        readonly issueId: string;
        readonly runId: string;
        readonly workspace: WorkspaceRef;
        readonly fingerprint: WorkspaceFingerprint;
      }
    | {
        readonly type: "session-started";
        readonly issueId: string;
        readonly runId: string;
        readonly sessionId: string | null;
      }
    /** What a run reports between milestones, folded by the shell to at most one event per 5 s. */
    | {
        readonly type: "run-progressed";
        readonly issueId: string;
        readonly runId: string;
        readonly spoolSeq: number;
        readonly lastEventAt: number;
        readonly usage: AgentUsage | null;
      }
    /** A turn ended well and the runner asks what next. `issue`: the re-read; `null` gone; `unknown` the tracker did not answer. */
    | {
        readonly type: "turn-ended";
        readonly issueId: string;
        readonly runId: string;
        readonly turn: TurnReport;
        readonly issue: Issue | null | "unknown";
      }
    | {
        readonly type: "run-ended";
        readonly issueId: string;
        readonly runId: string;
        readonly ending: RunEnding;
        /** The last usage that the run reported, which no later progress event repeats. */
        readonly usage: AgentUsage | null;
      }
    | {
        readonly type: "delivery-ended";
        readonly issueId: string;
        readonly key: string;
        readonly result: DeliveryResult;
      }
    | {
        readonly type: "transition-ended";
        readonly issueId: string;
        readonly key: string;
        readonly result:
          | TransitionResult
          | {
              readonly kind: "failed";
              readonly message: string;
              readonly retryAfterMs: number | null;
            };
      }
    | {
        readonly type: "comment-ended";
        readonly issueId: string;
        readonly key: string;
        readonly result:
          /** `writtenAt`: by the tracker's clock, RFC 3339. */
          | { readonly kind: "confirmed"; readonly writtenAt: string | null }
          | {
              readonly kind: "failed";
              readonly message: string;
              readonly retryAfterMs: number | null;
              readonly retryable: boolean;
            };
      }
    /** How setting or taking away the mark of a claim ended. */
    | {
        readonly type: "claim-mark-ended";
        readonly issueId: string;
        readonly key: string;
        readonly result:
          | { readonly kind: "confirmed" }
          | {
              readonly kind: "failed";
              readonly message: string;
              readonly retryAfterMs: number | null;
              readonly retryable: boolean;
            };
      }
    | {
        readonly type: "workspace-cleaned";
        readonly issueId: string;
        readonly key: string;
        readonly result:
          | { readonly kind: "removed"; readonly savedRef: string | null }
          | { readonly kind: "failed"; readonly message: string };
      }
    /** A delivery from before the journal began, by its trailer. Heeded where nothing is known of the issue's runs. */
    | { readonly type: "delivery-found"; readonly issueId: string; readonly commit: string }
    /** A person answered a parked issue. */
    | {
        readonly type: "answer-received";
        readonly issueId: string;
        readonly text: string;
        readonly by: string | null;
      }
    /** An operator's order about one issue; with a `key`, one that the tracker passes on, heeded once. */
    | {
        readonly type: "stop-requested";
        readonly issueId: string;
        readonly by: string;
        readonly key?: string;
      }
    | { readonly type: "retry-requested"; readonly issueId: string; readonly by: string }
    | { readonly type: "release-requested"; readonly issueId: string; readonly by: string }
  );

export type OrchestratorEventType = OrchestratorEvent["type"];

export type EventOf<T extends OrchestratorEventType> = Extract<
  OrchestratorEvent,
  { readonly type: T }
>;
